import { eastAsianWidth } from 'get-east-asian-width';

/** Latin and punctuation, all of which takes one column: to know of others takes tables, which few texts need. */
const NARROW = /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027]*$/;
/** Symbols and pictures, and Chinese, Japanese and Korean characters, none of which is a mark or invisible. */
const VISIBLE = /^[\u2190-\u2bff\u3030-\u3096\u30a0-\u312f\u4e00-\u9fff\uac00-\ud7a3\u{1f000}-\u{1fbff}]$/u;

/**
 * How many columns of a terminal a text takes. Sequences that join into one picture count as their parts.
 *
 * @source Unicode Standard Annex #11 (East Asian Width)
 */
export function displayWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += takesNone(character) ? 0 : eastAsianWidth(character.codePointAt(0) ?? 0);
  return width;
}

/** Combining marks and invisible characters, which take no column of their own. */
function takesNone(character: string): boolean {
  // What Unicode says of a property takes a millisecond to read.
  return !NARROW.test(character) && !VISIBLE.test(character) && /^[\p{M}\p{Cc}\p{Cf}]$/u.test(character);
}
