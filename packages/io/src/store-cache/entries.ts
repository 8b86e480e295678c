/** What is in the shared store, entry by entry, as it is found on the disk. */
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '@ar-registry/core/errors';
import { dataPaths, STORE_ENTRY_FILE, storeEntryPath } from '@ar-registry/core/layout';
import type { StoreEntry } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/store-entry';
import { readTextIfExists, translateFileError } from '../files/index.ts';

/** An entry that says what it is, and lies where that belongs. */
export interface FoundEntry {
  /** Absolute. */
  readonly folder: string;
  readonly entry: StoreEntry;
  /** Of all files, npm dependencies too. */
  readonly sizeBytes: number;
  /** When it was made, or last used by an installation. */
  readonly usedAtMs: number;
}

/** One that does not say what it is, or lies elsewhere than it says. */
export type UnreadableEntry = Omit<FoundEntry, 'entry'>;

export interface StoreContents {
  readonly entries: readonly FoundEntry[];
  readonly unreadable: readonly UnreadableEntry[];
}

/** @throws FILE_ACCESS */
export async function readStore(dataDir: string, signal: AbortSignal): Promise<StoreContents> {
  const top = storeFolder(dataDir);
  const entries: FoundEntry[] = [];
  const unreadable: UnreadableEntry[] = [];
  for (const prefix of await names(top)) {
    for (const name of await names(path.join(top, prefix))) {
      signal.throwIfAborted();
      const folder = path.join(top, prefix, name);
      const usedAtMs = await mtimeOf(folder);
      if (usedAtMs === undefined) continue;
      const found = { folder, usedAtMs, sizeBytes: (await measure(folder)).sizeBytes };
      const entry = await readEntry(folder, dataDir);
      if (entry) entries.push({ ...found, entry });
      else unreadable.push(found);
    }
  }
  return { entries, unreadable };
}

/** Number and size of all files below a folder; none if it is not there. Links are not followed. */
export async function measure(folder: string): Promise<{ readonly count: number; readonly sizeBytes: number }> {
  const all = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const files = all.filter((one) => !one.isDirectory());
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const info = await lstat(path.join(parentPath, name)).catch(() => undefined);
      return info?.size ?? 0;
    }),
  );
  return { count: files.length, sizeBytes: sizes.reduce((sum, size) => sum + size, 0) };
}

function storeFolder(dataDir: string): string {
  return path.join(dataDir, 'plugins', 'store', 'sha512');
}

/** Folder of what is being written, or was interrupted. */
export function stagingFolder(dataDir: string): string {
  return path.join(dataDir, dataPaths.staging);
}

/** When a folder was last used; undefined if it is not there. */
export async function mtimeOf(folder: string): Promise<number | undefined> {
  return (await lstat(folder).catch(() => undefined))?.mtimeMs;
}

async function readEntry(folder: string, dataDir: string): Promise<StoreEntry | undefined> {
  const text = await readTextIfExists(path.join(folder, STORE_ENTRY_FILE)).catch((error: unknown) => {
    if (hasCode(error, 'FILE_ACCESS')) return undefined;
    throw error;
  });
  const entry = text === undefined ? undefined : parseEntry(text);
  return entry && path.join(dataDir, storeEntryPath(entry.integrity)) === folder ? entry : undefined;
}

function parseEntry(text: string): StoreEntry | undefined {
  try {
    const result = validator(JSON.parse(text));
    return result.ok ? result.value : undefined;
  } catch {
    return undefined; // told as unreadable
  }
}

async function names(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).toSorted();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw translateFileError(error, folder);
  }
}
