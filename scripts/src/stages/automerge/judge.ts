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
export function judgePull(
  { draft, author, base, head, labels }: PullRequest,
  { branch, owner }: { readonly branch: string; readonly owner: string },
): Verdict | undefined {
  if (base.ref !== branch) return leave(`It is not for ${branch}.`);
  if (draft) return leave('It is a draft.');
  if (!author) return leave('Its author’s account is gone.');
  // Who may push to somebody else's repository could submit in the name of whoever opened the pull request.
  if (head.repository && !isOf(head.repository.owner, author.login, owner))
    return leave('It comes from a repository that is not its author’s.');
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
  if (place.kind === 'review') return true;
  return place.kind === 'status' && kind !== 'deleted';
}

/** Owners of repositories are compared as GitHub does, without regard to capitals. */
function isOf(owner: string, ...logins: readonly string[]): boolean {
  return logins.some((login) => login.toLowerCase() === owner.toLowerCase());
}

const GOOD: ReadonlySet<string | null> = new Set(['success', 'neutral', 'skipped']);

/**
 * Whether the checks of the head are green, and long enough ago. Of several runs of one check the newest counts. The
 * wait begins when GitHub began the last of them, or
 * when the pull request was opened, whichever is later: dates in commits are the author's to choose.
 */
export function judgeRuns(
  runs: readonly CheckRun[],
  { pull, waitMinutes, nowMs }: { readonly pull: PullRequest; readonly waitMinutes: number; readonly nowMs: number },
): Verdict | undefined {
  const newest = newestRuns(runs);
  const bad = newest.find(({ status, conclusion }) => status === 'completed' && !GOOD.has(conclusion));
  if (bad) return leave('A check has failed.');
  if (newest.some(({ status }) => status !== 'completed')) return wait('A check is still running.');
  if (!hasPassed(newest, CHECK)) return wait(`The check “${CHECK}” has not passed yet.`);
  const beganMs = runs.map(({ startedAt }) => Date.parse(startedAt ?? ''));
  const sinceMs = Math.max(Date.parse(pull.createdAt), ...beganMs);
  const untilMs = sinceMs + waitMinutes * 60_000;
  // Not a number where GitHub gave no time: then nobody knows how long it has waited.
  if (untilMs <= nowMs) return undefined;
  if (Number.isNaN(untilMs)) return wait('GitHub does not say when its checks began.');
  return wait(`Its time to be looked at ends at ${new Date(untilMs).toISOString().slice(0, 16)}Z.`);
}

/**
 * Whether the sources that the change names were built and gave what was submitted: their job ends in red otherwise. It
 * runs code of the author's and may never have run, which is no pass.
 */
export function judgeSources({ change }: CheckedChange, runs: readonly CheckRun[]): Verdict | undefined {
  if (!change.versions.some(({ record }) => record.source !== undefined)) return undefined;
  return hasPassed(newestRuns(runs), SOURCE) ? undefined : wait('Its source was not built.');
}

/** Jobs of validate.yml, by the names under which GitHub shows them. */
const CHECK = 'registry check';
const SOURCE = 'source';

function hasPassed(runs: readonly CheckRun[], wanted: string): boolean {
  return runs.some(({ name, conclusion }) => name === wanted && conclusion === 'success');
}

/** One that is queued has not begun, and is newer than all that have. */
function newestRuns(runs: readonly CheckRun[]): readonly CheckRun[] {
  const byName = new Map<string, CheckRun>();
  for (const run of runs) {
    const known = byName.get(run.name);
    if (!known || beginOf(run) >= beginOf(known)) byName.set(run.name, run);
  }
  return [...byName.values()];
}

function beginOf({ startedAt, status }: CheckRun): number {
  if (startedAt === undefined) return status === 'completed' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Date.parse(startedAt);
}

function leave(reason: string): Verdict {
  return { action: 'leave', reason: reason.slice(0, 500) };
}

function wait(reason: string): Verdict {
  return { action: 'wait', reason };
}
