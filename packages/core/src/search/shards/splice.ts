/**
 * Documents with thousands of numbers of which a few are others: their texts, changed in these places. To read all of them
 * and to write them again is most of what a change of a long list would take.
 */
import { fromBase64 } from './bytes.ts';
import { toBase64 } from './pack.ts';

/**
 * @param text of a document of ours that has a list of numbers under `key`
 * @param values by position in the list
 * @returns what `JSON.stringify` would make of the document with these
 * @throws RangeError where there is no such list or position
 */
export function withNumbers(text: string, key: string, values: ReadonlyMap<number, number>): string {
  // A quote inside of another text has a backslash before it.
  const opening = `"${key}":[`;
  let at = placeAfter(text, opening, 0);
  let position = 0;
  let written = 0;
  let changed = '';
  for (const [wanted, value] of [...values].toSorted(([a], [b]) => a - b)) {
    for (; position < wanted; position += 1) at = placeAfter(text, ',', at);
    changed += text.slice(written, at) + JSON.stringify(value);
    written = endOfNumber(text, at);
  }
  return changed + text.slice(written);
}

function placeAfter(text: string, wanted: string, from: number): number {
  const at = text.indexOf(wanted, from);
  if (at === -1) throw new RangeError(`There is no ${wanted} here.`);
  return at + wanted.length;
}

function endOfNumber(text: string, from: number): number {
  let end = from;
  while (end < text.length && text[end] !== ',' && text[end] !== ']') end += 1;
  return end;
}

/** Three bytes are four digits. */
const GROUP = { bytes: 3, digits: 4 } as const;

/** @param base64 without padding @returns the same bytes with others at some positions */
export function withBytes(base64: string, values: ReadonlyMap<number, number>): string {
  let text = base64;
  for (const [at, value] of values) {
    const from = Math.floor(at / GROUP.bytes) * GROUP.digits;
    const group = fromBase64(text.slice(from, from + GROUP.digits));
    group[at % GROUP.bytes] = value;
    text = text.slice(0, from) + toBase64(group) + text.slice(from + GROUP.digits);
  }
  return text;
}
