/**
 * Documents with thousands of numbers of which a few are others, come or go: their texts, changed in these places. To read
 * all of them and to write them again is most of what a change of a long list would take.
 */
import { toBase64Text } from './pack.ts';

/** What becomes of a place in a list of numbers. */
export interface Splice {
  /** The position of the number that is there, or of what comes after the last. */
  readonly at: number;
  /** Whether that number goes. */
  readonly gone: boolean;
  /** What stands there, before what stays. */
  readonly put: readonly number[];
}

/**
 * @param text of a document of ours that has a list of numbers under `key`
 * @param splices in order; of several at one place that which goes is the last
 * @returns what `JSON.stringify` would make of the document with these
 * @throws RangeError where there is no such list or position
 */
export function spliceNumbers(text: string, key: string, splices: readonly Splice[]): string {
  // A quote inside of another text has a backslash before it.
  const opening = `"${key}":[`;
  const from = placeAfter(text, opening);
  const to = text.indexOf(']', from);
  let place = from === to ? to + 1 : from;
  let [position, kept] = [0, place];
  const pieces: string[] = [];
  for (const { at, gone, put } of splices) {
    for (; position < at; position += 1) place = nextNumber(text, place, to);
    if (kept < place) pieces.push(text.slice(kept, place - 1));
    pieces.push(...put.map((value) => JSON.stringify(value)));
    if (gone) {
      place = nextNumber(text, place, to);
      position += 1;
    }
    kept = place;
  }
  if (kept < to) pieces.push(text.slice(kept, to));
  return text.slice(0, from) + pieces.join(',') + text.slice(to);
}

function placeAfter(text: string, wanted: string): number {
  const at = text.indexOf(wanted);
  if (at === -1) throw new RangeError(`There is no ${wanted} here.`);
  return at + wanted.length;
}

/** Behind the end of the list where there is no other. */
function nextNumber(text: string, from: number, end: number): number {
  if (from > end) throw new RangeError('The list ends before.');
  const comma = text.indexOf(',', from);
  return comma === -1 || comma > end ? end + 1 : comma + 1;
}

/** @param base64 without padding @param splices of its bytes, as above @returns the same without padding */
export function spliceBytes(base64: string, splices: readonly Splice[]): string {
  const bytes = atob(base64);
  let kept = 0;
  let changed = '';
  for (const { at, gone, put } of splices) {
    changed += bytes.slice(kept, at) + String.fromCharCode(...put);
    kept = gone ? at + 1 : at;
  }
  return toBase64Text(changed + bytes.slice(kept));
}
