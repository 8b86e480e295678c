/**
 * The text of the list of tags, which has them by id: those of which there are more or fewer are changed in their places. To
 * read all of some ten thousand and to write them again is most of what another plugin would take.
 */
import { StateUnusable } from './state/store.ts';

export interface TagCount {
  readonly id: string;
  /** Plugins that have it. */
  readonly count: number;
}

export interface ChangedTags {
  readonly text: string;
  /** Of those that changed, how many there are now; none of one that is no more. */
  readonly counts: ReadonlyMap<string, number>;
}

const OPENING = '"tags":[';
const ENTRY = '{"id":';

/**
 * @param text as it is published
 * @param differences by id: by how many there are more, or fewer
 * @throws StateUnusable where it is no such text, or has fewer than go
 */
export function changeTags(text: string, differences: ReadonlyMap<string, number>): ChangedTags {
  const [from, to] = [text.indexOf(OPENING) + OPENING.length, text.lastIndexOf(']')];
  if (from < OPENING.length || to < from) throw unusable();
  const counts = new Map<string, number>();
  const pieces: string[] = [];
  let kept = from;
  for (const [id, difference] of [...differences].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const place = placeOf(id, { text, from: kept, to });
    const count = place.count + difference;
    if (count < 0) throw unusable();
    counts.set(id, count);
    // Without the comma before what comes then.
    if (kept < place.from) pieces.push(text.slice(kept, place.from - 1));
    if (count > 0) pieces.push(JSON.stringify({ id, count } satisfies TagCount));
    kept = place.end;
  }
  if (kept < to) pieces.push(text.slice(kept, to));
  return { text: text.slice(0, from) + pieces.join(',') + text.slice(to), counts };
}

interface List {
  readonly text: string;
  /** Where an entry begins, or behind the end. */
  readonly from: number;
  readonly to: number;
}

interface Place {
  /** Where the entry begins, or that of the next id; behind the end where there is none. */
  readonly from: number;
  /** Where the next one begins; the same where there is no entry of this id. */
  readonly end: number;
  readonly count: number;
}

/** By halving. */
function placeOf(id: string, { text, from, to }: List): Place {
  let [low, high] = [from, from >= to ? from : to + 1];
  while (low < high) {
    const begin = text.lastIndexOf(ENTRY, Math.floor((low + high) / 2));
    const at = begin < low ? low : begin;
    const entry = entryAt(text, at, to);
    if (entry.id === id) return { from: at, end: entry.end, count: entry.count };
    if (entry.id < id) low = entry.end;
    else high = at;
  }
  return { from: low, end: low, count: 0 };
}

function entryAt(text: string, at: number, to: number): TagCount & { readonly end: number } {
  const close = text.indexOf('}', at);
  if (close === -1 || close > to) throw unusable();
  try {
    // What has its digest was written by a build.
    return { ...(JSON.parse(text.slice(at, close + 1)) as TagCount), end: close + 2 };
  } catch {
    throw unusable();
  }
}

function unusable(): StateUnusable {
  return new StateUnusable('The list of tags is not what was published.');
}
