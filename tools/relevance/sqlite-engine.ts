/** SQLite FTS5 as Node.js has it, with and without trigrams of names. */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Engine } from './engine.ts';
import { firstOf, flat } from './flat.ts';

/** @param hasTrigrams whether names are looked for by parts of three letters where nothing has all words */
function sqliteOf(name: string, settings: string, hasTrigrams: boolean): Engine {
  return {
    name,
    settings,
    build: async (entries, folder) => {
      const database = new DatabaseSync(path.join(folder, 'index.db'));
      database.exec(
        "create virtual table plugins using fts5(id unindexed, name, tags, kind, description, tokenize = 'porter unicode61'); begin",
      );
      if (hasTrigrams) database.exec("create virtual table names using fts5(id unindexed, name, tokenize = 'trigram')");
      const insert = database.prepare('insert into plugins values (?, ?, ?, ?, ?)');
      const insertName = hasTrigrams ? database.prepare('insert into names values (?, ?)') : undefined;
      for (const { id, name: title, tags, kind, description } of entries.map(flat)) {
        insert.run(id, title, tags, kind, description);
        insertName?.run(id, title);
      }
      database.exec("commit; insert into plugins(plugins) values ('optimize'); vacuum");
      database.close();
    },
    open: async (folder) => {
      const database = new DatabaseSync(path.join(folder, 'index.db'), { readOnly: true });
      const select = database.prepare(
        'select id from plugins where plugins match ? order by bm25(plugins, 0, 5, 2, 1, 1) limit ?',
      );
      const selectName = hasTrigrams
        ? database.prepare('select id from names where names match ? order by rank limit ?')
        : undefined;
      return {
        search: async (text, limit) => {
          const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
          if (words.length === 0) return [];
          const said = words.map((word) => `"${word}"`);
          const parts = trigramsOf(words);
          const byParts = (): readonly string[] =>
            selectName && parts.length > 0 ? ids(selectName.all(parts.join(' OR '), limit)) : [];
          return firstOf([
            () => ids(select.all(said.join(' AND '), limit)),
            () => ids(select.all(`${said.join(' AND ')}*`, limit)),
            byParts,
            () => ids(select.all(`${said.join(' OR ')}*`, limit)),
          ]);
        },
        close: async () => database.close(),
      };
    },
  };
}

function ids(rows: readonly Record<string, unknown>[]): readonly string[] {
  return rows.map(({ id }) => String(id));
}

function trigramsOf(words: readonly string[]): readonly string[] {
  const parts = words.flatMap((word) =>
    Array.from({ length: Math.max(0, word.length - 2) }, (_, at) => word.slice(at, at + 3)),
  );
  return [...new Set(parts)].map((part) => `"${part}"`);
}

export const sqlite = sqliteOf(
  'SQLite FTS5',
  'porter; bm25 name 5, tags 2; all words, then the last one a prefix, then any',
  false,
);

export const sqliteTrigrams = sqliteOf(
  'SQLite FTS5, trigrams',
  'the same; before any word, names by their trigrams',
  true,
);
