/** The long lists of an index after a change: the blocks that a plugin of it is in, and nothing else. */
import type { SearchFile } from './file-names.ts';
import { namesIn, type FileName, type SearchLong } from './format.ts';
import type { Edit } from './edits.ts';
import { entryLists } from './lists.ts';
import type { ShardLimits } from './limits.ts';
import { blockBits, fromNumbers, inBlocks, joinNumbered, labelOf, partOf, sliceOf, type Numbered } from './numbered.ts';
import { factsOf } from '../order.ts';
import { standingOf } from '../score.ts';
import { numbersFile } from './publish.ts';
import type { Row } from './opened.ts';
import type { ReadSearchFile } from './reader.ts';
import { rowAt } from './table.ts';

export interface LongPorts {
  readonly read: ReadSearchFile;
  readonly named: (body: string) => SearchFile;
  readonly limits: ShardLimits;
}

export interface ChangedLong {
  readonly document: SearchLong;
  readonly files: readonly SearchFile[];
  readonly gone: readonly FileName[];
  /** A whole list as it is now. */
  readonly after: (key: string) => Promise<Numbered>;
}

/** @param edits of the long lists alone, with how many stand in each then */
export async function changeLong(
  before: SearchLong,
  edits: ReadonlyMap<string, Edit & { readonly count: number }>,
  ports: LongPorts,
): Promise<ChangedLong> {
  const numbers = new Map(Object.entries(before.numbers));
  const files: SearchFile[] = [];
  const gone: FileName[] = [];
  for (const [key, edit] of edits) {
    const old = namesIn(numbers.get(key) ?? '');
    const changed = await changeBlocks(key, { old, edit }, ports);
    numbers.set(key, changed.names.join(''));
    files.push(...changed.files);
    gone.push(...changed.gone);
  }
  const made = new Map(files.map(({ name, body }) => [name, body]));
  const readNow: ReadSearchFile = async (kind, name) => {
    const body = made.get(name);
    return body === undefined ? ports.read(kind, name) : JSON.parse(body);
  };
  const sorted = [...numbers].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    document: { schemaVersion: 1, numbers: Object.fromEntries(sorted) },
    files,
    gone,
    after: async (key) => joinNumbered(await readBlocks(namesIn(numbers.get(key) ?? ''), readNow)),
  };
}

async function readBlocks(names: readonly FileName[], read: ReadSearchFile): Promise<readonly Numbered[]> {
  return Promise.all(
    names.map(async (name) => {
      const numbers = await read('numbers', name);
      return fromNumbers(numbers, await read('columns', numbers.columns));
    }),
  );
}

interface ChangedBlocks {
  readonly names: readonly FileName[];
  readonly files: readonly SearchFile[];
  readonly gone: readonly FileName[];
}

async function changeBlocks(
  key: string,
  { old, edit }: { readonly old: readonly FileName[]; readonly edit: Edit & { readonly count: number } },
  { read, named, limits }: LongPorts,
): Promise<ChangedBlocks> {
  const parts = 2 ** blockBits(edit.count, limits);
  const isKept = parts === old.length;
  const ids = [...edit.removed, ...edit.added.map(({ id }) => id)];
  const touched = new Set(isKept ? ids.map((id) => partOf(id, parts)) : old.keys());
  const names = isKept ? [...old] : [];
  const files: SearchFile[] = [];
  const columns = await Promise.all([...touched].map(async (at) => (await read('numbers', old[at] ?? '')).columns));
  const gone = [...[...touched].map((at) => old[at] ?? ''), ...columns];
  const keep = (list: Numbered, block: number): void => {
    const making = numbersFile(list, labelOf(key, block), named);
    let step = making.next();
    for (; !step.done; step = making.next()) files.push(step.value);
    names[block] = step.value;
  };
  if (isKept)
    for (const part of touched) {
      const [block] = await readBlocks([old[part] ?? ''], read);
      const own = (id: number): boolean => partOf(id, parts) === part;
      const added = edit.added.filter(({ id }) => own(id));
      if (block) keep(editNumbered(key, block, { removed: edit.removed, added }), part);
    }
  else {
    const all = editNumbered(key, joinNumbered(await readBlocks(old, read)), edit);
    for (const [part, block] of inBlocks(all, parts).entries()) keep(block, part);
  }
  return { names, files, gone };
}

/** The pieces of a list between those who go and come. */
function editNumbered(key: string, list: Numbered, { removed, added }: Edit): Numbered {
  const coming = added.toSorted((a, b) => a.id - b.id);
  const edges = [...new Set([...removed, ...coming.map(({ id }) => id)])].toSorted((a, b) => a - b);
  const pieces: Numbered[] = [];
  let from = 0;
  for (const id of edges) {
    const at = lowerIn(list.ids, id);
    pieces.push(sliceOf(list, from, at), ...coming.filter((row) => row.id === id).map((row) => single(key, row)));
    from = list.ids[at] === id && removed.has(id) ? at + 1 : at;
  }
  return joinNumbered([...pieces, sliceOf(list, from, list.ids.length)]);
}

/** The first position whose number is not below. */
function lowerIn(ids: Uint32Array, id: number): number {
  const at = ids.findIndex((other) => other >= id);
  return at === -1 ? ids.length : at;
}

function single(key: string, { table, at, id }: Row): Numbered {
  const { entry } = rowAt(table, at);
  const { downloads, updated } = factsOf(entry);
  return {
    ids: Uint32Array.of(id),
    strengths: Uint8Array.of(entryLists(entry).strengths.get(key) ?? 0),
    standings: Uint8Array.of(standingOf(entry)),
    downloads: [downloads],
    updated: [updated],
  };
}
