/** Pages for searches: those that are always there, and those of the data. */
import { makeLists } from '../data/lists.ts';
import { plan } from '../data/plan.ts';
import { site } from '../data/site.ts';
import { PAGES } from '../docs/library.ts';
import { sitemapEntries, type SitemapEntry } from './sitemap.ts';

const FIXED = ['/', '/categories/', '/tags/', '/publish/', '/stats/', '/status/', '/trust/', '/docs/'];

let entries: readonly SitemapEntry[] | undefined;

/** Made once in a build. */
export function allPages(): readonly SitemapEntry[] {
  entries ??= sitemapEntries(site.summaries(), makeLists(site.summaries(), new Map(Object.entries(plan.owners))), [
    ...FIXED,
    ...PAGES.map(({ slug }) => `/docs/${slug}/`),
  ]);
  return entries;
}
