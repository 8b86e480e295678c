/**
 * The content-addressed store of unpacked packages, shared by all projects of a user.
 *
 * An entry is a folder named by the hash of its archive: `package/` (with `node_modules` where the plugin has npm
 * dependencies) and `ar-store.json`. It is made beside and renamed into place, so it is there as a whole or not at all,
 * and never changes afterwards. The loader reads here; only the CLI writes.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, renameSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { ArError, hasCode } from '@ar-registry/core/errors';
import { dataPaths, STORE_ENTRY_FILE, storeEntryPath } from '@ar-registry/core/layout';
import type { DistFile, Integrity, PluginName, StoreEntry, Version } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/store-entry';
import { createClock, type Clock } from '../clock/index.ts';
import { filesIntegrity } from '../digest/index.ts';
import { makeFolder, readTextIfExists, removeFolder, translateFileError, writeAtomically } from '../files/index.ts';
import { compareEntry, verifyEntry, type Differences, type Expected } from './verify.ts';

/** What is put into the store: where its files are, and what they should be. */
export interface StorePackage {
  readonly name: PluginName;
  readonly version: Version;
  readonly integrity: Integrity;
  readonly files: readonly DistFile[];
  readonly dependencies: boolean;
}

/** What a lock says of an archive. */
export interface Pinned {
  readonly integrity: Integrity;
  /** Integrity of the list of all files. */
  readonly files: Integrity;
}

/** How an entry differs from what is pinned. */
export interface Comparison extends Differences {
  /** Absent where the entry does not say what it is. */
  readonly entry: StoreEntry | undefined;
}

export interface InstallStore {
  /** Absolute path of the unpacked package, whether it is there or not. */
  packageDir(integrity: Integrity): string;
  /** What the store says of an entry, unverified. @throws FILE_INVALID, FILE_ACCESS */
  readEntry(integrity: Integrity): Promise<StoreEntry | undefined>;
  /** Whether there is an entry that can be read; unverified. */
  has(integrity: Integrity): Promise<boolean>;
  /**
   * Fills an entry: `fill` writes the package into the folder it is given. Nothing is left behind if it fails.
   * An entry that is already there and whole, or that another process makes meanwhile, is kept; a damaged one is
   * replaced.
   *
   * @returns whether it was filled
   * @throws DISK_FULL, FILE_ACCESS
   */
  put(entry: StorePackage, fill: (packageDir: string) => Promise<void>): Promise<boolean>;
  /**
   * Reads every file of the archive again and compares it with what the lock pins.
   *
   * @throws NOT_INSTALLED when there is no entry, STORE_DAMAGED when a file differs, is missing or was added
   */
  verify(plugin: PluginName, lock: Pinned): Promise<StoreEntry>;
  /** The same, where it is to be fetched anew if need be: undefined where there is no entry, or a damaged one. */
  findIntact(plugin: PluginName, lock: Pinned): Promise<StoreEntry | undefined>;
  /** The same in full: every file that differs. Undefined where there is no entry. */
  compare(plugin: PluginName, lock: Pinned): Promise<Comparison | undefined>;
  /**
   * Says that an entry, if it is there, is about to be named by a lock, so that nobody prunes it meanwhile. Whoever
   * relies on an entry marks it first and verifies it then.
   */
  markUsed(integrity: Integrity): Promise<void>;
  /** Removes what interrupted commands left behind more than an hour ago. */
  sweep(nowMs: number): Promise<void>;
}

const STAGING_MAX_AGE_MS = 60 * 60 * 1000;

export interface InstallStoreOptions {
  /** Absolute path. */
  readonly dataDir: string;
  readonly clock?: Clock;
}

export function createInstallStore({ dataDir, clock = createClock() }: InstallStoreOptions): InstallStore {
  const entryDir = (integrity: Integrity): string => path.join(dataDir, storeEntryPath(integrity));
  const staging = path.join(dataDir, dataPaths.staging);
  return {
    packageDir: (integrity) => path.join(entryDir(integrity), 'package'),
    readEntry: (integrity) => readStoreEntry(entryDir(integrity)),
    has: (integrity) => hasEntry(entryDir(integrity)),
    put: async (entry, fill) => {
      const target = entryDir(entry.integrity);
      const expected = { name: entry.name, integrity: entry.integrity, files: filesIntegrity(entry.files) };
      const isWhole = async (): Promise<boolean> => (await findIntact(target, expected)) !== undefined;
      touch(target, clock.nowMs());
      if (await isWhole()) return false;
      await putEntry(entry, fill, { staging, target, isWhole });
      return true;
    },
    verify: (plugin, { integrity, files }) => verifyFolder(entryDir(integrity), { name: plugin, integrity, files }),
    findIntact: (plugin, { integrity, files }) => findIntact(entryDir(integrity), { name: plugin, integrity, files }),
    compare: (plugin, { integrity, files }) => compareFolder(entryDir(integrity), { name: plugin, integrity, files }),
    markUsed: async (integrity) => touch(entryDir(integrity), clock.nowMs()),
    sweep: (nowMs) => sweepStaging(staging, nowMs),
  };
}

