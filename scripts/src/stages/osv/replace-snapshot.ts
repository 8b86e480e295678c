/**
 * Puts new parts beside the old ones, and then lets `snapshot.json` name them: whoever reads meets the old snapshot as a
 * whole or the new one, at any moment, also after a crash.
 */
import { readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { osvPaths } from '@ar-registry/core/osv';
import { makeFolder, translateFileError, writeAtomically } from '@ar-registry/io/files';
import type { OsvSnapshot } from '@ar-registry/schemas';

const STAGING = '.staging-';
/** A run that is older than this is not going on any more. */
const STALE_MS = 24 * 60 * 60 * 1000;

/** A folder in `out` for what is not finished, on the same file system. @param name of this run alone */
export async function openStaging(out: string, name: string): Promise<string> {
  const folder = path.join(out, osvPaths.folder, `${STAGING}${name}`);
  try {
    await makeFolder(folder);
    return folder;
  } catch (error) {
    throw translateFileError(error, folder);
  }
}

/** @param parts folder of the new parts, in the staging folder */
export async function replaceSnapshot(
  out: string,
  {
    parts,
    snapshot,
    before,
    nowMs,
  }: {
    readonly parts: string;
    readonly snapshot: OsvSnapshot;
    readonly before: OsvSnapshot | undefined;
    readonly nowMs: number;
  },
): Promise<void> {
  const folder = path.join(out, osvPaths.folder);
  try {
    // The same content has the same name, and is whole: it came here by a rename.
    if (!(await exists(path.join(folder, snapshot.parts)))) await rename(parts, path.join(folder, snapshot.parts));
    await writeAtomically(path.join(out, osvPaths.snapshot), `${JSON.stringify(snapshot, undefined, 2)}\n`);
    // Who has read the old description may still ask for its parts.
    await removeOthers(folder, new Set([snapshot.parts, before?.parts ?? '']), nowMs);
  } catch (error) {
    throw translateFileError(error, folder);
  }
}

async function removeOthers(folder: string, kept: ReadonlySet<string>, nowMs: number): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || kept.has(entry.name)) continue;
    const file = path.join(folder, entry.name);
    const isOwn = /^[0-9a-f]{16}$/.test(entry.name) || (entry.name.startsWith(STAGING) && (await isStale(file, nowMs)));
    if (isOwn) await rm(file, { recursive: true, force: true });
  }
}

async function isStale(file: string, nowMs: number): Promise<boolean> {
  const { mtimeMs } = await stat(file);
  return nowMs - mtimeMs > STALE_MS;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
