/**
 * Removes from the shared store what no known project names, while others install.
 *
 * An entry is moved aside first and looked at again: an installation marks what it uses before it verifies it, so
 * either the mark is seen here and the entry goes back, or the installation finds nothing and fetches it.
 */
import { randomUUID } from 'node:crypto';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { judgeEntry } from '@ar-registry/core/install';
import { createInstallStore } from '../install-store/index.ts';
import { makeFolder, removeFolder, translateFileError } from '../files/index.ts';
import { knownProjects } from '../project/index.ts';
import { mtimeOf, readStore, stagingFolder, type FoundEntry } from './entries.ts';
import { pruneResponses } from './responses.ts';

export interface PruneOptions {
  readonly dataDir: string;
  readonly nowMs: number;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

export interface Pruned {
  readonly removed: readonly FoundEntry[];
  readonly used: number;
  /** Named by nobody, and used by an installation a moment ago. */
  readonly recent: number;
  readonly responses: { readonly count: number; readonly sizeBytes: number };
}

/** @throws FILE_ACCESS, with nothing removed where a project's lock cannot be read */
export async function pruneStore(options: PruneOptions): Promise<Pruned> {
  const { dataDir, nowMs, dryRun, signal } = options;
  const projects = await knownProjects(dataDir);
  const { entries } = await readStore(dataDir, signal);
  const judged = entries.map((found) => ({ found, verdict: judge(found, projects, nowMs) }));
  const removed: FoundEntry[] = [];
  for (const { found, verdict } of judged) {
    signal.throwIfAborted();
    if (verdict === 'unused' && (dryRun || (await removeUnused(found, options)))) removed.push(found);
  }
  if (!dryRun) await createInstallStore({ dataDir }).sweep(nowMs);
  return {
    removed,
    used: judged.filter(({ verdict }) => verdict === 'used').length,
    recent: judged.filter(({ verdict }) => verdict === 'recent').length,
    responses: await pruneResponses(dataDir, options),
  };
}

function judge(
  { entry, usedAtMs }: FoundEntry,
  projects: Awaited<ReturnType<typeof knownProjects>>,
  nowMs: number,
): 'used' | 'recent' | 'unused' {
  return judgeEntry({ integrity: entry.integrity, usedAtMs }, projects, nowMs).kind;
}

/** @returns whether it is gone */
async function removeUnused(found: FoundEntry, { dataDir, nowMs }: PruneOptions): Promise<boolean> {
  const staging = stagingFolder(dataDir);
  const aside = path.join(staging, `${process.pid}-${randomUUID()}`);
  await makeFolder(staging);
  try {
    await rename(found.folder, aside);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw translateFileError(error, found.folder);
  }
  const usedAtMs = (await mtimeOf(aside)) ?? 0;
  const stillUnused = judge({ ...found, usedAtMs }, await knownProjects(dataDir), nowMs) === 'unused';
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
