/**
 * Cleaning of text that comes from plugins, registries or servers, before it is printed or logged.
 *
 * Such text is attacker-controlled: escape sequences can rewrite a terminal, bidirectional controls can reorder what
 * a person reads ("Trojan Source"), and URLs can carry credentials.
 */

/** C0 and C1 controls, DEL, bidirectional formatting, zero-width and line/paragraph separators. */
const CONTROLS =
  // oxlint-disable-next-line no-control-regex -- controls are what this removes
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;
const ESCAPES =
  // oxlint-disable-next-line no-control-regex -- CSI, OSC, DCS and two-character escape sequences (ECMA-48 §5)
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]/g;

/** Removes escape sequences and control characters; keeps tabs and line feeds. */
export function stripControl(text: string): string {
  return text.replaceAll(ESCAPES, '').replaceAll('\r\n', '\n').replaceAll(CONTROLS, '');
}

/** The same on one line: white space of any kind becomes one space. */
export function toSingleLine(text: string): string {
  return stripControl(text).replaceAll(/\s+/g, ' ').trim();
}

/** At most `max` UTF-16 code units, an ellipsis in place of the rest. Never splits a surrogate pair. */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, max - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** Removes user names and passwords from the URLs in a text. */
export function hideCredentials(text: string): string {
  return text.replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1');
}
