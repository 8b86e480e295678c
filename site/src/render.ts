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
import { sitemapPaths } from './machine/site-pages.ts';

const { siteUrl } = readSettings();
const app = createApp({ streaming: false });

const FIXED = [
  '/',
  '/404/',
  '/categories/',
  '/docs/',
  '/publish/',
  '/search/',
  '/stats/',
  '/status/',
  '/tags/',
  '/trust/',
  '/llms.txt',
  '/opensearch.xml',
  '/robots.txt',
  '/sitemap.xml',
];

/** Site paths of all routes without a plugin or list in them. */
export function fixedPaths(): readonly string[] {
  return [
    ...FIXED,
    ...sitemapPaths(),
    ...PAGES.flatMap(({ slug }) => [`/docs/${slug}/`, `/docs/${slug}.md`]),
    ...schemaFiles().map((file) => `/schemas/v1/${file}`),
  ];
}

/** @param path site path: `/plugins/@ar/audit-logger/` @throws what the page threw, Error where there is no such page */
export async function renderPath(path: string): Promise<Uint8Array> {
  const failures: unknown[] = [];
  const fail = (error: unknown): void => void failures.push(error);
  const response = await app.render(new Request(`${siteUrl}${href(path)}`), { locals: { fail } });
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
