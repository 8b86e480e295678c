/**
 * Submits a version to an index: its records and its archive, as one proposal.
 *
 * Cut off at any moment, it is simply run again: it finds what it had proposed and compares it, or starts anew. An
 * archive that goes elsewhere is there before the proposal is, so that nobody is ever told of one that is missing.
 */
import path from 'node:path';
import { ArError, hasCode } from '@ar-registry/core/errors';
import { type Finding, isError } from '@ar-registry/core/findings';
import { indexPaths } from '@ar-registry/core/layout';
import { splitName } from '@ar-registry/core/name';
import { parseVersionRecord } from '@ar-registry/core/record';
import type { Account, Dist, NormalizedManifest, Source, StatusRecord } from '@ar-registry/schemas';
import type { PackedArchive } from '../archive/index.ts';
import { createArchiveStore } from '../archive-store/index.ts';
import type { EarlierBranch, IndexState, IndexTarget, Proposal, Proposed } from '../propose/index.ts';
import { checkSubmission } from './check-submission.ts';
import { describeSubmission } from './describe.ts';
import { type Offer, planSubmission } from './plan-submission.ts';

export interface Submission {
  readonly manifest: NormalizedManifest;
  readonly archive: PackedArchive;
  readonly source?: Source | undefined;
  readonly publisher: Account;
  /** The dist-tag that was asked for. */
  readonly tag?: string | undefined;
  readonly now: Date;
}

/** A place for the archive that is neither the submission nor a folder, such as a release. */
export interface ArchiveUpload {
  /** The address that the archive will have. */
  readonly url: string;
  /** What `put` will do, in a whole sentence. */
  readonly plan: string;
  /**
   * Uploads it, or finds that an earlier run did.
   *
   * @returns what was done, in a whole sentence. @throws RELEASE_ASSET_DIFFERS, GITHUB_…, ABORTED
   */
  readonly put: () => Promise<string | undefined>;
}

export interface SubmitOptions {
  readonly index: IndexTarget;
  /** Folder outside of the index that takes the archive; absolute. */
  readonly store?: string | undefined;
  /** For a registry that wants archives in releases; without it they go where those of other registries do. */
  readonly release?: (() => Promise<ArchiveUpload>) | undefined;
  /** Does all that others cannot see. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

export interface Submitted extends Proposed {
  /** Where the record says that the archive is. */
  readonly tarball: string;
  /** Once it is accepted; absent where an earlier run submitted it. */
  readonly distTags?: StatusRecord['distTags'];
  /** Warnings of the registry's rules. */
  readonly findings: readonly Finding[];
}

/**
 * @throws INDEX_NOT_FOUND, INDEX_UNREADABLE, VERSION_EXISTS, VERSION_SUBMITTED, FINDINGS, STORE_OUTSIDE, PUSH_REJECTED,
 * GIT_FAILED, GITHUB_…, DISK_FULL, ABORTED
 */
export async function submitVersion(submission: Submission, options: SubmitOptions): Promise<Submitted> {
  const { index } = options;
  const { manifest, archive } = submission;
  const { name, version } = manifest;
  const state = await index.readState(name);
  if (state.versions.includes(version)) throw new ArError('VERSION_EXISTS', { plugin: name, version });
  const branch = branchOf(manifest);
  const context = { state, manifest, archive };
  const earlier = await index.findEarlier(branch);
  const recorded = earlier && (await recordedDist(earlier, context));
  if (earlier && recorded?.integrity !== archive.integrity)
    throw new ArError('VERSION_SUBMITTED', { plugin: name, version, branch, pullRequest: earlier.pullRequest?.url });
  if (earlier && recorded) {
    const proposed = await index.resume(earlier, describeSubmission(submission), options);
    return { ...proposed, tarball: recorded.tarball, findings: [] };
  }
  const { files, distTags, findings, tarball, steps } = await filesOf(state, submission, options);
  const isSame = async (found: EarlierBranch): Promise<boolean> =>
    (await recordedDist(found, context))?.integrity === archive.integrity;
  const text = describeSubmission(submission, distTags);
  const proposal = { branch, ...text, files, author: submission.publisher, now: submission.now, isSame };
  const proposed = await propose(proposal, submission, options);
  return { ...proposed, steps: [...steps, ...proposed.steps], tarball, distTags, findings };
}

