/** Lays what was rendered over the output: writes what differs, deletes what nothing stands for any more. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { LIST_KINDS } from '../data/lists.ts';
import type { PageKeys } from './plan.ts';
import type { State } from './state.ts';

export interface OverlayCounts {
  readonly written: number;
  readonly unchanged: number;
  readonly deleted: number;
}

export interface OverlayInput {
  /** Astro's `out`, `cards` and `pagefind` are in it; it is empty of them afterwards. */
  readonly work: string;
  readonly out: string;
  readonly keys: PageKeys;
  /** Plugins of which something was rendered; absent: everything was. */
  readonly wanted: ReadonlySet<string> | undefined;
  /** All plugins there are. */
  readonly names: ReadonlySet<string>;
  readonly state: State | undefined;
  /** Whether the search index was made anew. */
  readonly hasSearch: boolean;
}

/** @returns besides the counts, all files of the output that are ours */
export function overlay(input: OverlayInput): OverlayCounts & { readonly files: readonly string[] } {
  const { work, out, state } = input;
  const sources = [
    ...sourcesIn(path.join(work, 'out')),
    ...sourcesIn(path.join(work, 'cards')),
    ...(input.hasSearch ? sourcesIn(work, 'pagefind/') : []),
  ];
  const made = new Set(sources.map(({ file }) => file));
  const old = (state?.files ?? []).filter((file) => !made.has(file));
  const kept = new Set(old.filter((file) => isKept(file, input)));
  const counts = { written: 0, unchanged: 0 };
  const folders = new Set<string>();
  // Assets first: a page must not name what is not there yet.
  for (const { file, from } of sources.toSorted((a, b) => order(a.file) - order(b.file)))
    counts[put(path.join(from, file), path.join(out, file), folders) ? 'written' : 'unchanged'] += 1;
  const stale = old.filter((file) => !kept.has(file));
  for (const file of stale) remove(out, file);
  return { ...counts, deleted: stale.length, files: [...made, ...kept].toSorted() };
}

function order(file: string): number {
  return file.endsWith('.html') ? 1 : 0;
}

const PLUGIN = /(?:^|\/)(@[a-z0-9-]+)\/([a-z0-9-]+)/;
const LIST = new RegExp(`^(?:${LIST_KINDS.join('|')})/([^/]+)/`);

/** Whether a file of an earlier build that this one did not make still belongs. */
function isKept(file: string, input: OverlayInput): boolean {
  if (file.startsWith('pagefind/')) return !input.hasSearch;
  // Pages in caches of browsers name the assets of earlier builds.
  if (file.startsWith('assets/')) return true;
  return input.wanted !== undefined && (isPage(file, input.keys) || isOwned(file, input, input.wanted));
}

function isPage(file: string, keys: PageKeys): boolean {
  return file.endsWith('/index.html') && `/${file.slice(0, -'index.html'.length)}` in keys;
}

/** What lies with a plugin or a list that is still there, and would have been made again if it had changed. */
function isOwned(file: string, { keys, names }: OverlayInput, wanted: ReadonlySet<string>): boolean {
  const [, scope, name] = PLUGIN.exec(file) ?? [];
  if (scope !== undefined) return names.has(`${scope}/${name}`) && !wanted.has(`${scope}/${name}`);
  const [list] = LIST.exec(file) ?? [];
  return list !== undefined && !file.endsWith('.html') && `/${list}` in keys;
}

/** Moved where nothing is yet; else written whole or not at all. @returns whether anything changed */
function put(from: string, to: string, folders: Set<string>): boolean {
  const there = statSync(to, { throwIfNoEntry: false });
  if (there && there.size === statSync(from).size && readFileSync(to).equals(readFileSync(from))) return false;
  const folder = path.dirname(to);
  if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
  folders.add(folder);
  if (!move(from, to)) {
    const temporary = `${to}.ar-tmp`;
    copyFileSync(from, temporary);
    renameSync(temporary, to);
  }
  return true;
}

/** @returns `false` where the output is on another disk */
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
  /** Folder that it lies in by the same path. */
  readonly from: string;
}

/** @param below part of the folder, with a slash at its end */
function sourcesIn(from: string, below = ''): readonly Source[] {
  return readdirSync(path.join(from, below), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(from, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .map((file) => ({ file, from }));
}
