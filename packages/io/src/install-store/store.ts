/**
 * The content-addressed store of unpacked packages, shared by all projects of a user.
 *
 * An entry is a folder named by the hash of its archive: `package/` (with `node_modules` where the plugin has npm
 * dependencies) and `ar-store.json`. It is made beside and renamed into place, so it is there as a whole or not at all,
 * and never changes afterwards. The loader reads here; only the CLI writes.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { STORE_ENTRY_FILE, storeEntryPath } from '@ar-registry/core/layout';
import type { DistFile, Integrity, PluginName, StoreEntry, Version } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/store-entry';
import { filesIntegrity, integrityOfFile } from '../digest/index.ts';
import { readTextIfExists, removeFolder, translateFileError, writeAtomically } from '../files/index.ts';

/** What is put into the store: where its files are, and what they should be. */
export interface StorePackage {
  readonly name: PluginName;
  readonly version: Version;
  readonly integrity: Integrity;
  readonly files: readonly DistFile[];
  readonly dependencies: boolean;
}

export interface InstallStore {
  /** Absolute path of the unpacked package, whether it is there or not. */
  packageDir(integrity: Integrity): string;
  readEntry(integrity: Integrity): Promise<StoreEntry | undefined>;
  /**
   * Fills an entry: `fill` writes the package into the folder it is given. Nothing is left behind if it fails.
   * An entry that is already there, or that another process makes meanwhile, is kept.
   *
   * @throws DISK_FULL, FILE_ACCESS
   */
  put(entry: StorePackage, fill: (packageDir: string) => Promise<void>): Promise<void>;
  /**
   * Reads every file of the archive again and compares it with what the lock pins.
   *
   * @throws NOT_INSTALLED when there is no entry, STORE_DAMAGED when a file differs, is missing or was added
   */
  verify(plugin: PluginName, lock: { readonly integrity: Integrity; readonly files: Integrity }): Promise<StoreEntry>;
  /** Removes what interrupted commands left behind more than an hour ago. */
  sweep(nowMs: number): Promise<void>;
}

const STAGING_MAX_AGE_MS = 60 * 60 * 1000;

export function createInstallStore({ dataDir }: { readonly dataDir: string }): InstallStore {
  const entryDir = (integrity: Integrity): string => path.join(dataDir, storeEntryPath(integrity));
  const staging = path.join(dataDir, 'plugins', 'staging');
  const readEntry = (integrity: Integrity): Promise<StoreEntry | undefined> => readStoreEntry(entryDir(integrity));
  return {
    packageDir: (integrity) => path.join(entryDir(integrity), 'package'),
    readEntry,
    put: async (entry, fill) => {
      if (await readEntry(entry.integrity)) return;
      await putEntry(entry, fill, { staging, target: entryDir(entry.integrity) });
    },
    verify: async (plugin, lock) => {
      const entry = await readEntry(lock.integrity);
      if (!entry) throw new ArError('NOT_INSTALLED', { plugin, suggestions: [] });
      await verifyEntry(entry, plugin, { lock, packageDir: path.join(entryDir(lock.integrity), 'package') });
      return entry;
    },
    sweep: (nowMs) => sweepStaging(staging, nowMs),
  };
}

async function readStoreEntry(folder: string): Promise<StoreEntry | undefined> {
  const file = path.join(folder, STORE_ENTRY_FILE);
  const text = await readTextIfExists(file);
  if (text === undefined) return undefined;
  const result = validator(parseJson(text));
  if (!result.ok) throw new ArError('FILE_INVALID', { file, problem: 'it is not a store entry' });
  return result.value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // refused by the validator
  }
}

async function putEntry(
  entry: StorePackage,
  fill: (packageDir: string) => Promise<void>,
  { staging, target }: { staging: string; target: string },
): Promise<void> {
  const folder = path.join(staging, `${process.pid}-${randomUUID()}`);
  try {
    await mkdir(path.join(folder, 'package'), { recursive: true });
    await fill(path.join(folder, 'package'));
    const document: StoreEntry = { schemaVersion: 1, ...entry, files: [...entry.files] };
    await writeAtomically(path.join(folder, STORE_ENTRY_FILE), `${JSON.stringify(document)}\n`);
    await mkdir(path.dirname(target), { recursive: true });
    await renameUnlessThere(folder, target);
  } catch (error) {
    throw translateFileError(error, folder);
  } finally {
    await removeFolder(folder);
  }
}

/** `rename` onto a folder that is not empty fails: somebody else was faster, with the same content. */
async function renameUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'EPERM') throw error;
    if ((await readStoreEntry(to)) === undefined) throw error;
  }
}

async function verifyEntry(
  entry: StoreEntry,
  plugin: PluginName,
  { lock, packageDir }: { lock: { integrity: Integrity; files: Integrity }; packageDir: string },
): Promise<void> {
  const damaged = (file: string): ArError => new ArError('STORE_DAMAGED', { plugin, file });
  if (entry.name !== plugin || entry.integrity !== lock.integrity || filesIntegrity(entry.files) !== lock.files)
    throw damaged(STORE_ENTRY_FILE);
  const known = new Set(entry.files.map((file) => file.path));
  for (const file of entry.files) {
    const absolute = path.join(packageDir, file.path);
    const actual = await integrityOfFile(absolute).catch((error: unknown) => missing(error));
    if (actual !== file.integrity) throw damaged(file.path);
  }
  const added = (await listFiles(packageDir)).find((file) => !known.has(file));
  if (added !== undefined) throw damaged(added);
}

function missing(error: unknown): undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'FILE_ACCESS' || code === 'FILE_NOT_FOUND') return undefined;
  throw error;
}

/** Files of the package, without its npm dependencies; anything that is neither file nor folder counts as a file. */
async function listFiles(folder: string, prefix = ''): Promise<readonly string[]> {
  const entries = await readdir(path.join(folder, prefix), { withFileTypes: true });
  const nested = await Promise.all(
    entries
      .filter(({ name }) => prefix !== '' || name !== 'node_modules')
      .map((entry) => {
        const relative = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
        return entry.isDirectory() ? listFiles(folder, relative) : [relative];
      }),
  );
  return nested.flat();
}

async function sweepStaging(staging: string, nowMs: number): Promise<void> {
  const names = await readdir(staging).catch(() => []);
  for (const name of names) {
    const folder = path.join(staging, name);
    const info = await stat(folder).catch(() => undefined);
    if (info && nowMs - info.mtimeMs > STAGING_MAX_AGE_MS) await removeFolder(folder);
  }
}
