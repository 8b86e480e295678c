/**
 * From a checked-out plugin to its archive, packed as its author would. Where the repository does not hold what it
 * builds, its build script runs: the code of strangers, with all rights of the user, outside of any sandbox. So whoever
 * calls this has asked the user.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { ArError, hasCode } from '@ar-registry/core/errors';
import { isError, toFindingDocument } from '@ar-registry/core/findings';
import { firstDifference } from '@ar-registry/core/record';
import { formatPath } from '@ar-registry/core/yaml';
import type { Integrity, NormalizedManifest } from '@ar-registry/schemas';
import { readArchive, verifyArchive, type ArchiveContents } from '../archive/index.ts';
import { runNpm } from '../npm/run-npm.ts';
import { packPlugin, type PackedPlugin } from '../package-folder/pack-plugin.ts';
import { hasFile, invalid, type BuildPlan, type GitCheckout } from './checkout.ts';
import type { InstallPorts } from '../install/ports.ts';
import { runBuild } from './run-build.ts';

/** A plugin from a git repository, packed. */
export interface PackedGit extends Pick<GitCheckout, 'source' | 'commit'> {
  readonly kind: 'git';
  readonly manifest: NormalizedManifest;
  readonly contents: ArchiveContents;
  readonly integrity: Integrity;
  /** Whether its build script was run. */
  readonly built: boolean;
}

/** @throws GIT_BUILD_FAILED, GIT_SOURCE_INVALID, COMMAND_NOT_FOUND, DISK_FULL, ARCHIVE_TOO_LARGE */
export async function buildGit(checkout: GitCheckout, ports: InstallPorts): Promise<PackedGit> {
  const { source, commit, build } = checkout;
  if (build) await runSteps(checkout, build, ports);
  const { manifest, archive } = await pack(checkout, ports.signal);
  const label = `${manifest.name}@${manifest.version}`;
  const contents = await readArchive(verifyArchive(archive.bytes, archive.integrity, label), undefined, ports.signal);
  refuseLargeFileStorage(checkout, contents);
  return { kind: 'git', source, commit, manifest, contents, integrity: archive.integrity, built: build !== undefined };
}

async function runSteps(checkout: GitCheckout, { installDir }: BuildPlan, ports: InstallPorts): Promise<void> {
  const { manifest, dir } = checkout;
  const { signal } = ports;
  if (installDir !== undefined) {
    // Settings of the project could name programs for npm to start, and other registries.
    await rm(path.join(installDir, '.npmrc'), { force: true, recursive: true });
    failed(manifest, await runNpm(['ci', '--include=dev', '--prefer-offline'], { folder: installDir, signal }));
  }
  failed(manifest, await runBuild(dir, ports));
  if (!(await hasFile(dir, manifest.main))) failed(manifest, `it does not make ${manifest.main}.`);
}

/** @throws GIT_BUILD_FAILED where there is a reason */
function failed({ name }: NormalizedManifest, reason: string | undefined): void {
  if (reason !== undefined) throw new ArError('GIT_BUILD_FAILED', { plugin: name, reason });
}

async function pack({ dir, source, manifest }: GitCheckout, signal: AbortSignal): Promise<PackedPlugin> {
  try {
    const packed = await packPlugin(dir, { nameOf: (file) => file, signal });
    const difference = firstDifference(packed.manifest, manifest);
    // What the user agreed to is what the repository says.
    if (difference) throw invalid(source, `its build changes ${formatPath(difference) || 'the manifest'}`);
    if (packed.lock === 'written') throw invalid(source, 'the lock of its npm dependencies does not fit its manifest');
    return packed;
  } catch (error) {
    if (hasCode(error, 'PACKAGE_FILE_REFUSED')) throw invalid(source, `${error.facts.file}: ${error.facts.problem}`);
    if (!hasCode(error, 'FINDINGS')) throw error;
    const found = error.facts.findings?.filter((one) => 'facts' in one).find(isError);
    throw invalid(source, found ? toFindingDocument(found).message.replace(/\.$/, '') : 'it cannot be packed');
  }
}

/** @source Git LFS, docs/spec.md: a pointer file begins so */
const LFS_POINTER = 'version https://git-lfs.github.com/spec/';

/** What stands in for a file that is elsewhere would be installed as the file. @throws GIT_SOURCE_INVALID */
function refuseLargeFileStorage({ source }: GitCheckout, { files }: ArchiveContents): void {
  for (const [name, { bytes }] of files)
    if (Buffer.from(bytes.subarray(0, LFS_POINTER.length)).toString('latin1') === LFS_POINTER)
      throw invalid(source, `${name} is kept in Git LFS, which is not fetched`);
}
