/** Pagefind's index of all plugins: name, description, tags, headings and the first words of the README. */
import { createHash } from 'node:crypto';
import type { PluginName, PluginSummary } from '@ar-registry/schemas';
import type { Api } from '../data/api.ts';
import { pluginPath, scopeOf } from '../data/lists.ts';

/** Of a README, after its headings. */
const WORDS_BYTES = 1024;
/** Results share files: a search fetches a few of these, not one for each result. */
const MOST_FRAGMENTS = 400;

/** Changes whenever the index would; with the hash of a plugin goes the README. */
export function searchKey(api: Api, hashOf: (name: PluginName) => string | undefined, template: string): string {
  const hash = createHash('sha256').update(template);
  for (const plugin of api.summaries())
    hash.update(
      JSON.stringify([plugin, api.downloads().get(plugin.name), api.ratings().get(plugin.name), hashOf(plugin.name)]),
    );
  return hash.digest('base64url').slice(0, 22);
}

/** @param out folder to write to; absolute @returns how many plugins are in it */
export async function indexPages(
  api: Api,
  { out, baseUrl }: { readonly out: string; readonly baseUrl: string },
): Promise<number> {
  const { createIndex } = await import('pagefind');
  const base = new URL(baseUrl).pathname.replace(/\/+$/, '');
  const { index, errors } = await createIndex({
    forceLanguage: 'en',
    maxFragments: MOST_FRAGMENTS,
    keepIndexUrl: true,
  });
  if (!index) throw new Error(`Pagefind did not start: ${errors.join('; ')}`);
  for (const plugin of api.summaries()) {
    const added = await index.addHTMLFile({ url: `${base}${pluginPath(plugin.name)}`, content: recordOf(api, plugin) });
    if (added.errors.length > 0) throw new Error(`Pagefind refused ${plugin.name}: ${added.errors.join('; ')}`);
  }
  const written = await index.writeFiles({ outputPath: out });
  if (written.errors.length > 0) throw new Error(`Pagefind could not write: ${written.errors.join('; ')}`);
  await index.deleteIndex();
  return api.summaries().length;
}

function recordOf(api: Api, plugin: PluginSummary): string {
  const { name, version, type, category, trust, license, tags, description } = plugin;
  const downloads = api.downloads().get(name)?.last30Days ?? 0;
  const rating = api.ratings().get(name);
  const meta = {
    title: name,
    description,
    type,
    trust,
    version,
    downloads: String(downloads),
    ...(rating ? { rating: rating.mean.toFixed(1) } : {}),
  };
  const filters = {
    type: [type],
    trust: [trust],
    license: [license],
    tag: tags,
    ...(category === undefined ? {} : { category: [category] }),
  };
  const sort = {
    downloads: String(downloads),
    rating: String(rating?.bayesian ?? 0),
    updated: String(Date.parse(plugin.updatedAt)),
  };
  return [
    '<!doctype html><html lang="en"><body>',
    ...Object.entries(meta).map(
      ([key, value]) => `<i data-pagefind-meta="${key}[content]" content="${escape(value)}"></i>`,
    ),
    ...Object.entries(filters).flatMap(([key, values]) =>
      values.map((value) => `<i data-pagefind-filter="${key}[content]" content="${escape(value)}"></i>`),
    ),
    ...Object.entries(sort).map(
      ([key, value]) => `<i data-pagefind-sort="${key}[content]" content="${escape(value)}"></i>`,
    ),
    `<h1>${escape(wordsOf(name))}</h1>`,
    `<p data-pagefind-weight="4">${escape(description)}</p>`,
    `<p data-pagefind-weight="5">${escape(tags.join(' '))}</p>`,
    `<p data-pagefind-weight="0.5">${escape(readmeOf(api, plugin))}</p>`,
    '</body></html>',
  ].join('\n');
}

/** The name whole, and in its parts. */
function wordsOf(name: string): string {
  return `${name} ${scopeOf(name).slice(1)} ${name.slice(name.indexOf('/') + 1).replaceAll('-', ' ')}`;
}

/** Headings, then the first words of the rest, without code and links. */
function readmeOf(api: Api, { name }: PluginSummary): string {
  const text = (api.readmeText(name) ?? '').slice(0, 16 * WORDS_BYTES).replaceAll(/```[\s\S]*?(?:```|$)/g, ' ');
  const headings = [...text.matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading]) => heading ?? '');
  const rest = text
    .replaceAll(/^#.*$/gm, ' ')
    .replaceAll(/\]\([^)]*\)|<[^>]*>|[[\]|*_`!]/g, ' ')
    .replaceAll(/\s+/g, ' ');
  return `${headings.join('. ').slice(0, WORDS_BYTES / 2)} ${rest.slice(0, WORDS_BYTES)}`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
