/**
 * One build: what changed is planned, rendered aside, and laid over the output. Pages go there whole or not at all, assets
 * before the pages that name them, and what no page stands for any more goes last.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openApi } from '../data/api.ts';
import { compileSite } from './compile.ts';
import { overlay, type OverlayCounts } from './overlay.ts';
import { makePlan } from './plan.ts';
import { registryHash } from './registry-hash.ts';
import { renderAll } from './render-pool.ts';
import { indexPages, searchKey } from './search-index.ts';
import { readState, writeState } from './state.ts';
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
  const { api: folder, out, baseUrl } = input;
  const api = openApi(folder);
  const compiled = await compileSite({ root: ROOT, baseUrl, work, signal });
  const template = registryHash(api, compiled.hash);
  const state = await readState(out);
  const before = !input.full && state?.template === template ? state : undefined;
  const { groups, plugins, pages, relations, facts, keys } = makePlan(api, before);
  const search = searchKey(api, facts, template);
  const [stage, index, file] = ['stage', 'search', 'relations.json'].map((name) => path.join(work, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(stage);
  await writeFile(file, JSON.stringify(relations));
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const rendering = renderAll(
    { entry: compiled.entry, api: folder, baseUrl, relations: file, out, stage },
    { groups, cards: [null, ...plugins] },
    { threads: Math.min(MOST_THREADS, os.availableParallelism()), signal: either },
  );
  const hasSearch = before?.search !== search;
  const indexing = hasSearch ? indexPages(api, { out: path.join(index, 'pagefind'), baseUrl }) : undefined;
  // To their ends, both: none may write any more when the folder goes.
  rendering.catch(() => failed.abort());
  await Promise.allSettled([rendering, indexing]);
  const made = await rendering;
  await indexing;
  signal.throwIfAborted();
  const { files, ...counts } = overlay({
    made,
    folders: [compiled.assets, ...(hasSearch ? [index] : [])],
    out,
    keys,
    wanted: before && new Set(plugins),
    names: new Set(api.names()),
    state,
    hasSearch,
  });
  await writeState(out, { template, keys, facts, search, files });
  return { ...counts, rendered: pages, searchable: api.summaries().length };
}
