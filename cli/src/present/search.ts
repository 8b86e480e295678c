import type { SearchResult } from '@ar-registry/core/search';
import type { Presenter } from '../command.ts';
import { pluginTable, summaryOf } from './plugin-table.ts';
import { quiet } from './text.ts';

interface Outcome extends SearchResult {
  readonly query: string;
}

export const presentSearch: Presenter<Outcome> = {
  text: ({ query, total, plugins }, width) => {
    const none = query === '' ? 'No plugins were found.' : `No plugins were found for “${query}”.`;
    const more = total > plugins.length ? [quiet(`${plugins.length} of ${total}; more with --limit.`)] : [];
    return [...pluginTable({ plugins }, width, none), ...more];
  },
  json: ({ query, total, plugins }) => ({ query, total, plugins: plugins.map(summaryOf) }),
};
