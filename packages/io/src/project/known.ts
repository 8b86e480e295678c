/**
 * The projects of this user: which archives of the shared store they name. A project is known from its first
 * installation on, by `project.json` beside its lock and journal in the data folder.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { integritiesIn, type KnownProject } from '@ar-registry/core/install';
import { LOCK_FILE } from '@ar-registry/core/layout';
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
  if ((await readTextIfExists(file)) !== text) await writeAtomically(file, text);
}

/**
 * Every known project with the archives that its lock, or a change to it that is not finished, names. Those whose
 * folder is gone name none.
 *
 * @throws FILE_ACCESS for a lock that is there and cannot be read: what it names is not known then
 */
export async function knownProjects(dataDir: string): Promise<readonly KnownProject[]> {
  const folder = projectsDir(dataDir);
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw translateFileError(error, folder);
  });
  const projects = await Promise.all(names.map((name) => readKnown(path.join(folder, name))));
  return projects.filter((project) => project !== undefined);
}

async function readKnown(stateDir: string): Promise<KnownProject | undefined> {
  const dir = parseDir(await readTextIfExists(path.join(stateDir, KNOWN_FILE)));
  if (dir === undefined) return undefined;
  const journal = (await readTextIfExists(path.join(stateDir, 'journal.json'))) ?? '';
  const lock = (await readTextIfExists(path.join(dir, LOCK_FILE))) ?? '';
  return { dir, references: new Set([...integritiesIn(lock), ...integritiesIn(journal)]) };
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
