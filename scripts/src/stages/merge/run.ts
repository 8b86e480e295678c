/**
 * Merging a submission: what was checked is what is merged, bound to the commits that were looked at. A branch that is
 * pushed again meanwhile changes nothing, and a base that moved ends the merge.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArError, hasCode } from '@ar-registry/core/errors';
import { isError, type Finding, type FindingCode } from '@ar-registry/core/findings';
import type { Clock } from '@ar-registry/io/clock';
import { cloneBranches, mergeBranch, pushBranch, remoteBranch, type GitRepository } from '@ar-registry/io/git';
import type { Account } from '@ar-registry/schemas';
import { validateChange, type ValidatedChange } from '../validate/index.ts';

export interface MergeInput {
  /** Address or path of the repository that holds both branches. */
  readonly url: string;
  readonly branch: string;
  readonly into: string;
  readonly submitter?: Account | undefined;
  /** Whether a person has looked at what needs one. */
  readonly reviewed: boolean;
  /** Folder of the archives, where it is not the index that says so. Absolute. */
  readonly store?: string | undefined;
  /** Who is named as the author of the merge. */
  readonly author: { readonly name: string; readonly email: string };
}

export interface MergePorts {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** A person who looks, or somebody who knows whose branch it is. */
type AwaitedFor = 'review' | 'submitter';

export interface MergeOutcome {
  readonly findings: readonly Finding[];
  readonly head: string;
  readonly result:
    | { readonly state: 'merged'; readonly commit: string }
    | { readonly state: 'already-merged' }
    | { readonly state: 'refused'; readonly reason: string };
  /** What a refused one waits for, if the branch needs no mending. */
  readonly awaits?: AwaitedFor;
}

/** @throws BASE_MOVED, MERGE_REFUSED (a conflict, or the remote's own refusal), REVISION_UNKNOWN, GIT_FAILED, ABORTED */
export async function merge(input: MergeInput, ports: MergePorts): Promise<MergeOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'ar-registry-merge-'));
  try {
    const branches = [input.into, input.branch];
    const repository = await cloneBranches(input.url, { dir: join(folder, 'index.git'), branches }, ports.signal);
    const { submitter, store } = input;
    const change = { repository, base: input.into, head: input.branch, submitter, store };
    return await mergeValidated(repository, await validateChange(change, ports), { input, ports });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function mergeValidated(
  repository: GitRepository,
  { baseCommit, headCommit, merged, findings }: ValidatedChange,
  { input, ports }: { readonly input: MergeInput; readonly ports: MergePorts },
): Promise<MergeOutcome> {
  const outcome = { findings, head: headCommit };
  if (merged.empty) return { ...outcome, result: { state: 'already-merged' } };
  const refusal = refusalOf(findings, input.reviewed);
  if (refusal) {
    const { reason, ...awaits } = refusal;
    return { ...outcome, ...awaits, result: { state: 'refused', reason } };
  }
  const commit = await mergeBranch(
    repository,
    {
      base: baseCommit,
      head: headCommit,
      tree: merged.tree,
      message: messageOf(input),
      author: { ...input.author, atMs: ports.clock.nowMs() },
    },
    ports.signal,
  );
  await push(repository.gitDir, { commit, expected: baseCommit }, { input, ports });
  return { ...outcome, result: { state: 'merged', commit } };
}

interface Refusal {
  readonly reason: string;
  readonly awaits?: AwaitedFor;
}

function refusalOf(findings: readonly Finding[], reviewed: boolean): Refusal | undefined {
  const errors = findings.filter(isError).length;
  if (errors > 0) return { reason: `it has ${errors} ${errors === 1 ? 'error' : 'errors'}` };
  if (reviewed) return undefined;
  const has = (wanted: FindingCode): boolean => findings.some(({ code }) => code === wanted);
  if (has('REVIEW_REQUIRED')) return { reason: 'a person must look at it first', awaits: 'review' };
  // What the record claims is not proof: a machine alone does not merge on it.
  if (has('SUBMITTER_UNVERIFIED')) return { reason: 'it is not known who submits it', awaits: 'submitter' };
  return undefined;
}

function messageOf({ branch, submitter }: MergeInput): string {
  const by = submitter ? `\n\nSubmitted-by: ${submitter.login} (${submitter.id})` : '';
  return `Merge ${branch}${by}\n`;
}

async function push(
  gitDir: string,
  { commit, expected }: { readonly commit: string; readonly expected: string },
  { input: { url, into, branch }, ports }: { readonly input: MergeInput; readonly ports: MergePorts },
): Promise<void> {
  try {
    await pushBranch(gitDir, { url, branch: into, commit, expected }, ports.signal);
  } catch (error) {
    if (!hasCode(error, 'PUSH_REJECTED')) throw error;
    const now = await remoteBranch(url, into, ports.signal);
    if (now !== expected) throw new ArError('BASE_MOVED', { branch, base: into }, { cause: error });
    throw new ArError('MERGE_REFUSED', { branch, reason: error.facts.reason, awaits: 'remote' }, { cause: error });
  }
}
