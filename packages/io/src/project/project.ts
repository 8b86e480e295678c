/**
 * The two files of a project: `ar-plugins.yaml` (wanted) and `ar-plugins.lock` (installed), changed as one.
 *
 * Two renames cannot be one, so a change is first written to a journal in the data folder, and then carried out.
 * Whoever opens the project next finishes a journal it finds, and whoever reads makes sure that no writer was at it.
 */
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { parseLockfile, parseProjectFile } from '@ar-registry/core/install';
import { JOURNAL_FILE, LOCK_FILE, PROJECT_FILE } from '@ar-registry/core/layout';
import type { Lockfile, ProjectFile } from '@ar-registry/schemas';
import { readTextIfExists } from '../files/index.ts';
import { withLock, type LockOptions } from '../lock/index.ts';
import { KNOWN_FILE, rememberProject } from './known.ts';
import { applyChange, finishJournal, readTexts, removeLeftovers, type ProjectTexts } from './journal.ts';
import { projectStateDir } from './state-dir.ts';

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
  /** Left out where the lock stays as it is. */
  readonly lockText?: string;
}

/**
 * Reads both files, after finishing a change that was interrupted. Missing files mean that nothing is installed.
 *
 * @param parse makes a project of both texts
 * @throws FILE_INVALID, FILE_ACCESS, LOCK_HELD
 */
export async function readProject(dir: string, dataDir: string, parse = toProject): Promise<Project> {
  const absolute = path.resolve(dir);
  const journal = path.join(await projectStateDir(absolute, dataDir), JOURNAL_FILE);
  for (;;) {
    const texts = await readTexts(absolute);
    const open = (await readTextIfExists(journal)) !== undefined;
    // No journal, and the same texts again: no writer was between the two files while they were read.
    if (!open && sameTexts(texts, await readTexts(absolute))) return parse(absolute, texts);
    // Only whoever holds the lock may finish a journal: a writer may be at it right now.
    if (open)
      await withLock(
        { folder: path.dirname(journal), resource: `The project ${absolute}`, holder: `recovery (pid ${process.pid})` },
        () => recover(absolute, journal),
      );
  }
}

/**
 * The same for whoever reads one project again and again: texts that are those of the last time are not parsed anew.
 *
 * @throws as `readProject`
 */
export function createProjectReader(dir: string, dataDir: string): () => Promise<Project> {
  let last: { readonly texts: ProjectTexts; readonly project: Project } | undefined;
  return () =>
    readProject(dir, dataDir, (absolute, texts) => {
      if (!last || !sameTexts(last.texts, texts)) last = { texts, project: toProject(absolute, texts) };
      return last.project;
    });
}

/**
 * The same for whoever must not change anything: a change that was interrupted stays as it is, and is told of.
 *
 * @throws FILE_INVALID, FILE_ACCESS
 */
export async function peekProject(
  dir: string,
  dataDir: string,
): Promise<Project & { readonly isInterrupted: boolean }> {
  const absolute = path.resolve(dir);
  const journal = path.join(await projectStateDir(absolute, dataDir), 'journal.json');
  const project = toProject(absolute, await readTexts(absolute));
  return { ...project, isInterrupted: (await readTextIfExists(journal)) !== undefined };
}

/** How often a change is decided anew because an editor, say, wrote the files meanwhile. */
const ATTEMPTS = 3;

/**
 * Changes both files as one, alone among all processes: `change` gets the state at that moment. It is asked again if
 * a program that knows nothing of the lock changed the files in the meantime.
 *
 * @returns what `change` returned beside the new contents
 * @throws LOCK_HELD, DISK_FULL, FILE_ACCESS, FILE_INVALID, and whatever `change` throws, with nothing changed
 */
export async function changeProject<T>(
  options: { readonly dir: string; readonly dataDir: string } & Omit<LockOptions, 'folder' | 'resource'>,
  change: (project: Project) => Promise<{ readonly change: ProjectChange | undefined; readonly result: T }>,
): Promise<T> {
  const dir = path.resolve(options.dir);
  const folder = await projectStateDir(dir, options.dataDir);
  const journal = path.join(folder, JOURNAL_FILE);
  return withLock({ ...options, folder, resource: `The project ${dir}` }, async () => {
    await recover(dir, journal);
    await rememberProject(dir, options.dataDir);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const before = await readTexts(dir);
      const { change: next, result } = await change(toProject(dir, before));
      options.signal?.throwIfAborted();
      if (!next) return result;
      const after = { project: next.projectText, lock: next.lockText ?? before.lock };
      // What cannot be read again must not be written.
      toProject(dir, after);
      if (!sameTexts(before, await readTexts(dir))) continue;
      await applyChange(dir, journal, { before, after });
      return result;
    }
    throw new ArError('FILE_ACCESS', {
      path: path.join(dir, PROJECT_FILE),
      reason: 'another program keeps changing it',
    });
  });
}

/** Brings a project whose last change was interrupted to where it should be. Only under its lock. */
async function recover(dir: string, journal: string): Promise<void> {
  await finishJournal(dir, journal);
  await removeLeftovers(dir, [LOCK_FILE, PROJECT_FILE]);
  await removeLeftovers(path.dirname(journal), [path.basename(journal), KNOWN_FILE]);
}

/** @throws FILE_INVALID */
function toProject(dir: string, texts: ProjectTexts): Project {
  const text = texts.project ?? '';
  const wanted = parseProjectFile(text, path.join(dir, PROJECT_FILE));
  const lock = parseLockfile(texts.lock, path.join(dir, LOCK_FILE));
  return { dir, wanted, lock, text };
}

function sameTexts(a: ProjectTexts, b: ProjectTexts): boolean {
  return a.project === b.project && a.lock === b.lock;
}
