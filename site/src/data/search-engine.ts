import type { Api } from './api.ts';

/**
 * What browsers search: an index that Pagefind makes of all plugins, or the shards that the API has once a registry is so
 * large that the first takes too long to load. Every page says which.
 */
export function searchEngine(api: Pick<Api, 'config'>): 'pagefind' | 'shards' {
  return api.config().search.format === 'sharded' ? 'shards' : 'pagefind';
}
