/** Lays what was rendered over the output: writes what differs, deletes what nothing stands for any more. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { LIST_KINDS } from '../data/lists.ts';
import type { PageKeys } from './plan.ts';
import type { Made } from './render-pool.ts';
import type { State } from './state.ts';

export interface OverlayCounts {
  readonly written: number;
  readonly unchanged: number;
  readonly deleted: number;
}

export interface OverlayInput {
  /** Pages and cards. */
  readonly made: readonly Made[];
  /** Folders whose files go into the output by the same paths. */
  readonly folders: readonly string[];
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
  const { out, state } = input;
  const sources = [...input.folders.flatMap((folder) => sourcesIn(folder)), ...input.made.map(sourceOf)];
  const made = new Set(sources.map(({ file }) => file));
  const old = (state?.files ?? []).filter((file) => !made.has(file));
  const kept = new Set(old.filter((file) => isKept(file, input)));
  const counts = { written: 0, unchanged: 0 };
  const folders = new Set<string>();
  // Assets first: a page must not name what is not there yet.
  for (const source of sources.toSorted((a, b) => order(a.file) - order(b.file)))
    counts[put(source, path.join(out, source.file), folders) ? 'written' : 'unchanged'] += 1;
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
