/**
 * Several registries as one: a plugin of a scope that is bound to a registry is asked from that one and from no other,
 * so that a public plugin can never stand in for a private one of the same name.
 */
import { isArError } from '@ar-registry/core/errors';
import { splitName } from '@ar-registry/core/name';
import type { PluginName, SearchIndexDocument } from '@ar-registry/schemas';
import type { ApiClient } from './client.ts';

export interface Routes {
  /** For all scopes that are not bound. */
  readonly fallback: ApiClient;
  /** Scope without its `@` → client of its registry; one client may stand for several. */
  readonly scopes: ReadonlyMap<string, ApiClient>;
  /** Told that a search had to do without a registry. */
  readonly onWarn: (text: string) => void;
}

/** Categories, tags and the configuration are those of the registry for all other scopes. */
export function createRoutedClient(routes: Routes): ApiClient {
  const { fallback, scopes } = routes;
  const clientOf = (name: PluginName): ApiClient => scopes.get(splitName(name).scope) ?? fallback;
  return {
    registryUrl: fallback.registryUrl,
    registryOf: (name) => clientOf(name).registryUrl,
    config: (signal) => fallback.config(signal),
    prepare: async (names, signal) => {
      const groups = [...Map.groupBy(names, clientOf)];
      await Promise.all(groups.map(([client, own]) => client.prepare(own, signal)));
    },
    plugin: (name, signal) => clientOf(name).plugin(name, signal),
    version: (name, version, signal) => clientOf(name).version(name, version, signal),
    advisories: (name, signal) => clientOf(name).advisories(name, signal),
    archiveUrl: (document) => clientOf(document.name).archiveUrl(document),
    download: (url, limitBytes, signal) => ownerOf(url, routes).download(url, limitBytes, signal),
    readme: (name, signal) => clientOf(name).readme(name, signal),
    searchIndex: (signal) => searchAll(routes, signal),
    search: async (query, signal) =>
      scopes.size === 0
        ? fallback.search(query, signal)
        : (await import('./search-routed.ts')).searchRouted(routes, query, signal),
    pluginsNear: (name, signal) => clientOf(name).pluginsNear(name, signal),
    categories: (signal) => fallback.categories(signal),
    tags: (signal) => fallback.tags(signal),
    log: (signal) => fallback.log(signal),
    file: (route, limitBytes, signal) => fallback.file(route, limitBytes, signal),
  };
}

/** The registry that an address belongs to: the one that has a token for it, if any has. */
function ownerOf(url: string, { fallback, scopes }: Routes): ApiClient {
  const owners = [...scopes.values()].filter(({ registryUrl }) => url.startsWith(`${registryUrl}/`));
  const [longest] = owners.toSorted((a, b) => b.registryUrl.length - a.registryUrl.length);
  if (!longest || isNearer(fallback.registryUrl, longest.registryUrl, url)) return fallback;
  return longest;
}

function isNearer(one: string, other: string, url: string): boolean {
  return url.startsWith(`${one}/`) && one.length > other.length;
}

/** Of each registry what only it may speak of. */
async function searchAll({ fallback, scopes, onWarn }: Routes, signal: AbortSignal): Promise<SearchIndexDocument> {
  const clients = [...new Set(scopes.values())];
  const own = clients.map(async (client) => {
    try {
      const { plugins } = await client.searchIndex(signal);
      return plugins.filter((plugin) => scopes.get(scopeOf(plugin)) === client);
    } catch (error) {
      // A private registry may be out of reach from here; the rest can be searched all the same.
      if (!isArError(error)) throw error;
      onWarn(`Not searched: ${client.registryUrl}. ${error.message}`);
      return [];
    }
  });
  const [index, ...more] = await Promise.all([fallback.searchIndex(signal), ...own]);
  return { ...index, plugins: [...index.plugins.filter((plugin) => !scopes.has(scopeOf(plugin))), ...more.flat()] };
}

function scopeOf({ name }: { readonly name: PluginName }): string {
  return splitName(name).scope;
}
