/** The long lists of an index after a change: the blocks that a plugin of it is in, and nothing else. */
import type { SearchFile } from './file-names.ts';
import { changeBlock, lowerIn, single, type BlockPorts } from './change-block.ts';
import { namesIn, type FileName, type SearchLong } from './format.ts';
import type { Remade } from './change-lengths.ts';
import type { Edit } from './edits.ts';
import type { ShardLimits } from './limits.ts';
import { blockBits, fromNumbers, inBlocks, joinNumbered, labelOf, partOf, sliceOf, type Numbered } from './numbered.ts';
import type { Row } from './opened.ts';
import { numbersFile } from './publish.ts';
import type { ReadSearchFile } from './reader.ts';

export interface LongPorts extends BlockPorts {
  readonly limits: ShardLimits;
}

export interface ChangedLong {
  readonly document: SearchLong;
  readonly files: readonly SearchFile[];
  readonly gone: readonly FileName[];
  /** A whole list as it is now. */
  readonly after: (key: string) => Promise<Numbered>;
}

export interface LongChange {
  /** Of lists that were long and are, with how many stand in each then. */
  readonly edits: ReadonlyMap<string, Edit & { readonly count: number }>;
  /** Those that were not long, or are not. */
  readonly remade: ReadonlyMap<string, Remade>;
}

export async function changeLong(
  before: SearchLong,
  { edits, remade }: LongChange,
  ports: LongPorts,
): Promise<ChangedLong> {
  const numbers = new Map(Object.entries(before.numbers));
  const files: SearchFile[] = [];
  const gone: FileName[] = [];
  for (const [key, { isLong, all }] of remade) {
    gone.push(...(await filesOf(namesIn(numbers.get(key) ?? ''), ports.read)));
    numbers.delete(key);
    if (!isLong) continue;
    const made = writeBlocks(key, all, ports);
    numbers.set(key, made.names.join(''));
    files.push(...made.files);
  }
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
    after: async (key) => remade.get(key)?.all ?? (await readLong(numbers.get(key), readNow)),
  };
}

/** All of a long list. @param names of its blocks, one after the other */
export async function readLong(names = '', read: ReadSearchFile): Promise<Numbered> {
  return joinNumbered(await readBlocks(namesIn(names), read));
}

/** Blocks, and the columns that they name. */
async function filesOf(names: readonly FileName[], read: ReadSearchFile): Promise<readonly FileName[]> {
  const columns = await Promise.all(names.map(async (name) => (await read('numbers', name)).columns));
  return [...names, ...columns];
}

async function readBlocks(names: readonly FileName[], read: ReadSearchFile): Promise<readonly Numbered[]> {
  return Promise.all(
    names.map(async (name) => {
      const numbers = await read('numbers', name);
      return fromNumbers(numbers, await read('columns', numbers.columns));
    }),
  );
}

interface MadeBlocks {
  readonly names: readonly FileName[];
  readonly files: readonly SearchFile[];
}

/** All of a list. */
function writeBlocks(key: string, all: Numbered, { named, limits }: Pick<LongPorts, 'named' | 'limits'>): MadeBlocks {
  const blocks = inBlocks(all, 2 ** blockBits(all.ids.length, limits));
  const made = blocks.map((list, block) => writeBlock(list, labelOf(key, block), named));
  return { names: made.map(({ name }) => name), files: made.flatMap(({ files }) => files) };
}

function writeBlock(list: Numbered, label: string, named: LongPorts['named']) {
  const making = numbersFile(list, label, named);
  const files: SearchFile[] = [];
  let step = making.next();
  for (; !step.done; step = making.next()) files.push(step.value);
  return { name: step.value, files };
}

interface ChangedBlocks extends MadeBlocks {
  readonly gone: readonly FileName[];
}

async function changeBlocks(
  key: string,
  { old, edit }: { readonly old: readonly FileName[]; readonly edit: Edit & { readonly count: number } },
  ports: LongPorts,
): Promise<ChangedBlocks> {
  const { read } = ports;
  const parts = 2 ** blockBits(edit.count, ports.limits);
  if (parts !== old.length) {
    const all = editNumbered(joinNumbered(await readBlocks(old, read)), edit, (row) => single(key, row, ports));
    return { ...writeBlocks(key, all, ports), gone: await filesOf(old, read) };
  }
  const ids = [...edit.removed, ...edit.added.map(({ id }) => id)];
  const touched = new Set(ids.map((id) => partOf(id, parts)));
  const names = [...old];
  const files: SearchFile[] = [];
  for (const part of touched) {
    const isHere = (id: number): boolean => partOf(id, parts) === part;
    const own = {
      removed: new Set([...edit.removed].filter(isHere)),
      added: edit.added.filter(({ id }) => isHere(id)),
    };
    const made = await changeBlock({ key, name: old[part] ?? '', edit: own }, ports);
    names[part] = made.name;
    files.push(...made.files);
  }
  const gone = [...touched].map((at) => old[at] ?? '');
  return { names, files, gone: await filesOf(gone, read) };
}

/** The pieces of a list between those who go and come. */
function editNumbered(list: Numbered, { removed, added }: Edit, toNumbered: (row: Row) => Numbered): Numbered {
  const coming = added.toSorted((a, b) => a.id - b.id);
  const edges = [...new Set([...removed, ...coming.map(({ id }) => id)])].toSorted((a, b) => a - b);
  const pieces: Numbered[] = [];
  let from = 0;
  for (const id of edges) {
    const at = lowerIn(list.ids, id);
    pieces.push(sliceOf(list, from, at), ...coming.filter((row) => row.id === id).map(toNumbered));
    from = list.ids[at] === id && removed.has(id) ? at + 1 : at;
  }
  return joinNumbered([...pieces, sliceOf(list, from, list.ids.length)]);
}
