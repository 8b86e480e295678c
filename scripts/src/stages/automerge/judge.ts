/** Whether a machine may merge, step by step; every step says why not. Pure. */
import { parseIndexPath } from '@ar-registry/core/layout';
import type { ChangedPath } from '@ar-registry/core/rules';
import type { CheckRun, PullRequest } from '@ar-registry/io/github';
import type { CheckedChange } from '../check/index.ts';

export interface Verdict {
  readonly action: 'merge' | 'wait' | 'leave';
  readonly reason: string;
  readonly title?: string;
}

/** A label by which a person stops the machine. */
const HOLD = 'hold';

/** What GitHub says of a pull request, before anything of it is read. */
export function judgePull({ draft, author, base, labels }: PullRequest, branch: string): Verdict | undefined {
  if (base.ref !== branch) return leave(`It is not for ${branch}.`);
  if (draft) return leave('It is a draft.');
  if (!author) return leave('Its author’s account is gone.');
  return labels.includes(HOLD) ? leave(`A person has put it on ${HOLD}.`) : undefined;
}

/** What the checks, done again, say of the change: only versions that are added, and what an owner may say of his own. */
export function judgeChange({ report, change }: CheckedChange): Verdict | undefined {
  if (change.merged.empty) return leave('There is nothing left to merge.');
  const odd = change.paths.find((changed) => !isRoutine(changed, change.base.reading.storePath));
  if (odd) return leave('It changes more than versions and their status.');
  if (report.decision === 'merge') return undefined;
  return leave(report.reasons[0] ?? `The checks say ${report.decision}.`);
}

function isRoutine({ path, kind }: ChangedPath, storePath: string | undefined): boolean {
  if (storePath !== undefined && path.startsWith(`${storePath.replace(/^\.\/|\/$/g, '')}/`)) return kind === 'added';
  const place = parseIndexPath(path);
  if (place.kind === 'version') return kind === 'added';
  return place.kind === 'status' && kind !== 'deleted';
}

const GOOD: ReadonlySet<string | null> = new Set(['success', 'neutral', 'skipped']);

/**
 * Whether the checks of the head are green, and long enough ago. The wait begins when GitHub began the last of them, or
 * when the pull request was opened, whichever is later: dates in commits are the author's to choose.
 */
export function judgeRuns(
  runs: readonly CheckRun[],
  { pull, waitMinutes, nowMs }: { readonly pull: PullRequest; readonly waitMinutes: number; readonly nowMs: number },
): Verdict | undefined {
  const bad = runs.find(({ status, conclusion }) => status === 'completed' && !GOOD.has(conclusion));
  if (bad) return leave('A check has failed.');
  if (!runs.some(({ conclusion }) => conclusion === 'success')) return wait('No check has passed yet.');
  if (runs.some(({ status }) => status !== 'completed')) return wait('A check is still running.');
  const beganMs = runs.map(({ startedAt }) => Date.parse(startedAt ?? ''));
  const sinceMs = Math.max(Date.parse(pull.createdAt), ...beganMs);
  const untilMs = sinceMs + waitMinutes * 60_000;
  // Not a number where GitHub gave no time: then nobody knows how long it has waited.
  if (untilMs <= nowMs) return undefined;
  if (Number.isNaN(untilMs)) return wait('GitHub does not say when its checks began.');
  return wait(`Its time to be looked at ends at ${new Date(untilMs).toISOString().slice(0, 16)}Z.`);
}

function leave(reason: string): Verdict {
  return { action: 'leave', reason: reason.slice(0, 500) };
}

function wait(reason: string): Verdict {
  return { action: 'wait', reason };
}
