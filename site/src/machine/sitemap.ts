/** Sitemaps: every page that searches should find, with the time of its data. @source https://www.sitemaps.org/protocol.html */
import type { PluginSummary } from '@ar-registry/schemas';
import { listPath, pluginPath, type Listed, type PluginList } from '../data/lists.ts';

export interface SitemapEntry {
  /** Site path. */
  readonly path: string;
  /** When what it shows was last changed; absent where no data says so. */
  readonly at?: string;
}

/** The protocol’s limit. */
export const SITEMAP_SIZE = 50_000;

type Dated = Listed & Pick<PluginSummary, 'updatedAt'>;

/** In a fixed order. @param fixed paths of pages that every registry has */
export function sitemapEntries<Plugin extends Dated>(
  plugins: readonly Plugin[],
  lists: readonly PluginList<Plugin>[],
  fixed: readonly string[],
): readonly SitemapEntry[] {
  const newest = newestOf(plugins);
  return [
    ...fixed.map((path) => ({ path, ...(path === '/' && newest !== undefined ? { at: newest } : {}) })),
    ...lists.map(({ kind, id, plugins: listed }) => {
      const at = newestOf(listed);
      return { path: listPath(kind, id), ...(at === undefined ? {} : { at }) };
    }),
    ...plugins.map(({ name, updatedAt }) => ({ path: pluginPath(name), at: updatedAt })),
  ];
}

/** @returns the last of the times that they were changed at */
export function newestOf(plugins: readonly Pick<PluginSummary, 'updatedAt'>[]): string | undefined {
  let newest: string | undefined;
  for (const { updatedAt } of plugins) if (newest === undefined || isLater(updatedAt, newest)) newest = updatedAt;
  return newest;
}

/** Instants of the same length are in the order of their characters: reading each in every list takes a second of many. */
export function isLater(a: string, b: string): boolean {
  return a.length === b.length ? a > b : Date.parse(a) > Date.parse(b);
}

/** How many sitemaps they take. */
export function sitemapCount(entries: number): number {
  return Math.max(1, Math.ceil(entries / SITEMAP_SIZE));
}

/** @param page from 1 @param absolute site path → address */
export function sitemapXml(entries: readonly SitemapEntry[], page: number, absolute: (path: string) => string): string {
  const rows = entries
    .slice((page - 1) * SITEMAP_SIZE, page * SITEMAP_SIZE)
    .map(
      ({ path, at }) =>
        `<url><loc>${escapeXml(absolute(path))}</loc>${at === undefined ? '' : `<lastmod>${at}</lastmod>`}</url>`,
    );
  return document('urlset', rows);
}

export function sitemapIndexXml(count: number, absolute: (path: string) => string): string {
  const pages = Array.from({ length: count }, (_, index) => absolute(`/sitemap/${index + 1}.xml`));
  return document(
    'sitemapindex',
    pages.map((address) => `<sitemap><loc>${escapeXml(address)}</loc></sitemap>`),
  );
}

function document(root: string, rows: readonly string[]): string {
  const xmlns = 'http://www.sitemaps.org/schemas/sitemap/0.9';
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${xmlns}">\n${rows.join('\n')}\n</${root}>\n`;
}

/** Also for texts of authors: what XML has no characters for is left out. */
export function escapeXml(text: string): string {
  if (/^[\w./:@-]*$/.test(text)) return text;
  // oxlint-disable-next-line no-control-regex -- XML 1.0 §2.2
  const clean = text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu, '');
  return clean.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
