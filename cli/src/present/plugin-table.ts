import type { SearchResult } from '@ar-registry/core/search';
import type { PluginSummary } from '@ar-registry/schemas';
import { table } from './table.ts';
import { type Page, quiet, toned } from './text.ts';
import { trustWord } from './trust.ts';

/** Plugins of a registry, one a line; the sentence `none` where there are none. */
export function pluginTable({ plugins }: Pick<SearchResult, 'plugins'>, width: number, none: string): Page {
  if (plugins.length === 0) return [none];
  const rows = plugins.map(({ name, version, type, trust, description, deprecated }) => [
    toned(name, 'name'),
    version,
    type,
    trustWord(trust),
    deprecated === undefined ? description : toned(`deprecated: ${deprecated}`, 'warning'),
  ]);
  return table([['NAME', 'VERSION', 'TYPE', 'TRUST', 'DESCRIPTION'].map(quiet), ...rows], width);
}

/** The entry without what only the search engine needs. */
export function summaryOf({
  downloads: _downloads,
  aliases: _aliases,
  ...summary
}: SearchResult['plugins'][number]): PluginSummary {
  return summary;
}
