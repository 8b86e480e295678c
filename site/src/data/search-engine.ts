import type { Api } from './api.ts';

/** From how many plugins on an index of Pagefind takes too long to make and to load: see docs/decisions/018-site.md. */
const LARGE = 10_000;

/**
 * What browsers search: an index that Pagefind makes of all plugins and their READMEs, or in a large registry the shards
 * that the API has. Every page says which.
 */
export function searchEngine(api: Pick<Api, 'config'>): 'pagefind' | 'shards' {
  const { format, entries } = api.config().search;
  return format === 'sharded' && entries >= LARGE ? 'shards' : 'pagefind';
}
