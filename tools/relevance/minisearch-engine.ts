/** minisearch with what its documentation advises for short titled documents: at once, and step by step. */
import fs from 'node:fs';
import path from 'node:path';
import type { Engine } from './engine.ts';
import { BOOST, FIELDS, firstOf, flat, INDEX, load, type Flat } from './flat.ts';

type Hits = readonly { readonly id: string }[];

interface MiniSearchType {
  readonly addAll: (documents: readonly Flat[]) => void;
  readonly search: (text: string, options?: object) => Hits;
}
interface MiniSearchClass {
  new (options: object): MiniSearchType;
  loadJSON(text: string, options: object): MiniSearchType;
}

function minisearchOf(name: string, settings: string, search: (index: MiniSearchType, text: string) => Hits): Engine {
  return {
    name,
    settings,
    build: async (entries, folder) => {
      const MiniSearch = load('minisearch') as MiniSearchClass;
      const index = new MiniSearch(MINISEARCH);
      index.addAll(entries.map(flat));
      fs.writeFileSync(path.join(folder, INDEX), JSON.stringify(index));
    },
    open: async (folder) => {
      const MiniSearch = load('minisearch') as MiniSearchClass;
      const index = MiniSearch.loadJSON(fs.readFileSync(path.join(folder, INDEX), 'utf8'), MINISEARCH);
      return {
        search: async (text, limit) =>
          search(index, text)
            .slice(0, limit)
            .map(({ id }) => id),
        close: async () => undefined,
      };
    },
  };
}

const MINISEARCH = {
  fields: FIELDS,
  searchOptions: { boost: BOOST, prefix: true, fuzzy: 0.2, weights: { fuzzy: 0.2, prefix: 0.4 } },
};

export const minisearch = minisearchOf(
  'minisearch',
  'boost name 5, tags 2; prefix, fuzzy 0.2; all words, then any',
  (index, text) => firstOf([() => index.search(text, { combineWith: 'AND' }), () => index.search(text)]),
);

export const minisearchStepwise = minisearchOf(
  'minisearch, stepwise',
  'the same; all words as they are, then with prefix and fuzzy, then any',
  (index, text) =>
    firstOf([
      () => index.search(text, { combineWith: 'AND', prefix: false, fuzzy: false }),
      () => index.search(text, { combineWith: 'AND' }),
      () => index.search(text),
    ]),
);
