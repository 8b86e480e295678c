/** A client whose registry is a bundle: it can offer what was taken along, and says so of the rest. */
import type { Advisory } from '@ar-registry/core/advisory';
import { ArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import type { PluginDocument } from '@ar-registry/schemas';
import type { AdvisoryStore } from '../advisories/index.ts';
import type { ApiClient } from '../api-client/index.ts';
import type { ServedFiles } from './served-files.ts';

export type BundledParts = Pick<ApiClient, 'plugin' | 'version' | 'download' | 'advisories'>;

export interface BundledPorts {
  readonly served: ServedFiles;
  /** What is known here. */
  readonly advisories: AdvisoryStore;
}

/**
 * @param client one that was made to answer from `served`
 * @returns what differs from it
 */
export function bundledParts(client: ApiClient, { served, advisories }: BundledPorts): BundledParts {
  const has = (registry: string, route: string): boolean => served.sizeOf(`${registry}/${route}`) !== undefined;
  return {
    plugin: async (name, signal) => {
      const registry = client.registryOf(name);
      if (!has(registry, routes.plugin(name))) throw new ArError('BUNDLE_LACKS', { what: name });
      const plugin = await client.plugin(name, signal);
      return withVersions(plugin, (version) => has(registry, routes.version(name, version)));
    },
    version: async (name, version, signal) => {
      if (!has(client.registryOf(name), routes.version(name, version)))
        throw new ArError('BUNDLE_LACKS', { what: `${name}@${version}` });
      return client.version(name, version, signal);
    },
    download: async (url, limitBytes, signal) => {
      if (served.sizeOf(url) === undefined) throw new ArError('BUNDLE_LACKS', { what: `the archive at ${url}` });
      return client.download(url, limitBytes, signal);
    },
    advisories: async (name, signal) => {
      const before = await advisories.read(client.registryOf(name));
      return joined(await client.advisories(name, signal), before);
    },
  };
}

function withVersions(plugin: PluginDocument, has: (version: string) => boolean): PluginDocument {
  return { ...plugin, versions: plugin.versions.filter(({ version }) => has(version)) };
}

/**
 * What a bundle says against versions besides what is known here, and never in place of it: that a revocation was taken
 * back, only the registry itself can say.
 */
export function addingAdvisories(store: AdvisoryStore): AdvisoryStore {
  return {
    read: (url) => store.read(url),
    keep: async (url, list) => {
      const before = await store.read(url);
      await store.keep(url, { ...list, advisories: [...joined(list.advisories, before)] });
    },
  };
}

/** Of two that have one id, what the registry signed last. */
function joined(list: readonly Advisory[], before: Awaited<ReturnType<AdvisoryStore['read']>>): readonly Advisory[] {
  const ids = new Set(list.map(({ id }) => id));
  return before.kind === 'kept' ? [...list, ...before.list.filter(({ id }) => !ids.has(id))] : list;
}
