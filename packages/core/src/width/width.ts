import { eastAsianWidth } from 'get-east-asian-width';

/** Combining marks and invisible characters, which take no column of their own. */
const NONE = /^[\p{M}\p{Cc}\p{Cf}]$/u;
const PRINTABLE_ASCII = /^[\u0020-\u007e]*$/;

/**
 * How many columns of a terminal a text takes. Sequences that join into one picture count as their parts.
 *
 * @source Unicode Standard Annex #11 (East Asian Width)
 */
export function displayWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += NONE.test(character) ? 0 : eastAsianWidth(character.codePointAt(0) ?? 0);
  return width;
}
