/** Pages for searches: those that are always there, and those of the data. */
import { makeLists } from '../data/lists.ts';
import { relations } from '../data/relations.ts';
import { site } from '../data/site.ts';
import { PAGES } from '../docs/library.ts';
import { sitemapCount, sitemapEntries, type SitemapEntry } from './sitemap.ts';

const FIXED = ['/', '/categories/', '/tags/', '/publish/', '/stats/', '/status/', '/trust/', '/docs/'];

let entries: readonly SitemapEntry[] | undefined;

/** Made once in a build. */
export function allPages(): readonly SitemapEntry[] {
  entries ??= sitemapEntries(site.summaries(), makeLists(site.summaries(), new Map(Object.entries(relations.owners))), [
    ...FIXED,
    ...PAGES.map(({ slug }) => `/docs/${slug}/`),
  ]);
  return entries;
}

/** Of the sitemaps, which hold so many pages each. */
export function sitemapPaths(): readonly string[] {
  return Array.from({ length: sitemapCount(allPages().length) }, (_, index) => `/sitemap/${index + 1}.xml`);
}