/** @throws NOT_INSTALLED, STORE_DAMAGED */
async function verifyFolder(folder: string, expected: Expected): Promise<StoreEntry> {
  const entry = await readStoreEntry(folder).catch((error: unknown) => {
    if (!isUnreadable(error)) throw error;
    throw new ArError('STORE_DAMAGED', { plugin: expected.name, file: STORE_ENTRY_FILE }, { cause: error });
  });
  if (!entry) throw new ArError('NOT_INSTALLED', { plugin: expected.name, suggestions: [] });
  await verifyEntry(entry, path.join(folder, 'package'), expected);
  return entry;
}

async function compareFolder(folder: string, expected: Expected): Promise<Comparison | undefined> {
  const entry = await readStoreEntry(folder).catch((error: unknown) => {
    if (!isUnreadable(error)) throw error;
    return 'broken' as const;
  });
  if (entry === undefined) return undefined;
  if (entry === 'broken') return { entry: undefined, changed: [STORE_ENTRY_FILE], missing: [], added: [] };
  return { entry, ...(await compareEntry(entry, path.join(folder, 'package'), expected)) };
}

async function hasEntry(folder: string): Promise<boolean> {
  try {
    return (await readStoreEntry(folder)) !== undefined;
  } catch (error) {
    if (isUnreadable(error)) return false;
    throw error;
  }
}

/** Half written, of a later version, or something else in its place: fetched anew, the entry is replaced. */
function isUnreadable(error: unknown): boolean {
  return hasCode(error, 'FILE_INVALID') || hasCode(error, 'FILE_ACCESS');
}

/** In a store that cannot be written to, nobody can remove anything either. */
function touch(folder: string, nowMs: number): void {
  try {
    utimesSync(folder, nowMs / 1000, nowMs / 1000);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

/** Errors are not made for what is the rule: that a new version is not there yet. */
async function findIntact(folder: string, expected: Expected): Promise<StoreEntry | undefined> {
  if (!existsSync(path.join(folder, STORE_ENTRY_FILE))) return undefined;
  try {
    return await verifyFolder(folder, expected);
  } catch (error) {
    if (hasCode(error, 'NOT_INSTALLED') || hasCode(error, 'STORE_DAMAGED')) return undefined;
    throw error;
  }
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

interface Target {
  readonly staging: string;
  readonly target: string;
  readonly isWhole: () => Promise<boolean>;
}

async function putEntry(entry: StorePackage, fill: (packageDir: string) => Promise<void>, to: Target): Promise<void> {
  const folder = path.join(to.staging, `${process.pid}-${randomUUID()}`);
  try {
    await makeFolder(path.join(folder, 'package'));
    await fill(path.join(folder, 'package'));
    const document: StoreEntry = { schemaVersion: 1, ...entry, files: [...entry.files] };
    // The files beside it are not flushed either: an entry that a power failure damaged is found to be, and replaced.
    await writeAtomically(path.join(folder, STORE_ENTRY_FILE), `${JSON.stringify(document)}\n`, { durable: false });
    await makeFolder(path.dirname(to.target));
    await moveIntoPlace(folder, to);
  } catch (error) {
    throw translateFileError(error, folder);
  } finally {
    await removeFolder(folder);
  }
}

/** How often processes that mend one entry at the same time may move what another one has just put there. */
const MOVES = 20;

/** `rename` onto a folder that is not empty fails: somebody else was faster, or what is there is damaged. */
async function moveIntoPlace(folder: string, { staging, target, isWhole: isTargetWhole }: Target): Promise<void> {
  for (let move = 1; move <= MOVES; move += 1) {
    if (renamed(folder, target)) return;
    if (await isTargetWhole()) return;
    const damaged = path.join(staging, `${process.pid}-${randomUUID()}`);
    renamed(target, damaged);
    await removeFolder(damaged);
  }
  throw new ArError('FILE_ACCESS', { path: target, reason: 'something else is in its place' });
}

/** False if something is in the way, or if another process moved `from` already. */
function renamed(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'EPERM' || code === 'ENOTDIR' || code === 'ENOENT')
      return false;
    throw error;
  }
}

async function sweepStaging(staging: string, nowMs: number): Promise<void> {
  for (const folder of foldersIn(staging))
    if (nowMs - changedAtMs(folder) > STAGING_MAX_AGE_MS) await removeFolder(folder);
}

function foldersIn(staging: string): readonly string[] {
  try {
    return readdirSync(staging).map((name) => path.join(staging, name));
  } catch {
    return []; // nothing was ever unpacked, or the next command may read it
  }
}

/** Infinite for what is gone meanwhile, or cannot be asked. */
function changedAtMs(folder: string): number {
  try {
    return statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
  } catch {
    return Infinity;
  }
}
