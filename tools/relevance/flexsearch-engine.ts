/** flexsearch, step by step. */
import fs from 'node:fs';
import path from 'node:path';
import type { Engine } from './engine.ts';
import { FIELDS, firstOf, flat, INDEX, load, withAll, type Flat } from './flat.ts';

interface FlexDocument {
  readonly add: (document: Flat) => void;
  readonly search: (text: string, options: object) => readonly { readonly id: string }[];
  readonly export: (write: (key: string, data: string | undefined) => void) => Promise<unknown>;
  readonly import: (key: string, data: string) => void;
}
interface FlexSearch {
  readonly Document: new (options: object) => FlexDocument;
}

/** What it forgives is decided when a text is added, so that each step has an index of its own. */
const FLEX_STEPS = [
  { tokenize: 'strict', fields: FIELDS },
  { tokenize: 'forward', fields: FIELDS },
  { tokenize: 'tolerant', fields: FIELDS },
  { tokenize: 'forward', fields: ['all'], suggest: true },
];

function flexIndexes(): readonly FlexDocument[] {
  const { Document } = load('flexsearch') as FlexSearch;
  return FLEX_STEPS.map(
    ({ tokenize, fields }) => new Document({ tokenize, resolution: 20, document: { id: 'id', index: fields } }),
  );
}

export const flexsearch: Engine = {
  name: 'flexsearch',
  settings: 'resolution 20, merged; all words, strict, then forward, then tolerant; then suggest in one text of all',
  build: async (entries, folder) => {
    const parts: Record<string, string>[] = [];
    for (const index of flexIndexes()) {
      for (const entry of entries) index.add(withAll(flat(entry)));
      const part: Record<string, string> = {};
      await index.export((key, data) => {
        if (data !== undefined) part[key] = data;
      });
      parts.push(part);
    }
    fs.writeFileSync(path.join(folder, INDEX), JSON.stringify(parts));
  },
  open: async (folder) => {
    const indexes = flexIndexes();
    const parts = JSON.parse(fs.readFileSync(path.join(folder, INDEX), 'utf8')) as readonly Record<string, string>[];
    for (const [at, index] of indexes.entries())
      for (const [key, data] of Object.entries(parts[at] ?? {})) index.import(key, data);
    return {
      search: async (text, limit) => {
        const steps = indexes.map(
          (index, at) => () => index.search(text, { limit, merge: true, suggest: FLEX_STEPS[at]?.suggest === true }),
        );
        return firstOf(steps)
          .slice(0, limit)
          .map(({ id }) => id);
      },
      close: async () => undefined,
    };
  },
};
