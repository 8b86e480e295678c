/** Lays what was rendered over the output: writes what differs, deletes what nothing stands for any more. */
import { mkdir, readFile, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
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
  /** Astro's `out` and `pagefind` are in it. */
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
export async function overlay(input: OverlayInput): Promise<OverlayCounts & { readonly files: readonly string[] }> {
  const { work, out, state } = input;
  const rendered = path.join(work, 'out');
  const pages = await filesBelow(rendered);
  const found = input.hasSearch
    ? (await filesBelow(path.join(work, 'pagefind'))).map((file) => `pagefind/${file}`)
    : [];
  const sources = [...pages.map((file) => ({ file, from: rendered })), ...found.map((file) => ({ file, from: work }))];
  const made = new Set(sources.map(({ file }) => file));
  const old = (state?.files ?? []).filter((file) => !made.has(file));
  const kept = old.filter((file) => isKept(file, input));
  const counts = { written: 0, unchanged: 0 };
  // Assets first: a page must not name what is not there yet.
  for (const { file, from } of sources.toSorted((a, b) => order(a.file) - order(b.file)))
    counts[(await put(path.join(from, file), path.join(out, file))) ? 'written' : 'unchanged'] += 1;
  const stale = old.filter((file) => !kept.includes(file));
  for (const file of stale) await remove(out, file);
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

async function put(from: string, to: string): Promise<boolean> {
  const bytes = await readFile(from);
  const there = await readFile(to).catch(() => undefined);
  if (there?.equals(bytes)) return false;
  await mkdir(path.dirname(to), { recursive: true });
  const temporary = `${to}.ar-tmp`;
  await writeFile(temporary, bytes);
  await rename(temporary, to);
  return true;
}

/** Also the folders that are empty then. */
async function remove(out: string, file: string): Promise<void> {
  await rm(path.join(out, file), { force: true });
  for (let folder = path.dirname(file); folder !== '.'; folder = path.dirname(folder))
    try {
      await rmdir(path.join(out, folder));
    } catch {
      return; // not empty
    }
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'));
}
