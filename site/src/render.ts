/**
 * The compiled site, as `src/build` runs it: paths in, bytes out. It knows the pages that are there whatever the data;
 * those of plugins and lists are planned.
 */
import { createApp } from 'astro/app/entrypoint';
import type { PluginDocument, PluginName } from '@ar-registry/schemas';
import { readSettings } from './data/settings.ts';
import { site } from './data/site.ts';
import { PAGES, schemaFiles } from './docs/library.ts';
import { href } from './lib/href.ts';

const { siteUrl } = readSettings();
const app = createApp({ streaming: false });

/** They show the registry as it is now. */
const LIVE = ['/', '/categories/', '/stats/', '/status/', '/trust/'] as const;
const LIVE_UNLISTED = ['/404/', '/search/', '/llms.txt'] as const;
/** Of the sources, and of what `registryHash` knows. */
const STILL = ['/docs/', '/publish/'] as const;
const STILL_UNLISTED = ['/opensearch.xml', '/robots.txt'] as const;

/** Site paths of all routes without a plugin or list in them: see `FixedPaths` of `src/build`. */
export function fixedPaths(): {
  readonly live: readonly string[];
  readonly still: readonly string[];
  readonly found: readonly string[];
} {
  const docs = PAGES.map(({ slug }) => `/docs/${slug}/`);
  return {
    live: [...LIVE, ...LIVE_UNLISTED],
    still: [
      ...STILL,
      ...STILL_UNLISTED,
      ...docs,
      ...PAGES.map(({ slug }) => `/docs/${slug}.md`),
      ...schemaFiles().map((file) => `/schemas/v1/${file}`),
    ],
    found: [...LIVE, ...STILL, ...docs],
  };
}

/**
 * @param path site path: `/plugins/@ar/audit-logger/` @param data what the page shows and no document of its own says
 * @throws what the page threw, Error where there is no such page
 */
export async function renderPath(path: string, data: Omit<App.Locals, 'fail'>): Promise<Uint8Array> {
  const failures: unknown[] = [];
  const fail = (error: unknown): void => void failures.push(error);
  const response = await app.render(new Request(`${siteUrl}${href(path)}`), { locals: { ...data, fail } });
  if (failures.length > 0) throw failures[0];
  if (response.status !== (path === '/404/' ? 404 : 200)) throw new Error(`There is no page ${path}.`);
  return new Uint8Array(await response.arrayBuffer());
}

/** What its Open Graph card shows. */
export function cardFacts(
  plugin: PluginName,
): Pick<PluginDocument, 'name' | 'type' | 'trust' | 'version' | 'description'> {
  const { name, type, trust, version, description } = site.plugin(plugin);
  return { name, type, trust, version, description };
}

export function registryTitle(): string {
  return site.config().title;
}
