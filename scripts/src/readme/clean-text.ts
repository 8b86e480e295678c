/**
 * Text of a README without what nobody sees: controls that reorder what is read ("Trojan Source"), characters that only
 * machines read, and towers of accents that cover the lines around them.
 */

/** Most texts have none of it. */
const SUSPECT = /[^\t\n -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2100-\u2bff\u3000-\ud7ff]/;

/**
 * Controls but tab and line feed, zero-width characters but the joiners and marks that scripts and emoji need,
 * directional embeddings, overrides and isolates, tags, and the variation selectors nobody types.
 */
const INVISIBLE =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- these very characters
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

/** Eight are more than any script stacks. */
const TOWER = /(\p{M}{8})\p{M}+/gu;

export function cleanText(text: string): string {
  return SUSPECT.test(text) ? text.replaceAll(INVISIBLE, '').replaceAll(TOWER, '$1') : text;
}
