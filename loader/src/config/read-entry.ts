import { hasCode } from '@ar-registry/core/errors';
import type { ProjectFile } from '@ar-registry/schemas';
import { unreadable, type FailedPlugin } from '../loaded-plugin.ts';
import { labelOf, parseEntry, type PluginRequest } from './entry.ts';

/** An entry as far as it could be understood. */
export type ReadEntry =
  | { readonly kind: 'request'; readonly request: PluginRequest }
  | { readonly kind: 'unreadable'; readonly loaded: FailedPlugin };

/** Reads one entry, which may be anything; a bad one never stops the others. */
export function readEntry(entry: unknown): ReadEntry {
  try {
    return { kind: 'request', request: parseEntry(entry) };
  } catch (error) {
    if (!hasCode(error, 'PLUGIN_ENTRY_INVALID')) throw error;
    return { kind: 'unreadable', loaded: unreadable(labelOf(entry), error) };
  }
}

/**
 * Joins entries that name the same plugin: the plain name first and its configuration further down is one plugin. What
 * the later entry says wins; the place is that of the first.
 */
export function mergeEntries(entries: readonly ReadEntry[]): readonly ReadEntry[] {
  const merged = new Map<string, ReadEntry>();
  for (const [index, entry] of entries.entries()) {
    const key = keyOf(entry) ?? `#${index}`;
    merged.set(key, join(merged.get(key), entry));
  }
  return [...merged.values()];
}

/** What a project without ar.config loads: every plugin of ar-plugins.yaml, in its order. */
export function entriesOfProject({ plugins }: ProjectFile): { name: string; version?: string }[] {
  return Object.entries(plugins).map(([name, { range }]) =>
    range === undefined ? { name } : { name, version: range },
  );
}

function keyOf(entry: ReadEntry): string | undefined {
  if (entry.kind === 'unreadable') return undefined;
  return entry.request.kind === 'installed' ? entry.request.name : entry.request.path;
}

function join(earlier: ReadEntry | undefined, later: ReadEntry): ReadEntry {
  if (earlier?.kind !== 'request' || later.kind !== 'request') return later;
  const config = { ...earlier.request.config, ...later.request.config };
  return { kind: 'request', request: { ...earlier.request, ...later.request, config } };
}
