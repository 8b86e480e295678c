import type { PluginName, ProjectFile } from '@ar-registry/schemas';
import type { InstalledRequest, PluginRequest } from './entry.ts';

/** Every plugin of ar-plugins.yaml, as if it were an entry: what a project without ar.config loads. */
export function requestsOfProject(wanted: ProjectFile): readonly InstalledRequest[] {
  return Object.entries(wanted.plugins).map(([name, { range }]) => ({
    kind: 'installed',
    name: name as PluginName,
    label: name,
    config: {},
    ...(range === undefined ? {} : { range }),
  }));
}

/**
 * Joins entries that name the same installed plugin: the plain name first and its configuration further down is one
 * plugin. What the later entry says wins; the place is that of the first.
 */
export function mergeRequests(requests: readonly PluginRequest[]): readonly PluginRequest[] {
  const merged = new Map<string, PluginRequest>();
  for (const request of requests) {
    const key = request.kind === 'installed' ? request.name : request.path;
    const earlier = merged.get(key);
    merged.set(key, earlier ? { ...earlier, ...request, config: { ...earlier.config, ...request.config } } : request);
  }
  return [...merged.values()];
}
