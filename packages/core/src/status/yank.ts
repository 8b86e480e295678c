/** Withdrawing versions: nobody newly resolves to one, and who has it locked keeps it. */
import type { StatusRecord, Version } from '@ar-registry/schemas';
import { compareVersions, descending, isPrerelease } from '../version/index.ts';
import { ownEntry, unchanged, type OwnedPlugin, type PlannedChange } from './change.ts';
import { cleanReason, withReasons } from './reason.ts';
import { assertPublished } from './select-versions.ts';
import { sortTags, type DistTags } from './dist-tags.ts';

/**
 * Withdraws a version. A dist-tag must not lead to it: `latest` moves to the highest release that is left, or the
 * highest prerelease where there is no release, and other tags go. The last version that is withdrawn keeps its tags.
 *
 * @throws VERSION_NOT_FOUND, REASON_INVALID
 */
export function planYank(plugin: OwnedPlugin, version: Version, text: string): PlannedChange {
  const { record, status } = plugin;
  assertPublished(plugin, version);
  const reason = cleanReason(text, 'reason');
  if (ownEntry(status.yanked, version) === reason) return unchanged(`${version} is yanked already, for that reason.`);
  const yanked = Object.entries({ ...status.yanked, [version]: reason }).toSorted(([a], [b]) => compareVersions(a, b));
  const next = withReasons(status, 'yanked', Object.fromEntries(yanked));
  const left = highest({ ...plugin, status: next });
  const moved = left === undefined ? status.distTags : leadElsewhere(status.distTags, version, left);
  return {
    state: 'changed',
    kind: 'yank',
    title: `Yank ${record.name} ${version}`,
    effects: [`${version} is yanked: ${reason}`, ...tagEffects(status.distTags, moved)],
    hints: left === undefined ? [`No version of ${record.name} can be installed any more.`] : undefined,
    status: { ...next, distTags: moved },
  };
}

/**
 * Offers a version again. `latest` moves only where it leads to nothing that can be installed.
 *
 * @throws VERSION_NOT_FOUND
 */
export function planUnyank(plugin: OwnedPlugin, version: Version): PlannedChange {
  const { record, status } = plugin;
  assertPublished(plugin, version);
  if (ownEntry(status.yanked, version) === undefined) return unchanged(`${version} is not yanked.`);
  const yanked = Object.entries(status.yanked ?? {}).filter(([other]) => other !== version);
  const next = withReasons(status, 'yanked', Object.fromEntries(yanked));
  const tags = withUsableLatest({ ...plugin, status: next });
  const latest = tags['latest'];
  const above = latest !== undefined && !isPrerelease(version) && compareVersions(version, latest) > 0;
  return {
    state: 'changed',
    kind: 'unyank',
    title: `Unyank ${record.name} ${version}`,
    effects: [`${version} is yanked no more`, ...tagEffects(status.distTags, tags)],
    hints: above
      ? [`latest stays at ${latest}. Move it with: ar plugin dist-tag add ${record.name}@${version} latest`]
      : undefined,
    status: { ...next, distTags: tags },
  };
}

/** The version that `latest` should lead to; undefined where all are yanked. */
function highest({ status, versions }: OwnedPlugin): Version | undefined {
  const left = versions.filter((version) => ownEntry(status.yanked, version) === undefined).toSorted(descending);
  return left.find((version) => !isPrerelease(version)) ?? left[0];
}

function leadElsewhere(tags: DistTags, yanked: Version, latest: Version): DistTags {
  const others = Object.entries(tags).filter(([, version]) => version !== yanked);
  return sortTags({ ...Object.fromEntries(others), ...(tags['latest'] === yanked ? { latest } : {}) });
}

function withUsableLatest(plugin: OwnedPlugin): DistTags {
  const { distTags, yanked } = plugin.status;
  const now = distTags['latest'];
  const latest = highest(plugin);
  if (latest === undefined || (now !== undefined && ownEntry(yanked, now) === undefined)) return distTags;
  return sortTags({ ...distTags, latest });
}

function tagEffects(before: StatusRecord['distTags'], after: StatusRecord['distTags']): readonly string[] {
  return Object.entries({ ...before, ...after }).flatMap(([tag]) => {
    const [from, to] = [before[tag], after[tag]];
    if (from === to) return [];
    if (to === undefined) return [`the dist-tag ${tag} is removed, which led to ${from}`];
    return [
      from === undefined ? `the dist-tag ${tag} leads to ${to}` : `the dist-tag ${tag} moves from ${from} to ${to}`,
    ];
  });
}
