/** Release counters, from GitHub or from files with its answers. */
import { readFile, stat } from 'node:fs/promises';
import { ArError } from '@ar-registry/core/errors';
import type { SnapshotPlugin } from '@ar-registry/core/snapshot';
import {
  changedCounters,
  joinCounters,
  matchCounters,
  readReleases,
  releaseRepositories,
  type AssetCounter,
  type Counters,
} from '@ar-registry/core/stats';
import { translateFileError } from '@ar-registry/io/files';
import type { ReleaseCounters } from '@ar-registry/schemas';

/** The counters of the assets of a repository, `owner/name`; undefined where there is none of that name. */
export type ReleasesOf = (repository: string) => Promise<readonly AssetCounter[] | undefined>;

export interface CountersInput {
  readonly plugins: readonly SnapshotPlugin[];
  readonly before: readonly ReleaseCounters[];
  /** Today. */
  readonly day: string;
  readonly releasesOf: ReleasesOf | undefined;
}

/**
 * The document of today: what differs from before, and what it holds already.
 *
 * @param files with GitHub’s answers; absolute
 * @throws FILE_NOT_FOUND, FILE_INVALID, FILE_ACCESS, GITHUB_…
 */
export async function readCounters(
  files: readonly string[],
  { plugins, before, day, releasesOf }: CountersInput,
): Promise<ReleaseCounters | undefined> {
  const assets: AssetCounter[] = [];
  for (const file of files) for (const asset of await readReleaseFile(file)) assets.push(asset);
  // One after the other: nobody waits for it, and GitHub counts requests.
  for (const repository of releasesOf ? releaseRepositories(plugins) : [])
    for (const asset of (await releasesOf?.(repository)) ?? []) assets.push(asset);
  const earlier = joinCounters(before.filter((document) => document.day !== day));
  const today = joinCounters(before.filter((document) => document.day === day));
  const read = matchCounters(assets, plugins);
  return read.size === 0 ? undefined : changedCounters(day, earlier, merge(today, read));
}

function merge(old: Counters, read: Counters): Counters {
  const names = new Set([...old.keys(), ...read.keys()]);
  return new Map([...names].map((name) => [name, new Map([...(old.get(name) ?? []), ...(read.get(name) ?? [])])]));
}

const LIMIT_BYTES = 64 * 1024 * 1024;

async function readReleaseFile(file: string): Promise<readonly AssetCounter[]> {
  const invalid = (problem: string, cause?: unknown): ArError =>
    new ArError('FILE_INVALID', { file, problem }, { cause });
  try {
    if ((await stat(file)).size > LIMIT_BYTES) throw invalid(`it is larger than ${LIMIT_BYTES} bytes`);
    const found = readReleases(JSON.parse(await readFile(file, 'utf8')));
    if (!found) throw invalid('it is no list of releases as GitHub gives it');
    return found;
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid('it is no JSON', error);
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new ArError('FILE_NOT_FOUND', { path: file }, { cause: error });
    throw translateFileError(error, file);
  }
}
