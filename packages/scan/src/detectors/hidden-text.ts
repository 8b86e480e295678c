import type { Node } from '../source/tree.ts';
import type { Detector } from './detector.ts';

/** Bidirectional embeddings, overrides and isolates (marks of direction move nothing), zero-width characters, fillers, tags, and the variation selectors that can carry bytes. */
const HIDDEN =
  // oxlint-disable-next-line no-misleading-character-class -- each of them is meant by itself
  /[\u202a-\u202e\u2066-\u2069\u200b-\u200d\u2060-\u2064\u206a-\u206f\u180e\u115f\u1160\u3164\uffa0\ufeff\ufe00-\ufe0e]|[\u{e0000}-\u{e007f}\u{e0100}-\u{e01ef}\u{1d173}-\u{1d17a}]/gu;

const MAX_TOLD = 5;

/** In the raw text, comments included: what nobody sees needs no syntax to mislead. Escapes such as `\u200b` are visible. */
export const hiddenText: Detector = {
  about: 'characters that nobody sees',
  check({ source: { text, program }, report }) {
    const found = Array.from(text.matchAll(HIDDEN)).filter(({ index }) => !isUsual(text, index));
    const [first] = found;
    if (!first) return;
    const points = [
      ...new Set(found.map(([char]) => `U+${char.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`)),
    ];
    report.finding('TEXT_HIDDEN', at(program, first.index), { characters: points.slice(0, MAX_TOLD).join(', ') });
  },
};

/** A byte order mark at the start; joiners inside words and emoji; the flags of England, Scotland and Wales. */
function isUsual(text: string, index: number): boolean {
  const char = text.codePointAt(index) ?? 0;
  if (char === 0xfeff) return index === 0 || /^(['"`])\ufeff\1$/.test(text.slice(index - 1, index + 2));
  if (char === 0x200c || char === 0x200d) return isJoining(text, index);
  return char >= 0xe0020 && char <= 0xe007f && FLAG.test(text.slice(Math.max(0, index - 16), index));
}

// Tags after a black flag; joiners between letters or emoji of scripts that have them.
const FLAG = /\u{1f3f4}[\u{e0020}-\u{e007e}]{0,7}$/u;
// oxlint-disable-next-line no-misleading-character-class -- the skin tones are meant by themselves
const BEFORE_JOINER = /(?:[\p{L}\p{M}\p{Extended_Pictographic}]|\u{fe0f}|[\u{1f3fb}-\u{1f3ff}])$/u;
const AFTER_JOINER = /^(?:\p{L}|\p{Extended_Pictographic})/u;

function isJoining(text: string, index: number): boolean {
  const after = text.slice(index + 1, index + 3);
  const before = text.slice(Math.max(0, index - 2), index);
  return AFTER_JOINER.test(after) && !/^[ -~]/.test(after) && BEFORE_JOINER.test(before) && !/[ -~]$/.test(before);
}

function at(program: Node, start: number): Node {
  return { ...program, start };
}
