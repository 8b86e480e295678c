import { displayWidth } from '../width/index.ts';

const WIDTH = 100;
/** How much of a long line is shown before the caret. */
const LEAD = 50;

/**
 * The source line with a caret below it, safe to print. A long line is cut around the caret.
 *
 * @param line from 1. @param column from 1, in UTF-16 code units.
 */
export function frameOf(text: string, line: number, column: number): string {
  return frameOfLine(text.split('\n')[line - 1] ?? '', column);
}

/** The same for a line that was found already; a carriage return at its end counts as its end. */
export function frameOfLine(row: string, column: number): string {
  const source = row.endsWith('\r') ? row.slice(0, -1) : row;
  const place = Math.min(column - 1, source.length);
  const start = whole(source, place > WIDTH - LEAD ? place - LEAD : 0);
  const shown = source.slice(start, whole(source, start + WIDTH));
  return `${blank(shown)}\n${' '.repeat(displayWidth(blank(source.slice(start, place))))}^`;
}

/** The nearest index at or before `index` that does not split a character. */
function whole(text: string, index: number): number {
  return /^[\udc00-\udfff]/.test(text.slice(index, index + 1)) ? index - 1 : index;
}

/** One space for each control or invisible character, a tab included: nothing moves, and nothing acts. */
function blank(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ');
}
