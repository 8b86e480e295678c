/**
 * The two files of a project: `ar-plugins.yaml` (wanted) and `ar-plugins.lock` (installed), changed as one.
 *
 * Two renames cannot be one, so a change is first written to a journal in the data folder, and then carried out. The
 * renames are also ordered so that what lies between them means the old state: the lock may name more than is wanted,
 * never less. Whoever opens the project next finishes a journal it finds.
 */
import { createHash } from 'node:crypto';
import { realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { parseLockfile, parseProjectFile } from '@ar-registry/core/install';
import { LOCK_FILE, PROJECT_FILE } from '@ar-registry/core/layout';
import type { InstallJournal, Lockfile, ProjectFile } from '@ar-registry/schemas';
import { validator as journalValidator } from '@ar-registry/schemas/validators/journal';
import { integrityOf } from '../digest/index.ts';
import { readTextIfExists, writeAtomically } from '../files/index.ts';
import { withLock, type LockOptions } from '../lock/index.ts';

export interface Project {
  readonly dir: string;
  readonly wanted: ProjectFile;
  readonly lock: Lockfile;
  /** `ar-plugins.yaml` as it stands, comments and all; empty if there is none. */
  readonly text: string;
}

/** The new content of both files. */
export interface ProjectChange {
  readonly projectText: string;
  readonly lockText: string;
}

/**
 * Reads both files, after finishing a change that was interrupted. Missing files mean that nothing is installed.
 *
 * @throws FILE_INVALID, FILE_ACCESS
 */
export async function readProject(dir: string, dataDir: string): Promise<Project> {
  const absolute = path.resolve(dir);
  const journal = await journalOf(absolute, dataDir);
  // Only whoever holds the lock may finish it: a writer may be at it right now.
  if ((await readTextIfExists(journal)) !== undefined)
    await withLock(
      { folder: path.dirname(journal), resource: `The project ${absolute}`, holder: `recovery (pid ${process.pid})` },
      () => finishJournal(absolute, journal),
    );
  return readFiles(absolute);
}

async function readFiles(absolute: string): Promise<Project> {
  const text = (await readTextIfExists(path.join(absolute, PROJECT_FILE))) ?? '';
  const lockText = await readTextIfExists(path.join(absolute, LOCK_FILE));
  const wanted = parseProjectFile(text, path.join(absolute, PROJECT_FILE));
  const lock = parseLockfile(lockText, path.join(absolute, LOCK_FILE));
  return { dir: absolute, wanted, lock, text };
}

/**
 * Changes both files as one, alone among all processes: `change` gets the state at that moment.
 *
 * @returns what `change` returned beside the new contents
 * @throws LOCK_HELD, DISK_FULL, FILE_ACCESS, and whatever `change` throws, with nothing changed
 */
export async function changeProject<T>(
  options: { readonly dir: string; readonly dataDir: string } & Omit<LockOptions, 'folder' | 'resource'>,
  change: (project: Project) => Promise<{ readonly change: ProjectChange | undefined; readonly result: T }>,
): Promise<T> {
  const { dir, dataDir } = options;
  const folder = await projectStateDir(dir, dataDir);
  return withLock({ ...options, folder, resource: `The project ${path.resolve(dir)}` }, async () => {
    const journal = path.join(folder, 'journal.json');
    await finishJournal(path.resolve(dir), journal);
    const project = await readFiles(path.resolve(dir));
    const { change: next, result } = await change(project);
    options.signal?.throwIfAborted();
    if (next) await applyChange(project.dir, next, journal);
    return result;
  });
}

/** Folder in the data folder that holds the lock and the journal of one project. */
export async function projectStateDir(dir: string, dataDir: string): Promise<string> {
  const real = await realpath(path.resolve(dir)).catch(() => path.resolve(dir));
  const id = createHash('sha256').update(real).digest('hex').slice(0, 16);
  return path.join(dataDir, 'plugins', 'projects', id);
}

async function journalOf(dir: string, dataDir: string): Promise<string> {
  return path.join(await projectStateDir(dir, dataDir), 'journal.json');
}

async function applyChange(dir: string, change: ProjectChange, journalFile: string): Promise<void> {
  const files = [
    { path: LOCK_FILE, content: change.lockText, before: await stateOf(path.join(dir, LOCK_FILE)) },
    { path: PROJECT_FILE, content: change.projectText, before: await stateOf(path.join(dir, PROJECT_FILE)) },
  ];
  await writeAtomically(journalFile, JSON.stringify({ schemaVersion: 1, project: dir, files } satisfies InstallJournal));
  for (const { path: name, content } of files) await writeAtomically(path.join(dir, name), content);
  await rm(journalFile, { force: true });
}

async function finishJournal(dir: string, journalFile: string): Promise<void> {
  const text = await readTextIfExists(journalFile);
  if (text === undefined) return;
  const result = journalValidator(parseJson(text));
  const names = new Set([LOCK_FILE, PROJECT_FILE]);
  if (!result.ok || !result.value.files.every((file) => names.has(file.path)))
    throw new ArError('FILE_INVALID', { file: journalFile, problem: 'it is not an install journal' });
  for (const { path: name, content, before } of result.value.files) {
    // The project folder may have been moved since: what counts is where it is now.
    const file = path.join(dir, name);
    // What a person changed by hand after the interruption stays as it is.
    if ((await stateOf(file)) === before) await writeAtomically(file, content);
  }
  await rm(journalFile, { force: true });
}

/** The integrity of a file, or `absent`. */
async function stateOf(file: string): Promise<string> {
  const text = await readTextIfExists(file);
  return text === undefined ? 'absent' : integrityOf(Buffer.from(text));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // refused by the validator
  }
}
