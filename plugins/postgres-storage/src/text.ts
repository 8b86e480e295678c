/**
 * Text of any kind in a column of PostgreSQL, which takes every character but U+0000, and text in UTF-8, which has no
 * place for half of a surrogate pair. Both are written with an escape; everything else stays searchable as it is.
 */
const ESCAPE = '\u001a';
// oxlint-disable-next-line no-control-regex -- these are the characters that it is about
const SPECIAL = /[\u0000\u001a]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
// oxlint-disable-next-line no-control-regex
const ESCAPED = /\u001a([0-9a-f]{4})/g;

export function toColumn(text: string): string {
  return text.replaceAll(SPECIAL, (character) => `${ESCAPE}${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function fromColumn(text: string): string {
  return text.replaceAll(ESCAPED, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
