import { stripControl } from '../text/index.ts';

const WIDTH = 100;

/**
 * The source line with a caret below it, cleaned of control characters. A long line is cut around the caret.
 *
 * @param line from 1. @param column from 1, in UTF-16 code units.
 */
export function frameOf(text: string, line: number, column: number): string {
  const source = text.split('\n')[line - 1]?.replace(/\r$/, '') ?? '';
  const start = column > WIDTH - 20 ? column - WIDTH / 2 : 0;
  const shown = clean(source.slice(start, start + WIDTH));
  const before = clean(source.slice(start, column - 1));
  return `${shown}\n${' '.repeat(before.length)}^`;
}

function clean(text: string): string {
  return stripControl(text.replaceAll('\t', ' '));
}
