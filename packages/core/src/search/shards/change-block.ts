/** A block of a long list after a change: it stays as it is written but for the plugins of it that change, come or go. */
import { unpackRising } from './bytes.ts';
import type { Edit } from './edits.ts';
import type { SearchFile } from './file-names.ts';
import type { FileName } from './format.ts';
import { toText } from './list-files.ts';
import { numberedOfRows, type Numbered } from './numbered.ts';
import type { Row, Values } from './opened.ts';
import { packRising } from './pack.ts';
import type { ReadSearchFile, ReadSearchText } from './reader.ts';
import { spliceBytes, spliceNumbers, type Splice } from './splice.ts';

export interface BlockPorts {
  readonly read: ReadSearchFile;
  readonly readText: ReadSearchText;
  readonly named: (body: string) => SearchFile;
  readonly values: Pick<Values, 'strengths'>;
}

export interface BlockChange {
  /** Of the list. */
  readonly key: string;
  /** Of the block as it was. */
  readonly name: FileName;
  /** Of the plugins of this block alone. */
  readonly edit: Edit;
}

export interface ChangedBlock {
  readonly name: FileName;
  readonly files: readonly SearchFile[];
}

export async function changeBlock({ key, name, edit }: BlockChange, ports: BlockPorts): Promise<ChangedBlock> {
  const { read, readText, named } = ports;
  const numbers = await read('numbers', name);
  const ids = unpackRising(numbers.ids);
  const coming = new Map(edit.added.map((row) => [row.id, single(key, row, ports)]));
  const places = placesIn(ids, edit);
  const splicesOf = (column: keyof Numbered): readonly Splice[] =>
    places.map(({ id, at, gone }) => {
      const own = coming.get(id);
      return { at, gone, put: own ? [own[column][0] ?? 0] : [] };
    });
  const downloads = spliceNumbers(await readText(numbers.columns), 'downloads', splicesOf('downloads'));
  const columns = named(spliceNumbers(downloads, 'updated', splicesOf('updated')));
  const isStaying = places.every(({ id, gone }) => gone === coming.has(id));
  const file = named(
    toText({
      ...numbers,
      ids: isStaying ? numbers.ids : packRising(editIds(ids, edit)),
      strengths: spliceBytes(numbers.strengths, splicesOf('strengths')),
      standings: spliceBytes(numbers.standings, splicesOf('standings')),
      columns: columns.name,
    }),
  );
  return { name: file.name, files: [columns, file] };
}

/** Of those who go and come. */
interface Place {
  readonly id: number;
  /** The position of this number, or of the next one. */
  readonly at: number;
  /** Whether it is there, and goes. */
  readonly gone: boolean;
}

/** In order. */
function placesIn(ids: Uint32Array, { removed, added }: Edit): readonly Place[] {
  const changed = new Set([...removed, ...added.map(({ id }) => id)]);
  return [...changed]
    .toSorted((a, b) => a - b)
    .map((id) => {
      const at = lowerIn(ids, id);
      return { id, at, gone: ids[at] === id && removed.has(id) };
    });
}

function editIds(ids: Uint32Array, { removed, added }: Edit): Uint32Array {
  const kept = removed.size === 0 ? ids : ids.filter((id) => !removed.has(id));
  const coming = added.map(({ id }) => id);
  const edited = new Uint32Array(kept.length + coming.length);
  edited.set(kept);
  edited.set(coming, kept.length);
  return edited.toSorted();
}

/** The first position whose number is not below. */
export function lowerIn(ids: Uint32Array, id: number): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? 0) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A list of one plugin. */
export function single(key: string, row: Row, { values }: Pick<BlockPorts, 'values'>): Numbered {
  return numberedOfRows([row], () => values.strengths(row).get(key) ?? 0);
}
