/**
 * What the registry would have against an owner's change, told before anything is submitted: the very rules that it runs.
 *
 * Only the records around the plugin are at hand; of other plugins their names are.
 */
import type { Account, PluginName } from '@ar-registry/schemas';
import { sortFindings, type Finding } from '../findings/index.ts';
import { indexPaths } from '../layout/index.ts';
import { checkChange, checkIndex, introduced, type IndexState } from '../rules/index.ts';
import { assembleSnapshot, type IndexFiles } from '../snapshot/index.ts';

/** An index as far as it is known. */
export interface KnownIndex {
  /** Path relative to the index → text. */
  readonly files: IndexFiles;
  /** Of the whole index. */
  readonly plugins: readonly PluginName[];
}

export interface ChangeSubmitter {
  readonly submitter: Account;
  readonly nowMs: number;
}

/** @param records path relative to the index → text; what was wrong before is none of their findings */
export function checkOwnerChange(
  index: KnownIndex,
  records: ReadonlyMap<string, string>,
  { submitter, nowMs }: ChangeSubmitter,
): readonly Finding[] {
  const before = assemble(index, new Map());
  const after = assemble(index, records);
  if (!before.state || !after.state) return introduced(after.findings, before.findings);
  const [base, head] = [before.state, after.state];
  const paths = [...records.keys()].map((path) => ({ path, kind: 'modified' as const }));
  return sortFindings([
    ...introduced([...after.findings, ...judge(head, index)], [...before.findings, ...judge(base, index)]),
    ...checkChange({ base, head, paths, submitter, nowMs }),
  ]);
}

interface Side {
  /** Absent if registry.yaml cannot be read. */
  readonly state?: IndexState;
  readonly findings: readonly Finding[];
}

function assemble({ files, plugins }: KnownIndex, records: ReadonlyMap<string, string>): Side {
  const known = new Map([...files, ...records]);
  const assembled = assembleSnapshot(known);
  if (!assembled.ok) return { findings: assembled.findings };
  const others = plugins.map(indexPaths.plugin).filter((path) => !known.has(path));
  const all = new Map([...others.map((path) => [path, ''] as const), ...known]);
  return { state: { files: all, snapshot: assembled.snapshot }, findings: assembled.findings };
}

/** A plugin that is known by its name alone is there all the same. */
function judge(state: IndexState, { plugins }: KnownIndex): readonly Finding[] {
  return checkIndex(state).filter(({ code, facts }) => {
    if (code !== 'RENAME_TARGET_INVALID' || !('target' in facts)) return true;
    const known = state.snapshot.plugins.some(({ name }) => name === facts.target);
    return known || !plugins.some((name) => name === facts.target);
  });
}
