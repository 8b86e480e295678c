/** Movable names of versions. Who asks for a plugin without saying more gets `latest`, so that one is always there. */
import type { StatusRecord, Version } from '@ar-registry/schemas';
import { ArError } from '../errors/index.ts';
import { parseWanted } from '../resolve/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import { ownEntry, unchanged, type OwnedPlugin, type PlannedChange } from './change.ts';
import { assertPublished } from './select-versions.ts';

export type DistTags = StatusRecord['distTags'];

/** @throws DIST_TAG_INVALID, VERSION_NOT_FOUND, VERSION_YANKED */
export function planTagAdd(plugin: OwnedPlugin, version: Version, tag: string): PlannedChange {
  const { record, status } = plugin;
  assertTag(tag);
  assertPublished(plugin, version);
  const reason = ownEntry(status.yanked, version);
  if (reason !== undefined) throw new ArError('VERSION_YANKED', { plugin: record.name, version, reason });
  const before = ownEntry(status.distTags, tag);
  if (before === version) return unchanged(`The dist-tag ${tag} leads to ${version} already.`);
  const effect = before === undefined ? `leads to ${version}` : `moves from ${before} to ${version}`;
  return {
    state: 'changed',
    kind: 'dist-tag',
    title: `Tag ${record.name} ${version} as ${tag}`,
    effects: [`the dist-tag ${tag} ${effect}`],
    status: { ...status, distTags: sortTags({ ...status.distTags, [tag]: version }) },
  };
}

/** @throws DIST_TAG_INVALID, DIST_TAG_REQUIRED */
export function planTagRemove({ record, status }: OwnedPlugin, tag: string): PlannedChange {
  assertTag(tag);
  if (tag === 'latest') throw new ArError('DIST_TAG_REQUIRED', { plugin: record.name, tag });
  const before = ownEntry(status.distTags, tag);
  if (before === undefined) return unchanged(`There is no dist-tag ${tag}.`);
  const { [tag]: _removed, ...distTags } = status.distTags;
  return {
    state: 'changed',
    kind: 'dist-tag',
    title: `Remove the tag ${tag} of ${record.name}`,
    effects: [`the dist-tag ${tag} is removed, which led to ${before}`],
    status: { ...status, distTags },
  };
}

/** `latest` first, the others by name: equal tags are equal bytes. */
export function sortTags({ latest, ...others }: DistTags): DistTags {
  const rest = Object.entries(others).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { ...(latest === undefined ? {} : { latest }), ...Object.fromEntries(rest) };
}

/** A tag must not look like a version or a range, or nobody could ask for it. */
function assertTag(tag: string): void {
  if (tag === 'latest' || parseWanted(tag)?.kind === 'tag') return;
  throw new ArError('DIST_TAG_INVALID', { tag: truncate(toSingleLine(tag), 60) });
}
