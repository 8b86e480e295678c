/**
 * What a README may be before it is parsed. The parser is native code that nobody can interrupt, and some of what it does
 * grows with the square of a nesting or a product of two lengths, so these are counted first: in one pass, without
 * regular expressions that could be kept busy themselves.
 */

/** A README longer than this is not rendered, and not published as text either. GitHub's own limit. */
export const README_LIMIT_BYTES = 512 * 1024;

/** Quotes and lists in each other, at the start of one line. */
const MAX_MARKERS = 100;
const MAX_TABLE_CELLS = 50_000;
const MAX_TAGS = 10_000;
const MAX_FOOTNOTES = 2000;

/** @returns what there is too much of, in a clause; undefined where the text may be parsed */
export function excessIn(text: string): string | undefined {
  if (text.length > README_LIMIT_BYTES) return `it is longer than ${README_LIMIT_BYTES} characters`;
  if (count(text, /<[a-z]/gi) > MAX_TAGS) return `it has more than ${MAX_TAGS} tags`;
  if (count(text, /\[\^/g) > MAX_FOOTNOTES) return `it has more than ${MAX_FOOTNOTES} footnotes`;
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.some((line) => markersOf(line) > MAX_MARKERS)) return `it nests deeper than ${MAX_MARKERS} levels`;
  if (tableCells(lines) > MAX_TABLE_CELLS) return `its tables have more than ${MAX_TABLE_CELLS} cells`;
  return undefined;
}

function count(text: string, pattern: RegExp): number {
  let found = 0;
  for (const _ of text.matchAll(pattern)) found += 1;
  return found;
}

/** How many block quotes and list items a line opens. */
function markersOf(line: string): number {
  const prefix = /^[ \t>*+.)\d-]*/.exec(line)?.[0] ?? '';
  return count(prefix, />|[*+-][ \t]|\d[.)][ \t]/g);
}

/** A table is as wide as its delimiter row and as long as its paragraph: a row that is shorter is filled up. */
function tableCells(lines: readonly string[]): number {
  let cells = 0;
  let rows = 0;
  for (const line of lines.toReversed()) {
    rows = line.trim() === '' ? 0 : rows + 1;
    if (line.includes('-') && line.includes('|') && /^[|:\-> \t]+$/.test(line))
      cells += rows * (count(line, /\|/g) + 1);
  }
  return cells;
}
