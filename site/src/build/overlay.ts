/** Lays what was rendered over the output: writes what differs, deletes what nothing stands for any more. */
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { BUILD_MANIFEST, FILES_LOG } from './api-log.ts';
import type { Made } from './staging.ts';

export interface OverlayCounts {
  readonly written: number;
  readonly unchanged: number;
  readonly deleted: number;
}

export interface OverlayInput {
  readonly out: string;
  /** Folders whose files go into the output by the same paths. */
  readonly folders: readonly string[];
  /** Pages and cards. */
  readonly made: readonly Made[];
  /** Files to delete. */
  readonly gone: readonly string[];
}

export function overlay({ out, folders, made, gone }: OverlayInput): OverlayCounts {
  const counts = { written: 0, unchanged: 0 };
  // Before for a run that is stopped in between, after for a deployment that has looked at some of it too early.
  announce(out, { made, gone });
  const known = new Set<string>();
  const lay = (source: Source): void => {
    counts[put(source, path.join(out, source.file), known) ? 'written' : 'unchanged'] += 1;
  };
  for (const folder of folders) for (const source of sourcesIn(folder)) lay(source);
  // Assets first: a page must not name what is not there yet.
  for (const isPage of [false, true])
    for (const each of made) if (each.file.endsWith('.html') === isPage) lay(sourceOf(each));
  for (const file of gone) remove(out, file);
  announce(out, { made, gone });
  return { ...counts, deleted: gone.length };
}

/** For deployments, which look at what stands there and not at every page. */
function announce(out: string, { made, gone }: Pick<OverlayInput, 'made' | 'gone'>): void {
  if (!existsSync(path.join(out, BUILD_MANIFEST))) return;
  const fresh = made.filter(({ aside }) => aside !== undefined);
  const lines = [...fresh.map(({ file }) => `+${file}\n`), ...gone.map((file) => `-${file}\n`)];
  if (lines.length > 0) appendFileSync(path.join(out, FILES_LOG), lines.join(''));
}

/** Relative, with slashes. */
export function filesIn(folder: string): readonly string[] {
  return sourcesIn(folder).map(({ file }) => file);
}

/** Written whole or not at all. @returns whether anything changed */
function put({ from, isFresh }: Source, to: string, folders: Set<string>): boolean {
  if (from === undefined) return false;
  const folder = path.dirname(to);
  if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
  folders.add(folder);
  if (isFresh && move(from, to)) return true;
  const size = statSync(to, { throwIfNoEntry: false })?.size;
  if (size === statSync(from).size && readFileSync(to).equals(readFileSync(from))) return false;
  const temporary = `${to}.ar-tmp`;
  copyFileSync(from, temporary);
  renameSync(temporary, to);
  return true;
}

/** What is known to differ is moved, which needs no look at it. @returns `false` where the output is on another disk */
function move(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EXDEV') return false;
    throw error;
  }
}

/** Also the folders that are empty then. */
function remove(out: string, file: string): void {
  rmSync(path.join(out, file), { force: true });
  for (let folder = path.dirname(file); folder !== '.'; folder = path.dirname(folder))
    try {
      rmdirSync(path.join(out, folder));
    } catch {
      return; // not empty
    }
}

interface Source {
  /** Relative to the output. */
  readonly file: string;
  /** Where it lies; absent: it is what is there. Absolute. */
  readonly from: string | undefined;
  /** Whether it is known to differ, and nobody needs it where it lies. */
  readonly isFresh: boolean;
}

function sourceOf({ file, aside }: Made): Source {
  return { file, from: aside, isFresh: true };
}

function sourcesIn(folder: string): readonly Source[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((from) => ({ file: path.relative(folder, from).replaceAll(path.sep, '/'), from, isFresh: false }));
}
