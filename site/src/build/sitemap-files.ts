/** The sitemaps of a build. No route of the site: they name pages of all plugins, which no page knows. */
import { sitemapCount, sitemapEntries, sitemapIndexXml, sitemapXml } from '../machine/sitemap.ts';
import type { Planned } from './plan.ts';

export interface TextFile {
  /** Relative to the output. */
  readonly file: string;
  readonly text: string;
}

/** @param fixed site paths of pages that every registry has @param baseUrl where the site is served */
export function sitemapFiles(
  { rows, lists, fronts }: Pick<Planned, 'rows' | 'lists' | 'fronts'>,
  fixed: readonly string[],
  baseUrl: string,
): readonly TextFile[] {
  const base = baseUrl.replace(/\/+$/, '');
  const absolute = (sitePath: string): string => `${base}${sitePath}`;
  const entries = sitemapEntries(rows, lists, [...fixed, ...fronts]);
  const count = sitemapCount(entries.length);
  return [
    { file: 'sitemap.xml', text: sitemapIndexXml(count, absolute) },
    ...Array.from({ length: count }, (_, index) => ({
      file: `sitemap/${index + 1}.xml`,
      text: sitemapXml(entries, index + 1, absolute),
    })),
  ];
}
