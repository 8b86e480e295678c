/** Orama, step by step: with a tolerance from the start it takes every beginning for a word. */
import fs from 'node:fs';
import path from 'node:path';
import type { Engine } from './engine.ts';
import { BOOST, FIELDS, flat, INDEX, load, withAll, type Flat } from './flat.ts';

interface Orama {
  readonly create: (options: object) => object;
  readonly insertMultiple: (index: object, documents: readonly Flat[], batch: number) => Promise<unknown>;
  readonly search: (index: object, query: object) => Promise<{ readonly hits: readonly { readonly document: Flat }[] }>;
  readonly save: (index: object) => object;
  readonly load: (index: object, saved: object) => void;
}

const ORAMA_SCHEMA = {
  id: 'string',
  name: 'string',
  tags: 'string',
  kind: 'string',
  description: 'string',
  all: 'string',
};
/** It wants all words in one field. */
const ORAMA_FIELDS = [...FIELDS, 'all'];
const ORAMA_STEPS = [
  { exact: true, threshold: 0 },
  { threshold: 0 },
  { tolerance: 1, threshold: 0 },
  { tolerance: 1, threshold: 1 },
];

export const orama: Engine = {
  name: 'orama',
  settings: 'boost name 5, tags 2; stemming; all words exactly, then with prefix, then tolerance 1, then any',
  build: async (entries, folder) => {
    const { create, insertMultiple, save } = load('@orama/orama') as Orama;
    const index = create(ORAMA);
    await insertMultiple(index, entries.map(flat).map(withAll), 1000);
    fs.writeFileSync(path.join(folder, INDEX), JSON.stringify(save(index)));
  },
  open: async (folder) => {
    const { create, load: restore, search } = load('@orama/orama') as Orama;
    const index = create(ORAMA);
    restore(index, JSON.parse(fs.readFileSync(path.join(folder, INDEX), 'utf8')) as object);
    return {
      search: async (term, limit) => {
        for (const step of ORAMA_STEPS) {
          const { hits } = await search(index, { term, properties: ORAMA_FIELDS, boost: BOOST, limit, ...step });
          if (hits.length > 0) return hits.map(({ document }) => document.id);
        }
        return [];
      },
      close: async () => undefined,
    };
  },
};

const ORAMA = { schema: ORAMA_SCHEMA, components: { tokenizer: { stemming: true, language: 'english' } } };
