/** The answers of registries that were kept on disk: how many, how large, which are damaged or old. */
import { lstat, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { dataPaths } from '@ar-registry/core/layout';
import { isWholeResponse } from '../api-client/index.ts';
import { translateFileError } from '../files/index.ts';

/** Asked for anew when needed, so it is no loss. */
const MAX_AGE_MS = 30 * 24 * 60 * 60 * 1000;

interface Kept {
  readonly file: string;
  readonly sizeBytes: number;
  readonly writtenAtMs: number;
  readonly whole: boolean;
}

/** Folder of the answers. */
export function responsesFolder(dataDir: string): string {
  return path.join(dataDir, dataPaths.responses);
}

/** Reads every answer again, and whether it is as it was written. @throws FILE_ACCESS */
export async function checkResponses(dataDir: string): Promise<{ readonly count: number; readonly damaged: number }> {
  const kept = await readKept(dataDir);
  return { count: kept.length, damaged: kept.filter(({ whole }) => !whole).length };
}

/** Removes answers that are damaged, or were written more than 30 days ago. @throws FILE_ACCESS */
export async function pruneResponses(
  dataDir: string,
  { nowMs, dryRun }: { readonly nowMs: number; readonly dryRun: boolean },
): Promise<{ readonly count: number; readonly sizeBytes: number }> {
  const old = (await readKept(dataDir)).filter(({ whole, writtenAtMs }) => !whole || nowMs - writtenAtMs > MAX_AGE_MS);
  if (!dryRun) await Promise.all(old.map(({ file }) => rm(file, { force: true })));
  return { count: old.length, sizeBytes: old.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
}

/** Files that vanish meanwhile count as not there. */
async function readKept(dataDir: string): Promise<readonly Kept[]> {
  const folder = responsesFolder(dataDir);
  const kept: Kept[] = [];
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw translateFileError(error, folder);
  });
  for (const name of names) {
    const file = path.join(folder, name);
    const info = await lstat(file).catch(() => undefined);
    const bytes = info?.isFile() ? await readFile(file).catch(() => undefined) : undefined;
    if (info && bytes)
      kept.push({ file, sizeBytes: info.size, writtenAtMs: info.mtimeMs, whole: isWholeResponse(bytes) });
  }
  return kept;
}
