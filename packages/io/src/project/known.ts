/**
 * The projects of this user: which archives of the shared store they name. A project is known from its first
 * installation on, by `project.json` beside its lock and journal in the data folder.
 */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '@ar-registry/core/errors';
import { integritiesIn, type KnownProject } from '@ar-registry/core/install';
import { JOURNAL_FILE, LOCK_FILE } from '@ar-registry/core/layout';
import type { KnownProject as KnownProjectFile } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/known-project';
import { readTextIfExists, translateFileError, writeAtomically } from '../files/index.ts';
import { projectStateDir, projectsDir } from './state-dir.ts';

/** Name of the file in the folder of a project's state. */
export const KNOWN_FILE = 'project.json';

/** Writes down where a project is. @throws DISK_FULL, FILE_ACCESS */
export async function rememberProject(dir: string, dataDir: string): Promise<void> {
  const file = path.join(await projectStateDir(dir, dataDir), KNOWN_FILE);
  const text = `${JSON.stringify({ schemaVersion: 1, dir: path.resolve(dir) } satisfies KnownProjectFile)}\n`;
  // One that a power failure took is written again by the next installation, and missed by nothing but the pruning.
  if ((await readTextIfExists(file)) !== text) await writeAtomically(file, text, { durable: false });
}

/**
 * Every known project with the archives that its lock, or a change to it that is not finished, names. Those whose
 * folder is gone name none; of those whose files are there and cannot be read it is not known what they name.
 *
 * @throws FILE_ACCESS where not even their number is known
 */
export async function knownProjects(dataDir: string): Promise<readonly KnownProject[]> {
  const folder = projectsDir(dataDir);
  const names = await stateNames(folder);
  const projects = await Promise.all(names.map((name) => readKnown(path.join(folder, name))));
  return projects.filter((project) => project !== undefined);
}

/** A change that was decided and not carried out: by a process that is at it right now, or that was ended. */
export interface UnfinishedChange {
  /** Folder of the project; undefined where it is gone, or nobody knows it. */
  readonly dir: string | undefined;
  /** Folder in the data folder that holds the journal. */
  readonly stateDir: string;
}

/** Of all projects. Nothing is finished by it. @throws FILE_ACCESS */
export async function unfinishedChanges(dataDir: string): Promise<readonly UnfinishedChange[]> {
  const folder = projectsDir(dataDir);
  const all = await Promise.all(
    (await stateNames(folder)).map(async (name) => {
      const stateDir = path.join(folder, name);
      if ((await readTextIfExists(path.join(stateDir, JOURNAL_FILE))) === undefined) return [];
      const dir = parseDir(await readTextIfExists(path.join(stateDir, KNOWN_FILE)));
      return [{ stateDir, dir: dir === undefined || (await isGone(dir)) ? undefined : dir }];
    }),
  );
  return all.flat();
}

async function stateNames(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw translateFileError(error, folder);
  });
}

async function readKnown(stateDir: string): Promise<KnownProject | undefined> {
  const text = await readIfReadable(path.join(stateDir, KNOWN_FILE));
  const dir = text === 'unreadable' ? stateDir : parseDir(text);
  if (dir === undefined) return undefined;
  const journal = await readIfReadable(path.join(stateDir, JOURNAL_FILE));
  const lock = (await isGone(dir)) ? '' : await readIfReadable(path.join(dir, LOCK_FILE));
  const isUnknown = [text, journal, lock].includes('unreadable');
  const references = isUnknown ? undefined : new Set([...integritiesIn(lock ?? ''), ...integritiesIn(journal ?? '')]);
  return { dir, references };
}

async function readIfReadable(file: string): Promise<string | undefined> {
  return readTextIfExists(file).catch((error: unknown) => {
    if (hasCode(error, 'FILE_ACCESS')) return 'unreadable';
    throw error;
  });
}

/** Also where a file has taken its place. */
async function isGone(dir: string): Promise<boolean> {
  const info = await stat(dir).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : 'unknown';
  });
  return info === undefined || (info !== 'unknown' && !info.isDirectory());
}

function parseDir(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    const result = validator(JSON.parse(text));
    return result.ok ? result.value.dir : undefined;
  } catch {
    return undefined; // half of a file that was never finished
  }
}
