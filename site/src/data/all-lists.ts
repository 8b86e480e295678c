/** Every list of this build, made once and only for pages that need it. */
import type { PluginSummary } from '@ar-registry/schemas';
import { byPopularity, makeLists } from './lists.ts';
import { relations } from './relations.ts';
import { site } from './site.ts';

let made: ReadonlyMap<string, readonly PluginSummary[]> | undefined;

/** `categories/security` → its plugins, in the order of the pages. */
export function lists(): ReadonlyMap<string, readonly PluginSummary[]> {
  made ??= new Map(
    makeLists(byPopularity(site.summaries(), site.downloads()), new Map(Object.entries(relations.owners))).map(
      ({ kind, id, plugins }) => [`${kind}/${id}`, plugins],
    ),
  );
  return made;
}
