/**
 * What submissions to a plain git server wait for: each branch that `ar plugin` makes for one is checked as `merge` would,
 * and nothing is merged. What is in the branches is a stranger's.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasCode, isArError } from '@ar-registry/core/errors';
import { isError, toFindingDocument, type Finding } from '@ar-registry/core/findings';
import { toSingleLine, truncate } from '@ar-registry/core/text';
import type { Clock } from '@ar-registry/io/clock';
import {
  cloneBranches,
  commitTimeMs,
  fetchBranches,
  missingObjects,
  remoteBranches,
  type GitRepository,
} from '@ar-registry/io/git';
import { validateChange } from '../validate/index.ts';
import { toSince, type QueuedSubmission } from './from-pulls.ts';

export interface BranchesInput {
  /** Address or path of the repository. */
  readonly url: string;
  /** The branch that submissions are for. */
  readonly into: string;
  /** Folder of the archives, where it is not the index that says so. Absolute. */
  readonly store?: string | undefined;
}

export interface BranchesPorts {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** What was found. */
export interface QueuedBranches {
  readonly submissions: readonly QueuedSubmission[];
  /** How many more there are that nobody looked into, there being too many. */
  readonly more: number;
}

/** Where `ar plugin publish` and the commands of owners put their branches. */
const FOLDERS = ['publish', 'status'] as const;
/** Each is checked as a whole. */
const MOST = 200;

/** Those of which something is left to merge. @throws REVISION_UNKNOWN, INDEX_UNREADABLE, GIT_FAILED, ABORTED */
export async function queuedBranches(input: BranchesInput, ports: BranchesPorts): Promise<QueuedBranches> {
  const branches = await remoteBranches(input.url, FOLDERS, ports.signal);
  const { url, into } = input;
  const folder = await mkdtemp(join(tmpdir(), 'ar-registry-queue-'));
  try {
    const repository = await cloneBranches(url, { dir: join(folder, 'index.git'), branches: [into] }, ports.signal);
    // Branches stay after they were merged: there are as many of them as there are versions, and few that wait.
    const missing = await missingObjects(repository, [...branches.values()], ports.signal);
    const open = [...branches].filter(([, commit]) => missing.has(commit)).map(([branch]) => branch);
    const looked = open.slice(0, MOST);
    const unreadable = await bring(looked, { repository, input, ports });
    const submissions: QueuedSubmission[] = [];
    for (const branch of looked) {
      ports.signal?.throwIfAborted();
      const submission = unreadable.has(branch)
        ? unread(branch, branches.get(branch) ?? '', ports)
        : await inspect(branch, { repository, input, ports });
      if (submission) submissions.push(submission);
    }
    return { submissions, more: open.length - looked.length };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Looking {
  readonly repository: GitRepository;
  readonly input: BranchesInput;
  readonly ports: BranchesPorts;
}

/** At once, or where that fails, one by one: nobody's commits keep others from being told. @returns those that cannot be read */
async function bring(
  branches: readonly string[],
  { repository: { gitDir }, input: { url }, ports: { signal } }: Looking,
): Promise<ReadonlySet<string>> {
  const isThere = (some: readonly string[]): Promise<boolean> =>
    fetchBranches(gitDir, { url, branches: some }, signal).then(
      () => true,
      (error: unknown) => {
        if (!hasCode(error, 'GIT_FAILED')) throw error;
        return false;
      },
    );
  const unreadable = new Set<string>();
  if (branches.length === 0 || (await isThere(branches))) return unreadable;
  for (const branch of branches) if (!(await isThere([branch]))) unreadable.add(branch);
  return unreadable;
}

/** Since when, nobody can tell. */
function unread(branch: string, commit: string, { clock }: BranchesPorts): QueuedSubmission {
  const since = toSince(clock.nowMs(), clock.nowMs());
  return { name: branch, since, commit, ...forAuthor(['Its commits cannot be read.']) };
}

async function inspect(branch: string, looking: Looking): Promise<QueuedSubmission | undefined> {
  const { repository, ports } = looking;
  const commit = await repository.resolveRevision(branch);
  const standing = await standingOf(commit, looking);
  if (!standing) return undefined;
  const since = toSince(await commitTimeMs(repository, commit, ports.signal), ports.clock.nowMs());
  return { name: branch, since, commit, ...standing };
}

/** @returns undefined where nothing is left to merge; a branch that breaks its check keeps no other from being told */
async function standingOf(
  head: string,
  { repository, input: { into, store }, ports }: Looking,
): Promise<Pick<QueuedSubmission, 'waitsFor' | 'reasons'> | undefined> {
  try {
    const { merged, findings } = await validateChange({ repository, base: into, head, store }, ports);
    return merged.empty ? undefined : standingBy(findings);
  } catch (error) {
    ports.signal?.throwIfAborted();
    if (hasCode(error, 'MERGE_REFUSED')) return forAuthor(['It conflicts with what was merged since.']);
    // What is wrong with this machine is wrong for all of them; what is wrong with a submission is its own.
    if (!isArError(error) || (error.exit === 4 && error.code !== 'GIT_FAILED')) throw error;
    return forAuthor([shown(error.message)]);
  }
}

/** Without a host that knows accounts, a person merges each. */
function standingBy(findings: readonly Finding[]): Pick<QueuedSubmission, 'waitsFor' | 'reasons'> {
  const errors = findings.filter(isError);
  if (errors.length > 0) return forAuthor(errors.map(told));
  const looked = findings.filter(({ code }) => code === 'REVIEW_REQUIRED' || code === 'SUBMITTER_UNVERIFIED');
  return { waitsFor: 'maintainer', reasons: reasonsOf(looked.map(told)) };
}

function forAuthor(reasons: readonly string[]): Pick<QueuedSubmission, 'waitsFor' | 'reasons'> {
  return { waitsFor: 'author', reasons: reasonsOf(reasons) };
}

const MOST_REASONS = 20;

function reasonsOf(reasons: readonly string[]): string[] {
  return [...new Set(reasons)].slice(0, MOST_REASONS);
}

function told(found: Finding): string {
  return shown(toFindingDocument(found).message);
}

function shown(text: string): string {
  return truncate(toSingleLine(text), 500);
}
