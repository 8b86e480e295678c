/**
 * Text of others in GitHub's Markdown, where it must stay text.
 *
 * It could mention people, link, close issues, show images, or break out of a table. Escaping does not help against all
 * of it: GitHub looks for `@name`, `#1` and addresses in what is left after escapes were read. Nothing at all is read
 * in a code span. So words that are letters alone stay words, and everything else becomes code.
 *
 * @source GitHub Flavored Markdown 0.29 §6.3 (code spans), §4.10 (tables), §6.9 (autolinks)
 */
import { toSingleLine, truncate } from '@ar-registry/core/text';

/** Letters, an apostrophe or hyphen among them, and what ends a word; never at the start of a line on its own. */
const WORD = /^\p{L}+(?:['’-]\p{L}+)*[.,;:?!]?$/u;
/** Words that the catalogue itself has put into backticks. */
const QUOTED = /^`([^`]+)`([.,;:?!]?)$/;

/** A sentence on one line: its plain words as words, all else as code. At most `max` characters of it. */
export function prose(text: string, max = 300): string {
  const pieces: { text: string; isCode: boolean; end: string }[] = [];
  for (const word of truncate(toSingleLine(text), max).split(' ')) {
    const [, quoted, end = ''] = QUOTED.exec(word) ?? [];
    const last = pieces.at(-1);
    if (quoted !== undefined) pieces.push({ text: quoted, isCode: true, end });
    else if (WORD.test(word)) pieces.push({ text: word, isCode: false, end: '' });
    else if (last?.isCode === true && last.end === '') last.text += ` ${word}`;
    else pieces.push(codePiece(word));
  }
  return pieces.map((piece) => (piece.isCode ? code(piece.text, max) + piece.end : piece.text)).join(' ');
}

/** The point after a name is not of the name. */
function codePiece(word: string): { text: string; isCode: boolean; end: string } {
  const [, text = word, end = ''] = /^(.+?)([.,;:?!]?)$/.exec(word) ?? [];
  return { text, isCode: true, end };
}

/**
 * Text as a code span, on one line. At most `max` characters of it.
 *
 * A vertical bar would end the cell of a table, and parsers disagree on how it is escaped in code: it becomes a broken
 * one.
 */
export function code(text: string, max = 300): string {
  const content = truncate(toSingleLine(text), max).replaceAll('|', '¦');
  if (content === '') return '–';
  const longest = Math.max(0, ...Array.from(content.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = content.startsWith('`') || content.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${content}${pad}${fence}`;
}
