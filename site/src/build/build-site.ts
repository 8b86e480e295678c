/**
 * One build: what changed is planned, rendered aside, and laid over the output. Pages go there whole or not at all, assets
 * before the pages that name them, and what no page stands for any more goes last.
 */
import { mkdir } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openApi, type Api } from '../data/api.ts';
import { searchEngine } from '../data/search-engine.ts';
import { compileSite, type CompiledSite } from './compile.ts';
import type { Group } from './item.ts';
import { filesIn, overlay, type OverlayCounts } from './overlay.ts';
import { goneFiles } from './page-file.ts';
import { makePlan, type Planned } from './plan.ts';
import { registryHash } from './registry-hash.ts';
import { withPool, type Pool, type RenderInput } from './render-pool.ts';
import { indexPages, searchKey } from './search-index.ts';
import { sitemapFiles } from './sitemap-files.ts';
import { createStaging, type Made } from './staging.ts';
import { readState, writeState, type State } from './state.ts';
import { clearWorkFolders, makeWorkFolder } from './work-folder.ts';

export interface BuildInput {
  /** Folder of the built API; absolute. */
  readonly api: string;
  /** Where the pages go; absolute. May be the same. */
  readonly out: string;
  /** Where both are served. */
  readonly baseUrl: string;
  /** Everything, whatever is there. */
  readonly full: boolean;
}

export interface BuildResult extends OverlayCounts {
  /** Pages with parameters that were rendered. */
  readonly rendered: number;
  readonly searchable: number;
}

/** `site/`: Astro runs there, and finds its packages from there. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** A core for each, and one of four for the rest of the machine; more wait for the disk. */
const MOST_THREADS = 4;

/** @throws `signal.reason` when aborted */
export async function buildSite(input: BuildInput, signal: AbortSignal): Promise<BuildResult> {
  const parent = path.join(ROOT, '.astro/work');
  clearWorkFolders(parent);
  const work = makeWorkFolder(parent);
  try {
    return await buildIn(work, input, signal);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function buildIn(work: string, input: BuildInput, signal: AbortSignal): Promise<BuildResult> {
  const { out } = input;
  const api = openApi(input.api);
  const compiled = await compileSite({ root: ROOT, baseUrl: input.baseUrl, work, signal });
  const template = registryHash(api, compiled.hash);
  const state = await readState(out);
  const before = !input.full && state?.template === template ? state : undefined;
  const plan = makePlan(api, Date.now(), before?.known);
  const {
    search,
    isIndexed,
    isThere: hasSearch,
  } = planSearch(api, before, () => searchKey(api, plan.known.plugins, template));
  const [stage, index] = [path.join(work, 'stage'), path.join(work, 'search')];
  await mkdir(stage);
  const failed = new AbortController();
  const rendering = render({ input, compiled, stage, plan, before }, AbortSignal.any([signal, failed.signal]));
  const indexing = isIndexed
    ? indexPages(api, { out: path.join(index, 'pagefind'), baseUrl: input.baseUrl })
    : undefined;
  // To their ends, both: none may write any more when the folder goes.
  rendering.catch(() => failed.abort());
  await Promise.allSettled([rendering, indexing]);
  const { made, fixed } = await rendering;
  await indexing;
  signal.throwIfAborted();
  const folders = [compiled.assets, ...(isIndexed ? [index] : [])];
  const own = [...folders.flatMap(filesIn), ...fixed];
  const { kept, gone } = sortOut(state?.files ?? [], own, (file) => isKept(file, { hasSearch, isFull: !before }));
  if (state) gone.push(...goneFiles(state.known, plan.known));
  const counts = overlay({ out, folders, made, gone });
  await writeState(out, { template, known: plan.known, search, files: [...own, ...kept].toSorted() });
  return { ...counts, rendered: plan.pages, searchable: plan.overview.total };
}

/** @param keyOf of the index, where one is made @returns besides its key, whether it is made now or the one that is there stays */
function planSearch(
  api: Api,
  before: State | undefined,
  keyOf: () => string,
): { readonly search: string; readonly isIndexed: boolean; readonly isThere: boolean } {
  if (searchEngine(api) !== 'pagefind') return { search: '', isIndexed: false, isThere: false };
  const search = keyOf();
  const isThere = before?.search === search;
  return { search, isIndexed: !isThere, isThere };
}

/** What an earlier build left and this one did not make. */
function sortOut(
  old: readonly string[],
  made: readonly string[],
  belongs: (file: string) => boolean,
): { readonly kept: readonly string[]; readonly gone: string[] } {
  const there = new Set(made);
  const others = old.filter((file) => !there.has(file));
  return { kept: others.filter(belongs), gone: others.filter((file) => !belongs(file)) };
}

/** A file that is not of a plugin or a list, and that this build did not make: whether it still belongs. */
function isKept(
  file: string,
  { hasSearch, isFull }: { readonly hasSearch: boolean; readonly isFull: boolean },
): boolean {
  if (file.startsWith('pagefind/')) return hasSearch;
  // Pages in caches of browsers name the assets of earlier builds.
  if (file.startsWith('assets/')) return true;
  return !isFull && !file.startsWith('sitemap/');
}

interface Rendering {
  readonly input: BuildInput;
  readonly compiled: CompiledSite;
  /** Where what differs is put aside. */
  readonly stage: string;
  readonly plan: Planned;
  readonly before: State | undefined;
}

/** @returns besides what was made, which of it belongs to no plugin and no list */
async function render(
  { input, compiled, stage, plan, before }: Rendering,
  signal: AbortSignal,
): Promise<{ readonly made: readonly Made[]; readonly fixed: readonly string[] }> {
  const { api, baseUrl, out } = input;
  const common: RenderInput = { entry: compiled.entry, api, baseUrl, overview: plan.overview, out, stage };
  const most = Math.min(MOST_THREADS, os.availableParallelism());
  return withPool(common, { most, groups: plan.groups.length, signal }, async (pool) => {
    const fixed = await pool.renderAll(fixedGroups(pool, before !== undefined));
    const put = createStaging({ out, stage }, 'map');
    const maps = sitemapFiles(plan, pool.fixed.found, baseUrl).map(({ file, text }) => put(file, Buffer.from(text)));
    const made = await pool.renderAll(plan.groups);
    const own = [...fixed, ...maps];
    return { made: [...own, ...made], fixed: own.map(({ file }) => file) };
  });
}

/** What every registry has. @param isStillThere whether the output has what does not change with the data */
function fixedGroups({ fixed }: Pool, isStillThere: boolean): readonly Group[] {
  const paths = [...fixed.live, ...(isStillThere ? [] : fixed.still)];
  return [
    ...paths.map((each): Group => () => [{ kind: 'page', path: each }]),
    ...(isStillThere ? [] : [(): ReturnType<Group> => [{ kind: 'card', plugin: undefined }]]),
  ];
}
