/**
 * Removes from the shared store what no known project names, while others install.
 *
 * An entry is moved aside first and looked at again: an installation marks what it uses before it verifies it, so
 * either the mark is seen here and the entry goes back, or the installation finds nothing and fetches it.
 */
import { randomUUID } from 'node:crypto';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { judgeEntry, type KnownProject, type PruneVerdict } from '@ar-registry/core/install';
import { storeEntryPath } from '@ar-registry/core/layout';
import { createInstallStore } from '../install-store/index.ts';
import { makeFolder, removeFolder, translateFileError } from '../files/index.ts';
import { knownProjects } from '../project/index.ts';
import { mtimeOf, readStore, stagingFolder, type FoundEntry, type UnreadableEntry } from './entries.ts';
import { pruneResponses } from './responses.ts';

export interface PruneOptions {
  readonly dataDir: string;
  readonly nowMs: number;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

export interface Pruned {
  readonly removed: readonly FoundEntry[];
  /** Removed without that anybody knows what they were. */
  readonly unreadable: readonly UnreadableEntry[];
  readonly used: number;
  /** Named by nobody, and used by an installation a moment ago. */
  readonly recent: number;
  /** Kept because of projects that cannot be read, and so may name them. */
  readonly unknown: number;
  /** Folders of those projects. */
  readonly unknownProjects: readonly string[];
  readonly responses: { readonly count: number; readonly sizeBytes: number };
}

/** @throws FILE_ACCESS */
export async function pruneStore(options: PruneOptions): Promise<Pruned> {
  const { dataDir, nowMs, dryRun, signal } = options;
  const projects = await knownProjects(dataDir);
  const { entries, unreadable } = await readStore(dataDir, signal);
  const remove = async <T extends UnreadableEntry>(all: readonly T[]): Promise<readonly T[]> => {
    const removed: T[] = [];
    for (const found of all) {
      signal.throwIfAborted();
      if (judge(found, projects, options) !== 'unused') continue;
      if (dryRun || (await removeUnused(found, options))) removed.push(found);
    }
    return removed;
  };
  const verdicts = [...entries, ...unreadable].map((found) => judge(found, projects, options));
  const count = (verdict: Verdict): number => verdicts.filter((one) => one === verdict).length;
  const removed = { removed: await remove(entries), unreadable: await remove(unreadable) };
  if (!dryRun) await createInstallStore({ dataDir }).sweep(nowMs);
  return {
    ...removed,
    used: count('used'),
    recent: count('recent'),
    unknown: count('unknown'),
    unknownProjects: projects.flatMap(({ dir, references }) => (references ? [] : [dir])).toSorted(),
    responses: await pruneResponses(dataDir, options),
  };
}

type Verdict = PruneVerdict['kind'];

/** One that does not say what it is belongs to whoever names the archive whose place it takes. */
function judge(
  { folder, usedAtMs }: UnreadableEntry,
  projects: readonly KnownProject[],
  { dataDir, nowMs }: PruneOptions,
): Verdict {
  const named = projects.flatMap(({ references }) => [...(references ?? [])]);
  const integrity = named.find((one) => path.join(dataDir, storeEntryPath(one)) === folder);
  return judgeEntry({ integrity, usedAtMs }, projects, nowMs).kind;
}

/** @returns whether it is gone */
async function removeUnused(found: UnreadableEntry, options: PruneOptions): Promise<boolean> {
  const staging = stagingFolder(options.dataDir);
  const aside = path.join(staging, `${process.pid}-${randomUUID()}`);
  await makeFolder(staging);
  try {
    await rename(found.folder, aside);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw translateFileError(error, found.folder);
  }
  const usedAtMs = (await mtimeOf(aside)) ?? 0;
  const projects = await knownProjects(options.dataDir);
  const stillUnused = judge({ ...found, usedAtMs }, projects, options) === 'unused';
  // Where somebody put it there anew meanwhile, that one stays.
  const restored =
    !stillUnused &&
    (await rename(aside, found.folder).then(
      () => true,
      () => false,
    ));
  if (!restored) await removeFolder(aside);
  return stillUnused;
}
