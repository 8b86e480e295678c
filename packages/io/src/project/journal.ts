/**
 * The journal of one project: a change to its two files that was decided, and is finished by whoever finds it.
 *
 * Only whoever holds the project's lock may call these functions.
 */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { LOCK_FILE, PROJECT_FILE } from '@ar-registry/core/layout';
import type { InstallJournal } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/journal';
import { integrityOf } from '../digest/index.ts';
import { readTextIfExists, stageFiles, writeAtomically } from '../files/index.ts';

/** The text of both files; `undefined` where there is none. */
export interface ProjectTexts {
  readonly project: string | undefined;
  readonly lock: string | undefined;
}

export async function readTexts(dir: string): Promise<ProjectTexts> {
  const project = await readTextIfExists(path.join(dir, PROJECT_FILE));
  const lock = await readTextIfExists(path.join(dir, LOCK_FILE));
  return { project, lock };
}

/**
 * Writes both files, or none.
 *
 * @throws DISK_FULL, FILE_ACCESS, with the files as they were before
 */
export async function applyChange(
  dir: string,
  journalFile: string,
  { before, after }: { readonly before: ProjectTexts; readonly after: ProjectTexts & { readonly project: string } },
): Promise<void> {
  const lock = after.lock === undefined ? [] : [{ path: LOCK_FILE, content: after.lock, before: stateOf(before.lock) }];
  const files = [...lock, { path: PROJECT_FILE, content: after.project, before: stateOf(before.project) }];
  const journal = JSON.stringify({ schemaVersion: 1, project: dir, files } satisfies InstallJournal);
  const inProject = files.map(({ path: name, content }) => ({ path: path.join(dir, name), content }));
  const [decided, ...changed] = await stageFiles([{ path: journalFile, content: journal }, ...inProject]);
  try {
    // Before this there is no change, after it whoever comes finishes it.
    decided?.place();
    for (const file of changed) file.place();
  } catch (error) {
    for (const file of changed) file.discard();
    // The change is told to have failed, so nobody may finish it later.
    await restore(path.join(dir, LOCK_FILE), before.lock);
    rmSync(journalFile, { force: true });
    throw error;
  }
  rmSync(journalFile, { force: true });
}

/** What was there before fits on the disk again: the file that replaced it is gone when it comes back. */
async function restore(file: string, text: string | undefined): Promise<void> {
  if ((await readTextIfExists(file)) === text) return;
  if (text === undefined) rmSync(file, { force: true });
  else await writeAtomically(file, text);
}

/** Carries out what an interrupted change left. @throws FILE_INVALID, DISK_FULL, FILE_ACCESS */
export async function finishJournal(dir: string, journalFile: string): Promise<void> {
  const text = await readTextIfExists(journalFile);
  if (text === undefined) return;
  const result = validator(parseJson(text));
  const names = new Set([LOCK_FILE, PROJECT_FILE]);
  if (!result.ok || !result.value.files.every((file) => names.has(file.path)))
    throw new ArError('FILE_INVALID', { file: journalFile, problem: 'it is not an install journal' });
  for (const { path: name, content, before } of result.value.files) {
    // The project folder may have been moved since: what counts is where it is now.
    const file = path.join(dir, name);
    // What a person changed by hand after the interruption stays as it is.
    if (stateOf(await readTextIfExists(file)) === before) await writeAtomically(file, content);
  }
  rmSync(journalFile, { force: true });
}

/**
 * Removes what was being written when a process was killed. Nobody else writes these files while the lock is held.
 *
 * @param names the files whose temporary neighbours go
 */
export async function removeLeftovers(folder: string, names: readonly string[]): Promise<void> {
  for (const entry of namesIn(folder))
    if (names.some((name) => entry.startsWith(`${name}.`) && TEMPORARY.test(entry.slice(name.length))))
      rmSync(path.join(folder, entry), { force: true });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // what is not there has no leftovers
  }
}

/** How `writeAtomically` names what it writes before the rename. */
const TEMPORARY = /^\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/** The integrity of a text, or `absent`. */
function stateOf(text: string | undefined): string {
  return text === undefined ? 'absent' : integrityOf(Buffer.from(text));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // refused by the validator
  }
}
