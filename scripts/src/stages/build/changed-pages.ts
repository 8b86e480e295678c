/** The pages of the list of all plugins that a change of some makes others. */
import type { ChunkEntry, Chunks } from './state/chunks.ts';
import type { PluginFacts } from './state/facts.ts';

export interface PagesChange {
  /** As the plugins were. */
  readonly chunks: Chunks;
  /** Those that changed, before and now, by name. */
  readonly before: readonly PluginFacts[];
  readonly now: readonly PluginFacts[];
}

export interface PageRows {
  readonly page: number;
  readonly rows: readonly string[];
}

/**
 * Where the same plugins are listed, the pages of those that changed; else all, since each says how many there are.
 *
 * @param size plugins on a page
 */
export function* changedPages({ chunks, before, now }: PagesChange, size: number): Generator<PageRows> {
  const rows = new Map(now.flatMap(({ name, row }) => (row ? [[name, row.listed] as const] : [])));
  const then = new Map(before.flatMap(({ name, row }) => (row ? [[name, row.listed] as const] : [])));
  if (rows.size !== then.size || [...rows.keys()].some((name) => !then.has(name))) {
    yield* inPages(allRows({ chunks, before, now }), size);
    return;
  }
  const changed = [...rows].flatMap(([name, row]) => (then.get(name) === row ? [] : [name]));
  const pages = new Set(changed.map((name) => Math.floor(rankOf(chunks, name) / size)));
  for (const page of pages)
    yield { page: page + 1, rows: [...between(chunks, rows, [page * size, (page + 1) * size])] };
}

/** How many listed plugins come before this one. */
function rankOf(chunks: Chunks, name: string): number {
  let rank = 0;
  for (const [index, { listed }] of chunks.entries.entries()) {
    const next: ChunkEntry | undefined = chunks.entries[index + 1];
    if (next !== undefined && next.first <= name) rank += listed;
    else {
      const { names, rows: texts } = chunks.rows(index);
      return rank + names.filter((other, at) => other < name && texts[at] !== undefined).length;
    }
  }
  return rank;
}

/** Texts of the plugins from one place to another. @param changed of those that are not what they were */
function* between(
  chunks: Chunks,
  changed: ReadonlyMap<string, string>,
  [from, to]: readonly [number, number],
): Generator<string> {
  let rank = 0;
  for (const [index, { listed }] of chunks.entries.entries()) {
    if (rank + listed <= from || rank >= to) {
      rank += listed;
      continue;
    }
    const { names, rows: texts } = chunks.rows(index);
    for (const [at, row] of texts.entries()) {
      if (!row) continue;
      if (rank >= from && rank < to) yield changed.get(names[at] ?? '') ?? row.listed;
      rank += 1;
    }
  }
}

function* allRows({ chunks, before, now }: PagesChange): Generator<string> {
  const gone = new Set([...before, ...now].map(({ name }) => name));
  const coming = now.flatMap(({ name, row }) => (row ? [{ name, listed: row.listed }] : []));
  let next = 0;
  for (const index of chunks.entries.keys()) {
    const { names, rows } = chunks.rows(index);
    for (const [at, name] of names.entries()) {
      for (let one = coming[next]; one && one.name < name; one = coming[(next += 1)]) yield one.listed;
      const row = rows[at];
      if (row && !gone.has(name)) yield row.listed;
    }
  }
  for (const { listed } of coming.slice(next)) yield listed;
}

/** One page also of no plugin at all. */
function* inPages(rows: Iterable<string>, size: number): Generator<PageRows> {
  let page = 1;
  let own: string[] = [];
  for (const row of rows) {
    if (own.length === size) {
      yield { page, rows: own };
      page += 1;
      own = [];
    }
    own.push(row);
  }
  yield { page, rows: own };
}
