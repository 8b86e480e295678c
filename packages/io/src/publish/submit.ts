/**
 * Submits a version to an index: one commit on a branch of its own, pushed to the remote.
 *
 * The push is the only thing that others see, and git makes it whole or not at all. Everything before it happens in a
 * temporary clone, so a run that was cut off at any moment is simply run again: it finds the branch and compares it, or
 * starts anew.
 */
import path from 'node:path';
import { ArError, hasCode } from '@ar-registry/core/errors';
import { type Finding, isError } from '@ar-registry/core/findings';
import { splitName } from '@ar-registry/core/name';
import { hideCredentials } from '@ar-registry/core/text';
import type { Account, Integrity, NormalizedManifest, Source, StatusRecord } from '@ar-registry/schemas';
import type { PackedArchive } from '../archive/index.ts';
import { createArchiveStore } from '../archive-store/index.ts';
import { cloneForSubmission, commitFiles, pushBranch, type SubmissionClone } from '../git/index.ts';
import { checkSubmission } from './check-submission.ts';
import { type IndexState, readIndexState } from './index-state.ts';
import { type Offer, planSubmission } from './plan-submission.ts';
import { withScratchFolder } from './scratch-folder.ts';
import { findSubmitted, type SubmittedQuery } from './submitted.ts';

export interface Submission {
  readonly manifest: NormalizedManifest;
  readonly archive: PackedArchive;
  readonly source?: Source | undefined;
  readonly publisher: Account;
  /** The dist-tag that was asked for. */
  readonly tag?: string | undefined;
  readonly now: Date;
}

export interface SubmitOptions {
  /** Address or path that git understands; absolute if it is a path. */
  readonly remote: string;
  /** Folder outside of the index that takes the archive; absolute. */
  readonly store?: string | undefined;
  /** Does everything but the push. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

export interface Submitted {
  readonly state: 'pushed' | 'already-pushed' | 'dry-run';
  readonly branch: string;
  readonly commit: string;
  /** From the top of the index's repository, sorted. */
  readonly files: readonly string[];
  /** Once it is accepted; absent where an earlier run submitted it. */
  readonly distTags?: StatusRecord['distTags'];
  /** Warnings of the registry's rules. */
  readonly findings: readonly Finding[];
}

/**
 * @throws INDEX_NOT_FOUND, INDEX_UNREADABLE, VERSION_EXISTS, VERSION_SUBMITTED, FINDINGS, STORE_OUTSIDE, PUSH_REJECTED,
 * GIT_FAILED, DISK_FULL, ABORTED
 */
export async function submitVersion(submission: Submission, options: SubmitOptions): Promise<Submitted> {
  return withScratchFolder(async (folder) => {
    const { remote, signal } = options;
    const clone = await cloneForSubmission(remote, path.join(folder, 'index.git'), signal);
    const shown = hideCredentials(remote);
    const state = await readIndexState({ ...clone, remote: shown }, submission.manifest.name);
    return submitTo({ clone, state, branch: branchOf(submission.manifest) }, submission, options);
  });
}

/** `publish/<scope>/<name>/<version>`: with hyphens between them, `@a-b/c` and `@a/b-c` would share a branch. */
function branchOf({ name, version }: NormalizedManifest): string {
  const { scope, base } = splitName(name);
  return `publish/${scope}/${base}/${version}`;
}

interface Target {
  readonly clone: SubmissionClone;
  readonly state: IndexState;
  readonly branch: string;
}

async function submitTo(target: Target, submission: Submission, options: SubmitOptions): Promise<Submitted> {
  const { clone, state, branch } = target;
  const { manifest, archive, publisher, now } = submission;
  const { name, version } = manifest;
  if (state.versions.includes(version)) throw new ArError('VERSION_EXISTS', { plugin: name, version });
  const query: SubmittedQuery = { repository: clone.repository, branch, prefix: state.prefix, manifest, ...options };
  const earlier = await findEarlier(query, archive.integrity);
  if (earlier) return earlier;
  const { files, distTags, findings } = await filesOf(target, submission, options);
  const commit = await commitFiles(
    clone.repository.gitDir,
    {
      branch,
      base: clone.head,
      files,
      message: `Publish ${name} ${version}\n`,
      author: authorOf(publisher, now),
    },
    options.signal,
  );
  const done = { branch, commit, files: [...files.keys()].toSorted(), distTags, findings };
  if (options.dryRun) return { state: 'dry-run', ...done };
  return (await push(query, archive.integrity, options)) ?? { state: 'pushed', ...done };
}

/** @throws VERSION_SUBMITTED */
async function findEarlier(query: SubmittedQuery, integrity: Integrity): Promise<Submitted | undefined> {
  const { branch, manifest } = query;
  const earlier = await findSubmitted(query);
  if (!earlier) return undefined;
  if (earlier.integrity !== integrity)
    throw new ArError('VERSION_SUBMITTED', { plugin: manifest.name, version: manifest.version, branch });
  const { commit, files } = earlier;
  return { state: 'already-pushed', branch, commit, files: files.toSorted(), findings: [] };
}

/** What the commit holds, from the top of the repository. An archive that goes elsewhere is there afterwards. */
async function filesOf(
  { state }: Target,
  submission: Submission,
  { store, dryRun }: SubmitOptions,
): Promise<{ files: ReadonlyMap<string, Uint8Array | string> } & Required<Pick<Submitted, 'distTags' | 'findings'>>> {
  const { manifest, archive } = submission;
  const offer = offerOf(submission);
  const plan = planSubmission(state, offer);
  const findings = checkSubmission(state, offer, plan);
  const errors = findings.filter(isError).length;
  const subject = `${manifest.name}@${manifest.version}`;
  if (errors > 0) throw new ArError('FINDINGS', { subject, errors, findings });
  const { records, distTags } = plan;
  const files = new Map<string, Uint8Array | string>(
    Array.from(records, ([file, text]) => [state.prefix + file, text]),
  );
  if (store === undefined) files.set(inTree(state, plan.archive), archive.bytes);
  else if (!dryRun) await createArchiveStore(store).put(archive.bytes);
  return { files, distTags, findings };
}

function offerOf({ archive, now, ...rest }: Submission): Offer {
  const { bytes: _bytes, ...described } = archive;
  const dist = { tarball: `store:${archive.integrity}`, ...described, files: [...archive.files] };
  return { ...rest, dist, publishedAt: `${now.toISOString().slice(0, 19)}Z` };
}

/** @throws STORE_OUTSIDE for a registry whose archives are not in its repository */
function inTree(state: IndexState, archive: string): string {
  const place = path.posix.normalize(state.prefix + archive);
  if (!place.startsWith('../') && !path.posix.isAbsolute(place)) return place;
  throw new ArError('STORE_OUTSIDE', { store: state.registry.store ?? 'store' });
}

/** GitHub's own address of an account that keeps its real one to itself. */
function authorOf({ login, id }: Account, now: Date): Parameters<typeof commitFiles>[1]['author'] {
  return { name: login, email: `${id}+${login}@users.noreply.github.com`, atMs: now.getTime() };
}

/** @returns what another run submitted in the meantime, if it is the same */
async function push(
  query: SubmittedQuery,
  integrity: Integrity,
  { remote, signal }: SubmitOptions,
): Promise<Submitted | undefined> {
  const { repository, branch } = query;
  try {
    await pushBranch(repository.gitDir, { url: remote, branch, expected: '' }, signal);
    return undefined;
  } catch (error) {
    if (!hasCode(error, 'PUSH_REJECTED')) throw error;
    const other = await findEarlier(query, integrity);
    if (other) return other;
    throw error;
  }
}
