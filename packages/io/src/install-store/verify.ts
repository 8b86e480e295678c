import { type Dirent, readdirSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ArError, hasCode, isArError } from '@ar-registry/core/errors';
import { STORE_ENTRY_FILE } from '@ar-registry/core/layout';
import type { Integrity, PluginName, StoreEntry } from '@ar-registry/schemas';
import { filesIntegrity, integrityOfFile, integrityOfSmallFile } from '../digest/index.ts';
import { translateFileError } from '../files/index.ts';

/** What an entry is compared with. */
export interface Expected {
  readonly name: PluginName;
  readonly integrity: Integrity;
  /** Integrity of the list of all files. */
  readonly files: Integrity;
}

/** Paths in the package, where it is not what was put into the store; all empty if it is. */
export interface Differences {
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  readonly added: readonly string[];
}

const FILES_AT_ONCE = 32;

/**
 * Reads every file of the package again. Its npm dependencies, `node_modules` at the top, are not looked at.
 *
 * Where the description of the entry itself is not what is expected, nothing else can be told: it alone is `changed`.
 *
 * @param packageDir could have been changed by anybody with the user's rights
 */
export async function compareEntry(entry: StoreEntry, packageDir: string, expected: Expected): Promise<Differences> {
  const { name, integrity, files } = entry;
  if (name !== expected.name || integrity !== expected.integrity || filesIntegrity(files) !== expected.files)
    return { changed: [STORE_ENTRY_FILE], missing: [], added: [] };
  const changed: string[] = [];
  const absent: string[] = [];
  for (const [index, file] of files.entries()) {
    // Small files are read at once; whoever else has something to do gets a turn.
    if (index % FILES_AT_ONCE === FILES_AT_ONCE - 1) await setImmediate();
    const at = path.join(packageDir, file.path);
    // A promise for each takes as long as the hash of most.
    const actual = unlessMissing(() => integrityOfSmallFile(at) ?? 'large');
    const whole = actual === 'large' ? await integrityOfFile(at).catch((error: unknown) => missing(error)) : actual;
    if (whole === undefined) absent.push(file.path);
    else if (whole !== file.integrity) changed.push(file.path);
  }
  const known = new Set(files.map((file) => file.path));
  const added = listFiles(packageDir, entry).filter((file) => !known.has(file));
  return { changed, missing: absent, added: added.toSorted() };
}

/**
 * The same for those who need to know only whether it may be used.
 *
 * @throws STORE_DAMAGED when a file differs, is missing or was added
 */
export async function verifyEntry(entry: StoreEntry, packageDir: string, expected: Expected): Promise<void> {
  const { changed, missing: absent, added } = await compareEntry(entry, packageDir, expected);
  const [file] = [...changed, ...absent, ...added];
  if (file !== undefined) throw new ArError('STORE_DAMAGED', { plugin: expected.name, file });
}

function unlessMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    return missing(error);
  }
}

function missing(error: unknown): undefined {
  if (isArError(error) && (error.code === 'FILE_ACCESS' || error.code === 'FILE_NOT_FOUND')) return undefined;
  throw error;
}

/**
 * Anything that is neither file nor folder counts as a file, a link to a folder too; and so does a folder that cannot
 * be read, named with a slash at its end: nobody knows what is in it.
 */
function listFiles(
  packageDir: string,
  { dependencies }: { readonly dependencies: boolean },
  folder = '',
): readonly string[] {
  const entries = entriesOf(path.join(packageDir, folder));
  if (!entries) return [folder === '' ? './' : `${folder}/`];
  const files: string[] = [];
  for (const entry of entries) {
    if (dependencies && folder === '' && entry.name === 'node_modules') continue;
    const relative = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (!entry.isDirectory()) files.push(relative);
    else files.push(...listFiles(packageDir, { dependencies }, relative));
  }
  return files;
}

function entriesOf(folder: string): readonly Dirent[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    if (hasCode(translateFileError(error, folder), 'FILE_ACCESS')) return undefined;
    throw error;
  }
}
