/**
 * What the registry would have against a submission, told before anything is pushed: the very rules that it runs.
 *
 * Only the records around the plugin are at hand, so rules that look at other plugins see their names alone.
 */
import { finding, type Finding, sortFindings } from '@ar-registry/core/findings';
import { indexPaths } from '@ar-registry/core/layout';
import { isReservedScope, splitName } from '@ar-registry/core/name';
import { checkChange, checkIndex, introduced, type IndexState as RuleState } from '@ar-registry/core/rules';
import { assembleSnapshot } from '@ar-registry/core/snapshot';
import type { IndexState } from '../propose/index.ts';
import { type Offer, storePathOf, type SubmissionPlan } from './plan-submission.ts';

/** The submission's own findings: what was wrong with the plugin before is none of them. */
export function checkSubmission(state: IndexState, offer: Offer, plan: SubmissionPlan): readonly Finding[] {
  const base = assemble(state, new Map());
  const head = assemble(state, plan.records);
  if (!base.state || !head.state) return introduced(head.findings, base.findings);
  const { state: before } = base;
  const { state: after } = head;
  const added = [...plan.records.keys(), plan.archive];
  return sortFindings([
    ...introduced([...head.findings, ...checkIndex(after)], [...base.findings, ...checkIndex(before)]),
    ...checkChange({
      base: before,
      head: after,
      paths: added.map((path) => ({ path, kind: state.files.has(path) ? 'modified' : 'added' })),
      submitter: offer.publisher,
      nowMs: Date.parse(offer.publishedAt),
      storePath: storePathOf(state),
    }),
    ...checkScopeName(state, offer),
  ]);
}

interface Side {
  /** Absent if registry.yaml cannot be read. */
  readonly state?: RuleState;
  readonly findings: readonly Finding[];
}

function assemble({ files, plugins }: IndexState, records: SubmissionPlan['records']): Side {
  const known = new Map([...files, ...records]);
  const assembled = assembleSnapshot(known);
  if (!assembled.ok) return { findings: assembled.findings };
  const namesOfOthers = plugins.map(indexPaths.plugin).filter((path) => !known.has(path));
  const all = new Map([...namesOfOthers.map((path) => [path, ''] as const), ...known]);
  return { state: { files: all, snapshot: assembled.snapshot }, findings: assembled.findings };
}

/** The records of other scopes are not at hand, but their names are. */
function checkScopeName({ scope, scopes }: IndexState, { manifest }: Offer): readonly Finding[] {
  const { scope: own } = splitName(manifest.name);
  const existing = scope ? undefined : scopes.find((other) => isReservedScope(own, [other]));
  if (existing === undefined) return [];
  return [finding('NAME_LOOKALIKE', { file: indexPaths.scope(own) }, { name: `@${own}`, existing: `@${existing}` })];
}
