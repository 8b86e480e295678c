/**
 * The masks that are built in. Each search begins at most once in a run of the characters that it repeats (the
 * lookbehinds see to that), so that its time is in proportion to the length of the text.
 */
export type MaskName = 'tokens' | 'emails' | 'cards';

export const MASK_NAMES: readonly MaskName[] = ['tokens', 'emails', 'cards'];

/** Tokens that can be told by how they begin, what follows `Bearer`, JSON Web Tokens, private keys in PEM. */
const TOKENS = [
  /(?<![\w-])(?:gh[oprsu]_|github_pat_|glpat-|npm_|xox[abeoprs]-|xapp-|sk-|[rs]k_live_|pcsk_|AIza|hf_|dop_v1_)[\w-]{16,}/g,
  /(?<![\w-])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])/g,
  /(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*/g,
  /(?<=\bbearer )[\w.~+/-]{16,}=*/gi,
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:[^-]|-(?!----))*(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g,
];
const EMAILS = /(?<![\p{L}\p{N}_.%+-])[\p{L}\p{N}_.%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;
/** Digits in groups; which of them are the number of a card is told by counting and by their check digit. */
const DIGITS = /(?<!\d)\d+(?:[ -]\d+)*/g;

/** The text with everything that the mask tells replaced. */
export function maskText(mask: MaskName, text: string): string {
  switch (mask) {
    case 'tokens':
      return TOKENS.reduce((left, token) => left.replaceAll(token, '[redacted:token]'), text);
    case 'emails':
      return text.replaceAll(EMAILS, '[redacted:email]');
    case 'cards':
      return text.replaceAll(DIGITS, maskCards);
  }
}

function maskCards(run: string): string {
  const groups = run.split(/([ -])/);
  const kept: string[] = [];
  for (let at = 0; at < groups.length;) {
    const end = endOfCard(groups, at);
    kept.push(end === undefined ? groups.slice(at, at + 2).join('') : `[redacted:card]${groups[end] ?? ''}`);
    at = end === undefined ? at + 2 : end + 1;
  }
  return kept.join('');
}

/** Groups are at even places, what separates them at odd ones. Where the longest card that begins here ends, if one does. */
function endOfCard(groups: readonly string[], start: number): number | undefined {
  let digits = '';
  let end: number | undefined;
  for (let at = start; at < groups.length && digits.length <= 19; at += 2) {
    // Within one number the separator does not change.
    if (at > start + 1 && groups[at - 1] !== groups[start + 1]) break;
    digits += groups[at] ?? '';
    if (digits.length >= 13 && digits.length <= 19 && hasCheckDigit(digits)) end = at + 1;
  }
  return end;
}

/** @source ISO/IEC 7812-1, annex B (Luhn) */
function hasCheckDigit(digits: string): boolean {
  const sum = Array.from(digits)
    .toReversed()
    .reduce((total, digit, at) => {
      const value = Number(digit) * (at % 2 === 0 ? 1 : 2);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}
