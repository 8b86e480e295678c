/** A search of several registries at once, each asked for what only it may speak of. */
import { isArError } from '@ar-registry/core/errors';
import { splitName } from '@ar-registry/core/name';
import { searchPlugins, type SearchEntry, type SearchQuery, type SearchResult } from '@ar-registry/core/search';
import type { ApiClient } from './client.ts';
import type { Routes } from './routed-client.ts';

/**
 * What each registry finds first is put in one order, as if it were all that there is: how well a plugin answers is
 * otherwise told by words that only its own registry has counted.
 */
export async function searchRouted(routes: Routes, query: SearchQuery, signal: AbortSignal): Promise<SearchResult> {
  const { limit, offset = 0, ...rest } = query;
  const asked = { ...rest, ...(limit === undefined ? {} : { limit: limit + offset }) };
  const clients = [...new Set([routes.fallback, ...routes.scopes.values()])];
  const results = await Promise.all(clients.map((client) => searchOne({ client, query: asked, signal }, routes)));
  const total = results.reduce((sum, result) => sum + result.total, 0);
  const known = results.flatMap(({ plugins }) => plugins);
  const { plugins } = searchPlugins(known, asked);
  const end = limit === undefined ? undefined : offset + limit;
  return { total, plugins: plugins.slice(offset, end) };
}

interface One {
  readonly client: ApiClient;
  readonly query: SearchQuery;
  readonly signal: AbortSignal;
}

async function searchOne({ client, query, signal }: One, routes: Routes): Promise<SearchResult> {
  const { fallback, scopes, onWarn } = routes;
  const isOwn = ({ name }: SearchEntry): boolean => (scopes.get(splitName(name).scope) ?? fallback) === client;
  try {
    const { total, plugins } = await client.search(query, signal);
    const own = plugins.filter(isOwn);
    return { total: total - (plugins.length - own.length), plugins: own };
  } catch (error) {
    // A private registry may be out of reach from here; the rest can be searched all the same.
    if (client === fallback || !isArError(error)) throw error;
    onWarn(`Not searched: ${client.registryUrl}. ${error.message}`);
    return { total: 0, plugins: [] };
  }
}
