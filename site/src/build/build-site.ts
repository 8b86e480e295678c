/**
 * One build: what changed is planned, rendered into a folder of its own, and laid over the output. Pages go there whole or
 * not at all, assets before the pages that name them, and what no page stands for any more goes last.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openApi } from '../data/api.ts';
import { SETTING_NAMES } from '../data/settings.ts';
import { drawCards } from './draw-cards.ts';
import { overlay, type OverlayCounts } from './overlay.ts';
import { makePlan } from './plan.ts';
import { indexPages, searchKey } from './search-index.ts';
import { readState, writeState } from './state.ts';
import { templateHash } from './template-hash.ts';

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

/** Not reentrant: Astro reads its settings from the environment of the process. */
export async function buildSite({ api: folder, out, baseUrl, full }: BuildInput): Promise<BuildResult> {
  const api = openApi(folder);
  const template = await templateHash(ROOT, { api, baseUrl });
  const state = await readState(out);
  const before = !full && state?.template === template ? state : undefined;
  const { plan, facts, keys } = makePlan(api, before);
  const search = searchKey(api, facts, template);
  const work = await makeWorkFolder();
  try {
    await writeFile(path.join(work, 'plan.json'), JSON.stringify(plan));
    const rendering = render({ folder, baseUrl, work });
    const failed = new AbortController();
    rendering.catch(() => failed.abort());
    const names = plan.plugins.map(({ name }) => name);
    const drawing = drawCards({ api: folder, out: path.join(work, 'cards'), names }, failed.signal);
    const indexing =
      before?.search === search ? undefined : indexPages(api, { out: path.join(work, 'pagefind'), baseUrl });
    // To their ends, all: none may write any more when the folder goes.
    await Promise.allSettled([rendering, drawing, indexing]);
    await rendering;
    await drawing;
    const searched = await indexing;
    const counts = overlay({
      work,
      out,
      keys,
      wanted: before && new Set([...plan.plugins, ...plan.versions].map(({ name }) => name)),
      names: new Set(api.names()),
      state,
      hasSearch: searched !== undefined,
    });
    await writeState(out, { template, keys, facts, search, files: counts.files });
    const { files: _, ...rest } = counts;
    const rendered = plan.plugins.length + plan.versions.length + plan.lists.length;
    return { ...rest, rendered, searchable: searched ?? api.summaries().length };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Within the site's folder, since the rendering code that Astro writes there finds its packages by place. */
async function makeWorkFolder(): Promise<string> {
  const parent = path.join(ROOT, '.astro/work');
  await mkdir(parent, { recursive: true });
  return mkdtemp(path.join(parent, 'build-'));
}

async function render({
  folder,
  baseUrl,
  work,
}: {
  readonly folder: string;
  readonly baseUrl: string;
  readonly work: string;
}): Promise<void> {
  Object.assign(process.env, {
    ASTRO_TELEMETRY_DISABLED: '1',
    [SETTING_NAMES.api]: folder,
    [SETTING_NAMES.url]: baseUrl,
    [SETTING_NAMES.work]: work,
    [SETTING_NAMES.plan]: path.join(work, 'plan.json'),
  });
  const { build } = await import('astro');
  await build({ root: ROOT, logLevel: 'error' });
}
