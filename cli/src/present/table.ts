/** Tables that fit the width of a terminal, by the columns that characters take there. */
import { displayWidth } from '@ar-registry/core/width';
import { cleanWord, type Line, type Page, type Span, type Tone } from './text.ts';

type Cell = string | Span;

const GAP = '  ';
/** Below this, a column says nothing any more. */
const NARROWEST = 6;

/**
 * Rows in aligned columns. What does not fit `width` is shortened in the widest columns, with an ellipsis; not in the
 * first, which says what the row is about: where it leaves no place for the others, they go to a line of their own.
 */
export function table(rows: readonly (readonly Cell[])[], width: number): Page {
  return tableOf(
    rows.map((row) => row.map(cleanCell)),
    width,
  );
}

function tableOf(cells: readonly (readonly CleanCell[])[], width: number): Page {
  const natural = naturalWidths(cells);
  if (sumOf(natural.map((one, column) => (column === 0 ? one : Math.min(one, NARROWEST)))) > width)
    return stacked(cells, width);
  const widths = fitWidths(natural, width);
  return cells.map((row) => row.flatMap((cell, index) => alignCell(cell, { widths, index, last: row.length - 1 })));
}

function stacked(cells: readonly (readonly CleanCell[])[], width: number): Page {
  const others = tableOf(
    cells.map((row) => row.slice(1)),
    width - GAP.length,
  );
  return cells.flatMap(([first, ...rest], index) => [
    first === undefined ? [] : alignCell(first, { widths: [width], index: 0, last: 0 }),
    ...(rest.length === 0 ? [] : [[GAP, ...toSpans(others[index] ?? [])]]),
  ]);
}

interface CleanCell {
  readonly text: string;
  readonly tone: Tone | undefined;
}

function cleanCell(cell: Cell): CleanCell {
  if (typeof cell === 'string') return { text: cleanWord(cell), tone: undefined };
  return { text: cleanWord(cell.text), tone: cell.tone };
}

function naturalWidths(rows: readonly (readonly CleanCell[])[]): readonly number[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => displayWidth(row[column]?.text ?? ''))),
  );
}

/** Of all columns, with the gaps between them. */
function sumOf(widths: readonly number[]): number {
  return widths.reduce((sum, one) => sum + one, GAP.length * Math.max(0, widths.length - 1));
}

/** All but the first get narrower. @param width enough for that */
function fitWidths([first = 0, ...natural]: readonly number[], width: number): readonly number[] {
  const widths = [...natural];
  let surplus = sumOf([first, ...widths]) - width;
  while (surplus > 0) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) break;
    const column = widths.lastIndexOf(widest);
    const next = Math.max(NARROWEST, ...widths.filter((one) => one < widest));
    const cut = Math.min(surplus, widest - Math.min(next, widest - 1));
    widths[column] = widest - cut;
    surplus -= cut;
  }
  return [first, ...widths];
}

function alignCell(
  { text, tone }: CleanCell,
  { widths, index, last }: { widths: readonly number[]; index: number; last: number },
): (string | Span)[] {
  const width = widths[index] ?? 0;
  const shown = shorten(text, width);
  const padding = index === last ? '' : ' '.repeat(width - displayWidth(shown)) + GAP;
  return [tone === undefined ? shown : { text: shown, tone }, padding];
}

/** `text` in at most `width` columns, never cut inside a character that a person sees as one. */
export function shorten(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += displayWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

function toSpans(line: Line): readonly (string | Span)[] {
  return Array.isArray(line) ? (line as readonly (string | Span)[]) : [line as string | Span];
}

/** `label  value` lines with aligned values. */
export function fields(rows: readonly (readonly [label: string, value: Line])[]): Page {
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => {
    const padded: Span = { text: label.padEnd(width), tone: 'quiet' };
    return [padded, GAP, ...toSpans(value)];
  });
}