/** `publish/<scope>/<name>/<version>`: with hyphens between them, `@a-b/c` and `@a/b-c` would share a branch. */
function branchOf({ name, version }: NormalizedManifest): string {
  const { scope, base } = splitName(name);
  return `publish/${scope}/${base}/${version}`;
}

/** What the branch says of the archive. Two runs differ in the time that they write down; what counts is this. */
async function recordedDist(
  earlier: EarlierBranch,
  { state, manifest }: Pick<Submission, 'manifest'> & { readonly state: IndexState },
): Promise<Dist | undefined> {
  const file = state.prefix + indexPaths.version(manifest.name, manifest.version);
  const bytes = await earlier.read(file);
  const parsed = bytes && parseVersionRecord(new TextDecoder().decode(bytes), file);
  return parsed?.ok ? parsed.record.dist : undefined;
}

interface Planned extends Required<Pick<Submitted, 'distTags' | 'findings' | 'tarball' | 'steps'>> {
  readonly files: ReadonlyMap<string, Uint8Array | string>;
}

/** What the commit holds, from the top of the repository. An archive that goes elsewhere is there afterwards. */
async function filesOf(state: IndexState, submission: Submission, options: SubmitOptions): Promise<Planned> {
  const { manifest, archive } = submission;
  const wantsRelease = state.registry.uploads === 'release' && options.store === undefined;
  const upload = wantsRelease ? await options.release?.() : undefined;
  const offer = offerOf(submission, upload?.url);
  const plan = planSubmission(state, offer);
  const findings = checkSubmission(state, offer, plan);
  const errors = findings.filter(isError).length;
  const subject = `${manifest.name}@${manifest.version}`;
  if (errors > 0) throw new ArError('FINDINGS', { subject, errors, findings });
  const files = new Map<string, Uint8Array | string>(
    Array.from(plan.records, ([file, text]) => [state.prefix + file, text]),
  );
  const { distTags } = plan;
  const planned = { files, distTags, findings, tarball: offer.dist.tarball };
  if (upload) return { ...planned, steps: await uploadArchive(upload, options) };
  if (options.store === undefined) files.set(inTree(state, plan.archive), archive.bytes);
  else if (!options.dryRun) await createArchiveStore(options.store).put(archive.bytes);
  return { ...planned, steps: [] };
}

async function uploadArchive({ plan, put }: ArchiveUpload, { dryRun }: SubmitOptions): Promise<readonly string[]> {
  const step = dryRun ? plan : await put();
  return step === undefined ? [] : [step];
}

function offerOf({ archive, now, ...rest }: Submission, url = `store:${archive.integrity}`): Offer {
  const { bytes: _bytes, ...described } = archive;
  const dist = { tarball: url, ...described, files: [...archive.files] };
  return { ...rest, dist, publishedAt: `${now.toISOString().slice(0, 19)}Z` };
}

/** @throws STORE_OUTSIDE for a registry whose archives are not in its repository */
function inTree(state: IndexState, archive: string): string {
  const place = path.posix.normalize(state.prefix + archive);
  if (!place.startsWith('../') && !path.posix.isAbsolute(place)) return place;
  throw new ArError('STORE_OUTSIDE', { store: state.registry.store ?? 'store' });
}

/** @throws VERSION_SUBMITTED where another run proposed other content in the meantime */
async function propose(
  proposal: Proposal,
  { manifest: { name, version } }: Submission,
  { index, dryRun, signal }: SubmitOptions,
): Promise<Proposed> {
  try {
    return await index.propose(proposal, { dryRun, signal });
  } catch (error) {
    if (!hasCode(error, 'PROPOSAL_DIFFERS')) throw error;
    const { branch, pullRequest } = error.facts;
    throw new ArError('VERSION_SUBMITTED', { plugin: name, version, branch, pullRequest }, { cause: error });
  }
}
