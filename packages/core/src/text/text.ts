/**
 * Cleaning of text that comes from plugins, registries or servers, before it is printed or logged.
 *
 * Such text is attacker-controlled: escape sequences can rewrite a terminal, bidirectional controls can reorder what
 * a person reads ("Trojan Source"), invisible characters can carry words that only a machine reads, and URLs can carry
 * credentials.
 */

/**
 * What may be what is looked for below: anything but Western letters and punctuation, symbols and pictures, and Chinese,
 * Japanese and Korean characters. Few texts have it, and what Unicode says of the properties below takes half a
 * millisecond to read.
 */
const UNUSUAL =
  /[^\t\n -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u2bff\u3030-\u3096\u30a0-\u312f\u4e00-\u9fff\uac00-\ud7a3\u{1f000}-\u{1fbff}]/u;

/** Controls but tab and line feed, invisible formatting characters, lone surrogates, line and paragraph separators. */
const controls = (): RegExp => /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** A string sequence (OSC, DCS and the like) counts only if it ends: an open one must not swallow what follows. */
const ESCAPES =
  // oxlint-disable-next-line no-control-regex -- CSI, OSC, DCS and two-character escape sequences (ECMA-48 §5)
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u0090\u0098\u009c-\u009f]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-~]/g;

/** Removes escape sequences, control characters and invisible ones; keeps tabs and line feeds. */
export function stripControl(text: string): string {
  return UNUSUAL.test(text) ? text.replaceAll(ESCAPES, '').replaceAll(controls(), '') : text;
}

/** The same on one line: white space of any kind becomes one space. */
export function toSingleLine(text: string): string {
  return stripControl(text).replaceAll(/\s+/g, ' ').trim();
}

/** What a terminal acts on or nobody sees, but line feeds: in JSON it stands in strings alone. */
const unprintable = (): RegExp => /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * A document as JSON that can be shown on a terminal: the same value, with everything escaped that a terminal would act
 * on, or that nobody would see. `JSON.stringify` escapes the controls below U+0020 alone.
 *
 * @source RFC 8259 §7
 */
export function printableJson(document: unknown, indent?: number): string {
  const json = JSON.stringify(document, undefined, indent) ?? 'null';
  return UNUSUAL.test(json) ? json.replaceAll(unprintable(), escapeUnits) : json;
}

function escapeUnits(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** At most `max` UTF-16 code units, an ellipsis in place of the rest. Never splits a surrogate pair. */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, Math.max(0, max - 1));
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

const MASK = '***';

/**
 * Replaces the passwords in the URLs of a text, so that the rest can be shown: `postgres://user:***@host`. Of a user
 * name alone in a web address, which is most often a token, nothing is left either.
 *
 * People do not encode what they paste: a password ends at the last `@` of its word, whatever is in it, except after
 * what looks like a port.
 */
export function maskPasswords(text: string): string {
  return text.replaceAll(/\S+/g, maskPassword).replaceAll(/(https?:\/\/)[^\s/?#@:]+@/gi, `$1${MASK}@`);
}

function maskPassword(word: string): string {
  const end = word.lastIndexOf('@');
  const user = /:\/\/[^/?#@:]*:(?!\d{1,5}[/?#])/.exec(word);
  const start = user ? user.index + user[0].length : word.length;
  return start <= end ? `${word.slice(0, start)}${MASK}${word.slice(end)}` : word;
}

/** Removes user names and passwords from the URLs in a text. */
export function hideCredentials(text: string): string {
  // The last @ of the authority ends the credentials: a password may hold others.
  return text.replaceAll(/(:\/\/)[^\s/?#]*@/g, '$1');
}
