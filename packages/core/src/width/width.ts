import { eastAsianWidth } from 'get-east-asian-width';

const PRINTABLE_ASCII = /^[\u0020-\u007e]*$/;

/**
 * How many columns of a terminal a text takes. Sequences that join into one picture count as their parts.
 *
 * @source Unicode Standard Annex #11 (East Asian Width)
 */
export function displayWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += takesNone(character) ? 0 : eastAsianWidth(character.codePointAt(0) ?? 0);
  return width;
}

/** Combining marks and invisible characters, which take no column of their own. */
function takesNone(character: string): boolean {
  return /^[\p{M}\p{Cc}\p{Cf}]$/u.test(character);
}
