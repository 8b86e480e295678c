/**
 * Cleaning of text that comes from plugins, registries or servers, before it is printed or logged.
 *
 * Such text is attacker-controlled: escape sequences can rewrite a terminal, bidirectional controls can reorder what
 * a person reads ("Trojan Source"), invisible characters can carry words that only a machine reads, and URLs can carry
 * credentials.
 */

/** Controls but tab and line feed, invisible formatting characters, lone surrogates, line and paragraph separators. */
const CONTROLS = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** A string sequence (OSC, DCS and the like) counts only if it ends: an open one must not swallow what follows. */
const ESCAPES =
  // oxlint-disable-next-line no-control-regex -- CSI, OSC, DCS and two-character escape sequences (ECMA-48 §5)
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u0090\u0098\u009c-\u009f]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-~]/g;

/** Removes escape sequences, control characters and invisible ones; keeps tabs and line feeds. */
export function stripControl(text: string): string {
  return text.replaceAll(ESCAPES, '').replaceAll(CONTROLS, '');
}

/** The same on one line: white space of any kind becomes one space. */
export function toSingleLine(text: string): string {
  return stripControl(text).replaceAll(/\s+/g, ' ').trim();
}

/** At most `max` UTF-16 code units, an ellipsis in place of the rest. Never splits a surrogate pair. */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, Math.max(0, max - 1));
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** Removes user names and passwords from the URLs in a text. */
export function hideCredentials(text: string): string {
  // The last @ of the authority ends the credentials: a password may hold others.
  return text.replaceAll(/(:\/\/)[^\s/?#]*@/g, '$1');
}
