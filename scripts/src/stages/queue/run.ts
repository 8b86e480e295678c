/**
 * The review queue as a file of the site: what was submitted and is not merged, and who has to act. It follows from more
 * than the commit that a site is built of, so it is written beside what a build writes, as often as somebody likes.
 */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import type { Clock } from '@ar-registry/io/clock';
import { replaceFile } from '@ar-registry/io/files';
import type { GitHubRepository } from '@ar-registry/io/github';
import type { QueueDocument } from '@ar-registry/schemas';
import { queuedBranches, type BranchesInput, type QueuedBranches } from './from-branches.ts';
import { fromPull, type QueuedSubmission } from './from-pulls.ts';

/** Where submissions are to be looked for. */
export type QueueSource =
  | { readonly kind: 'github'; readonly repository: GitHubRepository }
  | ({ readonly kind: 'git' } & BranchesInput);

export interface QueuePorts {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

const MOST_LISTED = 1000;

/**
 * @param site what `build` wrote; absolute
 * @returns what was written, and where
 * @throws FILE_NOT_FOUND without a built registry, REVISION_UNKNOWN, INDEX_UNREADABLE, GIT_FAILED, GITHUB_…, FILE_ACCESS,
 *   DISK_FULL, ABORTED
 */
export async function writeQueue(
  site: string,
  source: QueueSource,
  ports: QueuePorts,
): Promise<{ readonly file: string; readonly queue: QueueDocument }> {
  const config = path.join(site, routes.config);
  if (!(await stat(config).catch(() => undefined))) throw new ArError('FILE_NOT_FOUND', { path: config });
  const { submissions, more } =
    source.kind === 'git' ? await queuedBranches(source, ports) : await pullsOf(source, ports);
  const sorted = submissions.toSorted(compareAge);
  const queue: QueueDocument = {
    schemaVersion: 1,
    checkedAt: new Date(ports.clock.nowMs()).toISOString(),
    source: source.kind,
    total: sorted.length + more,
    submissions: sorted.slice(0, MOST_LISTED),
  };
  const file = path.join(site, routes.queue);
  await replaceFile(file, `${JSON.stringify(queue)}\n`);
  return { file, queue };
}

/** Those that are for the branch that the registry is built of. */
async function pullsOf(
  { repository }: { readonly repository: GitHubRepository },
  { clock }: QueuePorts,
): Promise<QueuedBranches> {
  const { defaultBranch } = await repository.facts();
  const open = await repository.findPulls({ state: 'open' });
  return {
    submissions: open.filter(({ base }) => base.ref === defaultBranch).map((pull) => fromPull(pull, clock.nowMs())),
    more: 0,
  };
}

/** Oldest first. */
function compareAge(a: QueuedSubmission, b: QueuedSubmission): number {
  return Date.parse(a.since) - Date.parse(b.since) || (a.name < b.name ? -1 : 1);
}
