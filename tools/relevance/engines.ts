/** The engines that are compared, each with the settings that its documentation advises for short titled documents. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { splitName } from '@ar-registry/core/name';
import type { SearchEntry } from '@ar-registry/core/search';
import { createSearch } from '@ar-registry/core/search';
import type { Engine } from './engine.ts';
import { pagefind } from './pagefind-engine.ts';
import { shards } from './shards-engine.ts';

/** Large, and for comparison alone: apart from what the repository depends on. */
const load = createRequire(path.join(import.meta.dirname, '../test-dependencies/package.json'));

interface Flat {
  readonly id: string;
  readonly name: string;
  readonly tags: string;
  readonly kind: string;
  readonly description: string;
}

function flat({ name, tags, category = '', type, description }: SearchEntry): Flat {
  const { base } = splitName(name);
  const joined = base.replaceAll('-', '');
  return {
    id: name,
    name: `${base.replaceAll('-', ' ')} ${joined}`,
    tags: tags.join(' '),
    kind: `${category} ${type}`,
    description,
  };
}

const FIELDS = ['name', 'tags', 'kind', 'description'];
const BOOST = { name: 5, tags: 2, kind: 1, description: 1 };
const INDEX = 'index.json';

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

interface MiniSearchType {
  readonly addAll: (documents: readonly Flat[]) => void;
  readonly search: (text: string, options?: object) => readonly { readonly id: string }[];
}
interface MiniSearchClass {
  new (options: object): MiniSearchType;
  loadJSON(text: string, options: object): MiniSearchType;
}

const minisearch: Engine = {
  name: 'minisearch',
  settings: 'boost name 5, tags 2; prefix, fuzzy 0.2; all words, then any',
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
      search: async (text, limit) => {
        const all = index.search(text, { combineWith: 'AND' });
        return (all.length > 0 ? all : index.search(text)).slice(0, limit).map(({ id }) => id);
      },
      close: async () => undefined,
    };
  },
};

const MINISEARCH = { fields: FIELDS, searchOptions: { boost: BOOST, prefix: true, fuzzy: 0.2 } };

interface Orama {
  readonly create: (options: object) => object;
  readonly insertMultiple: (index: object, documents: readonly Flat[], batch: number) => Promise<unknown>;
  readonly search: (index: object, query: object) => Promise<{ readonly hits: readonly { readonly document: Flat }[] }>;
  readonly save: (index: object) => object;
  readonly load: (index: object, saved: object) => void;
}

const ORAMA_SCHEMA = { id: 'string', name: 'string', tags: 'string', kind: 'string', description: 'string' };

const orama: Engine = {
  name: 'orama',
  settings: 'boost name 5, tags 2; tolerance 1; stemming; all words',
  build: async (entries, folder) => {
    const { create, insertMultiple, save } = load('@orama/orama') as Orama;
    const index = create(ORAMA);
    await insertMultiple(index, entries.map(flat), 1000);
    fs.writeFileSync(path.join(folder, INDEX), JSON.stringify(save(index)));
  },
  open: async (folder) => {
    const { create, load: restore, search } = load('@orama/orama') as Orama;
    const index = create(ORAMA);
    restore(index, JSON.parse(fs.readFileSync(path.join(folder, INDEX), 'utf8')) as object);
    return {
      search: async (term, limit) => {
        const query = { term, properties: FIELDS, boost: BOOST, tolerance: 1, threshold: 0, limit };
        return (await search(index, query)).hits.map(({ document }) => document.id);
      },
      close: async () => undefined,
    };
  },
};

const ORAMA = { schema: ORAMA_SCHEMA, components: { tokenizer: { stemming: true, language: 'english' } } };

interface FlexDocument {
  readonly add: (document: Flat) => void;
  readonly search: (text: string, options: object) => readonly { readonly id: string }[];
  readonly export: (write: (key: string, data: string | undefined) => void) => Promise<unknown>;
  readonly import: (key: string, data: string) => void;
}
interface FlexSearch {
  readonly Document: new (options: object) => FlexDocument;
}

const FLEX = {
  tokenize: 'forward',
  document: { id: 'id', index: FIELDS },
};

const flexsearch: Engine = {
  name: 'flexsearch',
  settings: 'tokenize forward, merged, suggest',
  build: async (entries, folder) => {
    const { Document } = load('flexsearch') as FlexSearch;
    const index = new Document(FLEX);
    for (const entry of entries) index.add(flat(entry));
    const parts: Record<string, string> = {};
    await index.export((key, data) => {
      if (data !== undefined) parts[key] = data;
    });
    fs.writeFileSync(path.join(folder, INDEX), JSON.stringify(parts));
  },
  open: async (folder) => {
    const { Document } = load('flexsearch') as FlexSearch;
    const index = new Document(FLEX);
    const parts = JSON.parse(fs.readFileSync(path.join(folder, INDEX), 'utf8')) as Record<string, string>;
    for (const [key, data] of Object.entries(parts)) index.import(key, data);
    return {
      search: async (text, limit) =>
        index
          .search(text, { limit, merge: true, suggest: true })
          .slice(0, limit)
          .map(({ id }) => id),
      close: async () => undefined,
    };
  },
};

const sqlite: Engine = {
  name: 'SQLite FTS5',
  settings: 'porter; bm25 name 5, tags 2; all words, then any; last one a prefix',
  build: async (entries, folder) => {
    const database = new DatabaseSync(path.join(folder, 'index.db'));
    database.exec(
      "create virtual table plugins using fts5(id unindexed, name, tags, kind, description, tokenize = 'porter unicode61'); begin",
    );
    const insert = database.prepare('insert into plugins values (?, ?, ?, ?, ?)');
    for (const { id, name, tags, kind, description } of entries.map(flat))
      insert.run(id, name, tags, kind, description);
    database.exec("commit; insert into plugins(plugins) values ('optimize'); vacuum");
    database.close();
  },
  open: async (folder) => {
    const database = new DatabaseSync(path.join(folder, 'index.db'), { readOnly: true });
    const select = database.prepare(
      'select id from plugins where plugins match ? order by bm25(plugins, 0, 5, 2, 1, 1) limit ?',
    );
    const ask = (match: string, limit: number): readonly string[] =>
      select.all(match, limit).map(({ id }) => String(id));
    return {
      search: async (text, limit) => {
        const said = (text.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => `"${word}"`);
        if (said.length === 0) return [];
        const all = ask(`${said.join(' AND ')}*`, limit);
        return all.length > 0 ? all : ask(`${said.join(' OR ')}*`, limit);
      },
      close: async () => database.close(),
    };
  },
};

export const ENGINES: readonly Engine[] = [shards, scan, minisearch, orama, flexsearch, sqlite, pagefind];
