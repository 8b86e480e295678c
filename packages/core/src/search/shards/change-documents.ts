/** The document shards of an index after a change, and the directories that name them. */
import type { SearchFile } from './file-names.ts';
import { NeedsAll, type Edits } from './edits.ts';
import { DIRECTORY_BITS, namesIn, type FileName, type SearchRoot } from './format.ts';
import { idOfName } from '../ids.ts';
import { toText } from './list-files.ts';
import { partOf } from './numbered.ts';
import type { Row } from './opened.ts';
import type { ReadSearchFile } from './reader.ts';
import { pickTable } from './table.ts';

export interface DocumentPorts {
  readonly read: ReadSearchFile;
  readonly named: (body: string) => SearchFile;
}

export interface ChangedDocuments {
  readonly documents: SearchRoot['documents'];
  readonly files: readonly SearchFile[];
  readonly gone: readonly FileName[];
}

/** @throws NeedsAll where a plugin that comes wants a number that another one has */
export async function changeDocuments(
  { bits, directories }: SearchRoot['documents'],
  edits: Edits,
  { read, named }: DocumentPorts,
): Promise<ChangedDocuments> {
  const files: SearchFile[] = [];
  const gone: FileName[] = [];
  const ids = new Set([...edits.removed, ...edits.added].map(({ id }) => id));
  const touched = new Set([...ids].map((id) => partOf(id, 2 ** bits)));
  const names = [...namesIn(directories)];
  const before = new Map<number, FileName[]>();
  let hasEmpty = false;
  for (const part of touched) {
    const at = part >> DIRECTORY_BITS;
    const documents = before.get(at) ?? [...namesIn((await read('directory', names[at] ?? '')).documents)];
    before.set(at, documents);
    const old = documents[part % 2 ** DIRECTORY_BITS] ?? '';
    const rows = await readRows(old, read);
    const file = named(toText({ schemaVersion: 1, plugins: pickTable(changedRows(rows, edits, { part, bits })) }));
    files.push(file);
    documents[part % 2 ** DIRECTORY_BITS] = file.name;
    gone.push(old);
    hasEmpty ||= rows.length === 0;
  }
  // There may be several without any plugin, which are one file.
  const left = hasEmpty ? await namedIn(names, before, read) : new Set<FileName>();
  for (const [at, documents] of before) {
    const file = named(toText({ schemaVersion: 1, documents: documents.join('') }));
    files.push(file);
    gone.push(names[at] ?? '');
    names[at] = file.name;
  }
  const kept = new Set([...left, ...names, ...files.map(({ name }) => name)]);
  return {
    documents: { bits, directories: names.join('') },
    files,
    gone: gone.filter((name) => !kept.has(name)),
  };
}

/** The plugins of a document shard, by number. */
async function readRows(name: FileName, read: ReadSearchFile): Promise<readonly Row[]> {
  const { plugins } = await read('documents', name);
  return plugins.names.map((own, at) => ({
    table: plugins,
    at,
    id: plugins.moved?.[String(at)] ?? idOfName(own),
  }));
}

/** The plugins with these numbers. */
export async function rowsWith(
  ids: readonly number[],
  { bits, directories }: SearchRoot['documents'],
  read: ReadSearchFile,
): Promise<ReadonlyMap<number, Row>> {
  const wanted = new Set(ids);
  const parts = new Set(ids.map((id) => partOf(id, 2 ** bits)));
  const found = await Promise.all(
    [...parts].map(async (part) => {
      const directory = await read('directory', namesIn(directories)[part >> DIRECTORY_BITS] ?? '');
      return readRows(namesIn(directory.documents)[part % 2 ** DIRECTORY_BITS] ?? '', read);
    }),
  );
  return new Map(found.flat().flatMap((row) => (wanted.has(row.id) ? [[row.id, row] as const] : [])));
}

function changedRows(
  rows: readonly Row[],
  { removed, added }: Edits,
  { part, bits }: { readonly part: number; readonly bits: number },
): readonly Row[] {
  const gone = new Map(removed.map(({ id, name }) => [id, name]));
  const kept = rows.filter(({ id }) => !gone.has(id));
  for (const { id, table, at } of rows)
    if (gone.has(id) && gone.get(id) !== table.names[at]) throw new NeedsAll(`${id} is somebody else.`);
  const coming = added.filter(({ id }) => partOf(id, 2 ** bits) === part).map(({ row }) => row);
  const all = [...kept, ...coming].toSorted((a, b) => a.id - b.id);
  if (all.some(({ id }, at) => id === all[at + 1]?.id)) throw new NeedsAll('Two plugins want one number.');
  return all;
}

/** @param changed directories, by their position */
async function namedIn(
  names: readonly FileName[],
  changed: ReadonlyMap<number, readonly FileName[]>,
  read: ReadSearchFile,
): Promise<ReadonlySet<FileName>> {
  const all = names.map(async (name, at) => changed.get(at) ?? namesIn((await read('directory', name)).documents));
  return new Set((await Promise.all(all)).flat());
}
