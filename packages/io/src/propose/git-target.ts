/**
 * Proposing to a plain git remote: one commit on a branch of its own, pushed.
 *
 * The push is the only thing that others see, and git makes it whole or not at all. Everything before it happens in a
 * temporary clone, so a run that was cut off at any moment is simply run again: it finds the branch and compares it, or
 * starts anew.
 */
import path from 'node:path';
import { hasCode } from '@ar-registry/core/errors';
import { hideCredentials } from '@ar-registry/core/text';
import { runGit } from '../git/command.ts';
import { cloneForSubmission, commitFiles, pushBranch, remoteBranch, type SubmissionClone } from '../git/index.ts';
import { assertSameFiles, authorOf } from './compare.ts';
import { readIndexState } from './index-state.ts';
import { makeScratchFolder } from './scratch-folder.ts';
import type { EarlierBranch, IndexTarget, Proposal, Proposed, ProposeOptions } from './types.ts';

interface GitIndex {
  readonly clone: SubmissionClone;
  readonly remote: string;
  readonly signal: AbortSignal;
}

/** @throws INDEX_NOT_FOUND, GIT_FAILED, DISK_FULL, ABORTED */
export async function openGitIndex(remote: string, signal: AbortSignal): Promise<IndexTarget> {
  const folder = await makeScratchFolder();
  const dispose = (): PromiseLike<void> => folder[Symbol.asyncDispose]();
  const clone = await cloneForSubmission(remote, path.join(folder.path, 'index.git'), signal).catch(
    async (error: unknown) => {
      await dispose();
      throw error;
    },
  );
  const index: GitIndex = { clone, remote, signal };
  const shown = hideCredentials(remote);
  return {
    kind: 'git',
    shown,
    readState: (name) => readIndexState({ ...clone, remote: shown }, name),
    findEarlier: (branch) => findEarlier(index, branch),
    resume: async (earlier) => alreadyPushed(earlier),
    propose: (proposal, options) => propose(index, proposal, options),
    [Symbol.asyncDispose]: dispose,
  };
}

async function findEarlier({ clone, remote, signal }: GitIndex, branch: string): Promise<EarlierBranch | undefined> {
  const { repository } = clone;
  const commit = await remoteBranch(remote, branch, signal);
  if (commit === undefined) return undefined;
  // Two commits deep: the submission and what it stands on.
  const kind = ['--quiet', '--depth=2', '--no-tags', '--no-write-fetch-head'];
  await runGit(['fetch', ...kind, '--', remote, `+refs/heads/${branch}:refs/submitted`], {
    doing: `fetching ${branch}`,
    network: true,
    cwd: repository.gitDir,
    signal,
  });
  const base = await repository.resolveRevision(`${commit}^`).catch(() => undefined);
  const changes = base === undefined ? [] : await repository.changedPaths(base, commit);
  return {
    branch,
    commit,
    files: changes.map((change) => change.path).toSorted(),
    list: async (folder) => (await repository.listTree(commit, folder)).map((entry) => entry.path),
    read: async (file) => {
      const entry = (await repository.listTree(commit, file)).find((found) => found.path === file);
      return entry && (await repository.readBlobs([entry.oid])).get(entry.oid);
    },
    isMerged: () => isMerged({ clone, remote, signal }, commit),
  };
}

/** Whether one commit stands on another is a question about all of them: the clone gets its history, without files. */
async function isMerged({ clone, remote, signal }: GitIndex, commit: string): Promise<boolean> {
  const { gitDir } = clone.repository;
  const kind = ['--quiet', `--depth=${WHOLE_HISTORY}`, '--filter=tree:0', '--no-tags', '--no-write-fetch-head'];
  await runGit(['fetch', ...kind, '--', remote, `refs/heads/${clone.defaultBranch}`], {
    doing: 'fetching the history of the index',
    network: true,
    cwd: gitDir,
    signal,
  });
  const answer = await runGit(['merge-base', '--is-ancestor', commit, clone.head], {
    doing: 'comparing a branch with the index',
    cwd: gitDir,
    signal,
    answers: [1],
  });
  return answer.exitCode === 0;
}

/** What git itself takes for `--unshallow`, which fails where there is nothing to deepen. */
const WHOLE_HISTORY = 2_147_483_647;

async function propose(index: GitIndex, proposal: Proposal, options: ProposeOptions): Promise<Proposed> {
  const { branch } = proposal;
  const earlier = await findSame(index, proposal);
  if (earlier) return earlier;
  const { clone, remote } = index;
  const { files, message, author, now, onto } = proposal;
  const { gitDir } = clone.repository;
  const commit = await commitFiles(
    gitDir,
    { branch, base: onto?.commit ?? clone.head, files, message, author: { ...authorOf(author), atMs: now.getTime() } },
    options.signal,
  );
  const done = { branch, commit, files: [...files.keys()].toSorted(), steps: [] };
  if (options.dryRun) return { state: 'dry-run', ...done };
  try {
    await pushBranch(gitDir, { url: remote, branch, expected: onto?.commit ?? '' }, options.signal);
  } catch (error) {
    // Another run may have been faster.
    const other = hasCode(error, 'PUSH_REJECTED') ? await findSame(index, proposal) : undefined;
    if (other) return other;
    throw error;
  }
  return { state: 'pushed', ...done };
}

/** @throws PROPOSAL_DIFFERS */
async function findSame(index: GitIndex, proposal: Proposal): Promise<Proposed | undefined> {
  if (proposal.onto) return undefined;
  const earlier = await findEarlier(index, proposal.branch);
  if (!earlier) return undefined;
  await assertSameFiles(earlier, proposal);
  return alreadyPushed(earlier);
}

function alreadyPushed({ branch, commit, files }: EarlierBranch): Proposed {
  return { state: 'already-pushed', branch, commit, files, steps: [] };
}
