/**
 * A cooldown: versions that were published a moment ago are not chosen. Most hostile versions are found within days,
 * and whoever waits does not get them.
 */
import type { PluginDocument, Timestamp, Version } from '@ar-registry/schemas';

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of `90m`, `12h` or `3d`, as the schema lets it through. */
export function parseAge(text: string): number {
  const unit = text.endsWith('d') ? 'd' : text.endsWith('h') ? 'h' : 'm';
  return Number.parseInt(text, 10) * UNIT_MS[unit];
}

/**
 * The plugin without the versions that were published after `before`.
 *
 * @param keeps whether a version stays all the same: the one that is installed, and those that mend what it has
 */
export function settled(
  plugin: PluginDocument,
  before: Timestamp | undefined,
  keeps: (version: Version) => boolean = () => false,
): PluginDocument {
  if (before === undefined) return plugin;
  const limitMs = Date.parse(before);
  const versions = plugin.versions.filter(
    ({ version, publishedAt }) => Date.parse(publishedAt) <= limitMs || keeps(version),
  );
  return { ...plugin, versions };
}
