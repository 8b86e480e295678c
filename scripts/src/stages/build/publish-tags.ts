/** The list of tags, after a change of some plugins. */
import { routes } from '@ar-registry/core/layout';
import { OFFERED_COUNT } from '@ar-registry/core/search';
import type { TagsDocument } from '@ar-registry/schemas';
import { changeTags, type TagCount } from './changed-tags.ts';
import type { Listing } from './listing.ts';
import { differencesOf } from './state/aggregates.ts';
import { entryOfRow, type PluginFacts } from './state/facts.ts';
import type { StateTags } from './state/root.ts';
import { StateUnusable, digestOf } from './state/store.ts';
import { changeTopList, topListOf, type TopList } from './state/top-list.ts';

export interface PublishedTags {
  /** `kept` where it is as it was. */
  readonly state: StateTags | 'kept';
  /** At least those that a search offers. */
  readonly most: () => readonly TagCount[];
}

/** Those that are changed in it. @throws StateUnusable, FILE_ACCESS, DISK_FULL */
export async function publishTags({ state, out, before, now }: Listing): Promise<PublishedTags> {
  const differences = differencesOf(tagsOf(before.map(({ facts }) => facts)), tagsOf(now));
  if (differences.size === 0) return { state: 'kept', most: () => state.readTags().most.items };
  const old = state.readTags();
  const bytes = await out.read(routes.tags);
  if (!bytes || digestOf(bytes) !== old.digest) throw new StateUnusable('The list of tags is not what was published.');
  const { text, counts } = changeTags(new TextDecoder().decode(bytes), differences);
  const body = new TextEncoder().encode(text);
  await out.write(routes.tags, body);
  const most = changeMost(old.most, counts) ?? mostTags((JSON.parse(text) as TagsDocument).tags);
  return { state: { digest: digestOf(body), most }, most: () => most.items };
}

/** Of those that are listed, each as often as a plugin has it. */
export function tagsOf(facts: readonly PluginFacts[]): readonly string[] {
  return facts.flatMap(({ row }) => (row ? entryOfRow(row).tags : []));
}

/** Those that the most plugins have. @param tags all of them */
export function mostTags(tags: readonly TagCount[]): TopList<TagCount> {
  return topListOf(tags, ORDER);
}

const ORDER = { needed: OFFERED_COUNT, compare: compareCounts };

/** @returns undefined where too few are known now */
function changeMost(most: TopList<TagCount>, counts: ReadonlyMap<string, number>): TopList<TagCount> | undefined {
  const added = [...counts].flatMap(([id, count]) => (count > 0 ? [{ id, count }] : []));
  return changeTopList(most, { isGone: ({ id }) => counts.has(id), added }, ORDER);
}

function compareCounts(a: TagCount, b: TagCount): number {
  return b.count - a.count || (a.id < b.id ? -1 : 1);
}
