import { sortFindings, type Finding } from '@ar-registry/core/findings';
import { checkChange, checkIndex, introduced, type Waiver } from '@ar-registry/core/rules';
import type { Clock } from '@ar-registry/io/clock';
import type { MergedTree } from '@ar-registry/io/git';
import type { Account } from '@ar-registry/schemas';
import { readChange, type ChangeSource, type ReadChange } from './read-change.ts';
import { reroot } from './reroot.ts';
import { checkArchives, type ValidateOutcome } from './run.ts';

export interface ValidateChangeInput extends ChangeSource {
  /** Who submits, as the host of the repository knows it. */
  readonly submitter?: Account | undefined;
}

export interface ValidatedChange extends ValidateOutcome {
  readonly baseCommit: string;
  readonly headCommit: string;
  /** What the base would be after the merge: what the findings are about. */
  readonly merged: MergedTree;
}

export interface ValidatePorts {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Checks what merging `head` into `base` would do: not the branch as it is, but the tree that would come of it.
 *
 * @throws REVISION_UNKNOWN, INDEX_UNREADABLE, MERGE_REFUSED for a conflict, GIT_FAILED
 */
export async function validateChange(input: ValidateChangeInput, ports: ValidatePorts): Promise<ValidatedChange> {
  const change = await readChange(input, ports.signal);
  const { baseCommit, headCommit, merged, head } = change;
  let findings = checkRules(change, input, ports.clock.nowMs());
  if (head.assembled.ok) {
    const { snapshot } = head.assembled;
    const records = change.versions.map(({ record }) => record);
    const archives = await checkArchives(records, { reading: head.reading, snapshot, signal: ports.signal });
    findings = [...findings, ...reroot(archives, head.reading.prefix)];
  }
  return { baseCommit, headCommit, merged, findings: sortFindings(findings) };
}

/** What the rules say of a change, archives left out. Paths as from the top of the repository. */
export function checkRules(
  { base, head, paths }: ReadChange,
  { submitter, waived }: { readonly submitter?: Account | undefined; readonly waived?: readonly Waiver[] | undefined },
  nowMs: number,
): readonly Finding[] {
  const { prefix } = base.reading;
  if (!head.assembled.ok) return reroot([...head.reading.findings, ...head.assembled.findings], prefix);
  const state = { files: head.reading.files, snapshot: head.assembled.snapshot };
  const before = { files: base.reading.files, snapshot: base.snapshot };
  const findings = [
    // Where archives belong is the accepted registry.yaml's to say.
    ...checkChange({ base: before, head: state, paths, submitter, waived, nowMs, storePath: base.reading.storePath }),
    ...introduced(
      [...head.reading.findings, ...head.assembled.findings, ...checkIndex(state)],
      [...base.reading.findings, ...base.assembled.findings, ...checkIndex(before)],
    ),
  ];
  return sortFindings(reroot(findings, prefix));
}
