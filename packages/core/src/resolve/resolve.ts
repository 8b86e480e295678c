/** Which version: from what a user typed, and what the registry lists, to one version. */
import type { PluginDocument, Version } from '@ar-registry/schemas';
import { ArError } from '../errors/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import { descending, isPrerelease, isRange, isVersion, satisfies } from '../version/index.ts';

export type VersionEntry = PluginDocument['versions'][number];

/** What a user asks for: nothing, a dist-tag, a range or an exact version. */
export type Wanted =
  | { readonly kind: 'latest' }
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'range'; readonly range: string }
  | { readonly kind: 'exact'; readonly version: Version };

/**
 * Picks the version that fits `wanted` and may be newly installed.
 *
 * Yanked versions are skipped: a yank must not break an existing lock (which names its version without asking here),
 * but nobody starts with one. An exact wish for a yanked version is refused with the owner's reason. Prereleases only
 * where the wish names one, or where there is nothing else.
 *
 * @throws VERSION_NOT_FOUND, VERSION_YANKED
 */
export function resolveVersion(plugin: PluginDocument, wanted: Wanted): VersionEntry {
  const found = find(plugin, wanted);
  if (found && found.yanked === undefined) return found;
  if (found?.yanked !== undefined)
    throw new ArError('VERSION_YANKED', {
      plugin: plugin.name,
      version: found.version,
      reason: toSingleLine(truncate(found.yanked, 500)) || 'no reason given',
    });
  const available = installable(plugin).map(({ version }) => version);
  throw new ArError('VERSION_NOT_FOUND', {
    plugin: plugin.name,
    wanted: describeWanted(wanted),
    available: available.slice(0, 10),
  });
}

function find(plugin: PluginDocument, wanted: Wanted): VersionEntry | undefined {
  switch (wanted.kind) {
    case 'exact':
      return plugin.versions.find(({ version }) => version === wanted.version);
    case 'tag':
      return tagged(plugin, wanted.tag);
    case 'latest':
      return latest(plugin);
    case 'range':
      return installable(plugin).find(({ version }) => satisfies(version, wanted.range));
  }
}

function latest(plugin: PluginDocument): VersionEntry | undefined {
  const named = tagged(plugin, 'latest');
  if (named && named.yanked === undefined) return named;
  const candidates = installable(plugin);
  return candidates.find(({ version }) => !isPrerelease(version)) ?? candidates[0] ?? named;
}

function tagged(plugin: PluginDocument, tag: string): VersionEntry | undefined {
  const version = Object.hasOwn(plugin.distTags, tag) ? plugin.distTags[tag] : undefined;
  return plugin.versions.find((entry) => entry.version === version);
}

function installable(plugin: PluginDocument): readonly VersionEntry[] {
  return plugin.versions
    .filter(({ yanked }) => yanked === undefined)
    .toSorted((a, b) => descending(a.version, b.version));
}

export function describeWanted(wanted: Wanted): string {
  switch (wanted.kind) {
    case 'latest':
      return 'latest';
    case 'tag':
      return wanted.tag;
    case 'range':
      return wanted.range;
    case 'exact':
      return wanted.version;
  }
}

/** Reads the part after `@s/n@`; `undefined` where it is neither version, range nor tag. */
export function parseWanted(text: string): Wanted | undefined {
  if (text === '' || text === 'latest') return { kind: 'latest' };
  if (isVersion(text)) return { kind: 'exact', version: text };
  if (/^[a-z][a-z0-9-]{0,31}$/.test(text) && !/^x$/i.test(text)) return { kind: 'tag', tag: text };
  return isRange(text) ? { kind: 'range', range: text } : undefined;
}
