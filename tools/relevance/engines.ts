/** The engines that are compared, each with the settings that its documentation advises for short titled documents. */
import fs from 'node:fs';
import path from 'node:path';
import type { SearchEntry } from '@ar-registry/core/search';
import { createSearch } from '@ar-registry/core/search';
import type { Engine } from './engine.ts';
import { INDEX } from './flat.ts';
import { flexsearch } from './flexsearch-engine.ts';
import { minisearch, minisearchStepwise } from './minisearch-engine.ts';
import { orama } from './orama-engine.ts';
import { pagefind } from './pagefind-engine.ts';
import { shards } from './shards-engine.ts';
import { sqlite, sqliteTrigrams } from './sqlite-engine.ts';

const scan: Engine = {
  name: 'ours, all in one file',
  settings: 'as `ar plugin search` of a small registry',
  build: async (entries, folder) => fs.writeFileSync(path.join(folder, INDEX), JSON.stringify(entries)),
  open: async (folder) => {
    const search = createSearch(JSON.parse(fs.readFileSync(path.join(folder, INDEX), 'utf8')) as SearchEntry[]);
    return {
      search: async (text, limit) => search.find({ text, limit }).plugins.map(({ name }) => name),
      close: async () => undefined,
    };
  },
};

export const ENGINES: readonly Engine[] = [
  shards,
  scan,
  minisearch,
  minisearchStepwise,
  orama,
  flexsearch,
  sqlite,
  sqliteTrigrams,
  pagefind,
];
