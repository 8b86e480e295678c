import type { SearchResult } from '@ar-registry/core/search';
import type { PluginSummary } from '@ar-registry/schemas';
import type { Presenter } from '../command.ts';
import { table } from './table.ts';
import { quiet, toned } from './text.ts';
import { trustWord } from './trust.ts';

interface Outcome extends SearchResult {
  readonly query: string;
}

export const presentSearch: Presenter<Outcome> = {
  text: ({ query, total, plugins }, width) => {
    if (plugins.length === 0)
      return [query === '' ? 'No plugins were found.' : `No plugins were found for “${query}”.`];
    const rows = plugins.map(({ name, version, type, trust, description, deprecated }) => [
      toned(name, 'name'),
      version,
      type,
      trustWord(trust),
      deprecated === undefined ? description : toned(`deprecated: ${deprecated}`, 'warning'),
    ]);
    const heads = ['NAME', 'VERSION', 'TYPE', 'TRUST', 'DESCRIPTION'].map(quiet);
    const more = total > plugins.length ? [quiet(`${plugins.length} of ${total}; more with --limit.`)] : [];
    return [...table([heads, ...rows], width), ...more];
  },
  json: ({ query, total, plugins }) => ({ query, total, plugins: plugins.map(summaryOf) }),
};

/** The entry without what only the search engine needs. */
function summaryOf({
  downloads: _downloads,
  aliases: _aliases,
  ...summary
}: SearchResult['plugins'][number]): PluginSummary {
  return summary;
}
