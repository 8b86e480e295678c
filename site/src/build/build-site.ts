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
import { readLog } from './api-log.ts';
import { compileSite, type CompiledSite } from './compile.ts';
import type { Group } from './item.ts';
import { filesIn, overlay, type OverlayCounts } from './overlay.ts';
import { planBuild, type BuildPlan } from './plan-build.ts';
import { registryHash } from './registry-hash.ts';
import { withPool, type Pool, type RenderInput } from './render-pool.ts';
import { indexPages, searchKey } from './search-index.ts';
import { createStaging, type Made } from './staging.ts';
import { openState, readState, writeState, type State } from './state.ts';
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
  /** Ask for each file of the API whether it is what it was, whatever its log says. */
  readonly verify: boolean;
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
  const { out, baseUrl, full, verify } = input;
  // Before anything else is read: what a build writes after that stands in the log of the next time.
  const log = readLog(input.api);
  const api = openApi(input.api);
  const compiled = await compileSite({ root: ROOT, baseUrl, work, signal });
  const template = registryHash(api, compiled.hash);
  const state = readState(out);
  const plan = planBuild(api, Date.now(), { out, baseUrl, template, full, verify, log, state });
  const before = plan.isKept ? state : undefined;
  const {
    search,
    isIndexed,
    isThere: hasSearch,
  } = planSearch(api, before, () => searchKey(api, plan.hashOf, template));
  const [stage, index] = [path.join(work, 'stage'), path.join(work, 'search')];
  await mkdir(stage);
  const failed = new AbortController();
  const rendering = render({ input, compiled, stage, plan }, AbortSignal.any([signal, failed.signal]));
  const indexing = isIndexed ? indexPages(api, { out: path.join(index, 'pagefind'), baseUrl }) : undefined;
  // To their ends, both: none may write any more when the folder goes.
  rendering.catch(() => failed.abort());
  await Promise.allSettled([rendering, indexing]);
  const { made, fixed } = await rendering;
  await indexing;
  signal.throwIfAborted();
  const folders = [compiled.assets, ...(isIndexed ? [index] : [])];
  const own = [...folders.flatMap(filesIn), ...fixed];
  const left = sortOut(state?.files ?? [], own, (file) => isKept(file, { hasSearch, isFull: !before }));
  const gone = [...left.gone, ...plan.gone];
  if (state) openState(out, state, before ? [...stillOpen(before), ...changing(made, gone)] : true);
  const counts = overlay({ out, folders, made, gone });
  const files = [...own, ...left.kept].toSorted();
  const { picks, spread } = plan;
  writeState(out, { template, ...(log && { log: log.end }), picks, search, files, spread }, plan.parts);
  return { ...counts, rendered: plan.pages, searchable: plan.overview.total };
}

/** Of a build before, which did not come to its end. */
function stillOpen({ open = [] }: Pick<State, 'open'>): readonly string[] {
  return open === true ? [] : open;
}

function changing(made: readonly Made[], gone: readonly string[]): readonly string[] {
  return [...made.filter(({ aside }) => aside !== undefined).map(({ file }) => file), ...gone];
}

/** @param keyOf of the index, where one is made @returns besides its key, whether it is made now or the one that is there stays */
function planSearch(
  api: Api,
  before: Pick<State, 'search'> | undefined,
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
): { readonly kept: readonly string[]; readonly gone: readonly string[] } {
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
  readonly plan: BuildPlan;
}

/** @returns besides what was made, which of it belongs to no plugin and no list */
async function render(
  { input, compiled, stage, plan }: Rendering,
  signal: AbortSignal,
): Promise<{ readonly made: readonly Made[]; readonly fixed: readonly string[] }> {
  const { api, baseUrl, out } = input;
  const common: RenderInput = { entry: compiled.entry, api, baseUrl, overview: plan.overview, out, stage };
  const most = Math.min(MOST_THREADS, os.availableParallelism());
  return withPool(common, { most, groups: plan.groups.length, signal }, async (pool) => {
    const fixed = await pool.renderAll(fixedGroups(pool, plan.isKept));
    const put = createStaging({ out, stage }, 'map');
    const maps = plan
      .sitemaps(pool.fixed.found)
      .map(({ file, text }) => (text === undefined ? { file } : put(file, Buffer.from(text))));
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
