/** Tables of a README: every cell is read whole, in as many lines as it takes. */
import { displayWidth } from '@ar-registry/core/width';
import { type Page, quiet, strong } from '../text.ts';
import { type Piece, textOf } from './inline.ts';
import { wrap } from './wrap.ts';

export type Cell = readonly Piece[];

const GAP = ' │ ';
/** Below this, a column says nothing any more. */
const NARROWEST = 8;
/** Work grows with cells times lines. */
const MAX_COLUMNS = 50;

/** @param rows the first one is the head */
export function renderTable(rows: readonly (readonly Cell[])[], width: number): Page {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const room = width - GAP.length * Math.max(0, columns - 1);
  if (columns > MAX_COLUMNS || room < columns * NARROWEST) return asRecords(rows, width);
  const widths = fit(naturalWidths(rows, columns), room);
  const [head = [], ...body] = rows.map((row) => renderRow(row, widths));
  const rule = quiet(widths.map((one) => '─'.repeat(one)).join('─┼─'));
  return [...head, rule, ...body.flat()];
}

function naturalWidths(rows: readonly (readonly Cell[])[], columns: number): readonly number[] {
  return Array.from({ length: columns }, (_, column) =>
    rows.reduce((most, row) => Math.max(most, displayWidth(textOf(row[column] ?? []))), 1),
  );
}

/** Narrow columns keep what they need; the others share what is left. */
function fit(natural: readonly number[], room: number): readonly number[] {
  let left = room;
  let open = natural.length;
  const shares = new Map<number, number>();
  const byWidth = natural.map((wanted, column) => ({ wanted, column })).toSorted((a, b) => a.wanted - b.wanted);
  for (const { wanted, column } of byWidth) {
    const share = Math.min(wanted, Math.floor(left / open));
    shares.set(column, share);
    left -= share;
    open -= 1;
  }
  return natural.map((_, column) => shares.get(column) ?? 1);
}

function renderRow(row: readonly Cell[], widths: readonly number[]): Page {
  const cells = widths.map((width, column) => wrap(row[column] ?? [], width));
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) =>
    cells.flatMap((lines, column) => {
      const line = lines[at] ?? [];
      const isLast = column === cells.length - 1;
      const padding = ' '.repeat(Math.max(0, (widths[column] ?? 0) - displayWidth(textOf(line))));
      return isLast ? line : [...line, padding, quiet(GAP)];
    }),
  );
}

/** Where the columns do not fit beside each other. */
function asRecords([head = [], ...body]: readonly (readonly Cell[])[], width: number): Page {
  return body.flatMap((row, index) => [
    ...(index === 0 ? [] : ['']),
    ...row.flatMap((cell, column) => wrap([strong(`${textOf(head[column] ?? [])}:`), ' ', ...cell], width)),
  ]);
}
