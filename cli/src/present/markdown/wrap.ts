import { displayWidth } from '@ar-registry/core/width';
import type { Span } from '../text.ts';
import { BREAK, type Piece } from './inline.ts';

/** Toned words in lines of at most `width` columns. Only an address is longer where it has to be: cut it leads nowhere. */
export function wrap(pieces: readonly Piece[], width: number): readonly (readonly Piece[])[] {
  let line: Piece[] = [];
  let used = 0;
  const lines = [line];
  for (const { parts, isBreak, hasSpace } of words(pieces, width)) {
    const taken = parts.reduce((sum, part) => sum + displayWidth(textIn(part)), 0);
    const gap: Piece[] = hasSpace && used > 0 ? [' '] : [];
    if (isBreak || (used > 0 && used + gap.length + taken > width)) {
      line = [...parts];
      used = taken;
      lines.push(line);
    } else {
      line.push(...gap, ...parts);
      used += gap.length + taken;
    }
  }
  return lines;
}

/** What is not parted by a space, though its tone may change within. */
interface Word {
  readonly parts: readonly Piece[];
  /** Whether a space stands before it. */
  readonly hasSpace: boolean;
  readonly isBreak: boolean;
}

function words(pieces: readonly Piece[], width: number): readonly Word[] {
  const found: Word[] = [];
  let parts: Piece[] = [];
  let hasSpace = false;
  const end = (spaceFollows: boolean): void => {
    if (parts.length > 0) found.push({ parts, hasSpace, isBreak: false });
    parts = [];
    hasSpace = spaceFollows;
  };
  for (const piece of pieces) {
    if (piece === BREAK) {
      end(false);
      found.push({ parts: [], hasSpace: false, isBreak: true });
      continue;
    }
    for (const [at, text] of textIn(piece).split(/ +/).entries()) {
      if (at > 0) end(true);
      for (const [index, bit] of bits(text, width).entries()) {
        if (index > 0) end(false);
        if (bit !== '') parts.push(like(piece, bit));
      }
    }
  }
  end(false);
  return found;
}

const ADDRESS = /^\(?(?:https?|mailto):/;

/** A word that is wider than a line, such as a sentence in Chinese, in several. */
function bits(word: string, width: number): readonly string[] {
  if (displayWidth(word) <= width || ADDRESS.test(word)) return [word];
  const found: string[] = [];
  let [bit, used] = ['', 0];
  for (const { segment } of new Intl.Segmenter().segment(word)) {
    const taken = displayWidth(segment);
    if (used + taken > width && bit !== '') {
      found.push(bit);
      [bit, used] = ['', 0];
    }
    bit += segment;
    used += taken;
  }
  return [...found, bit];
}

function textIn(piece: Piece): string {
  return typeof piece === 'string' ? piece : piece.text;
}

function like(piece: Piece, text: string): Piece {
  return typeof piece === 'string' ? text : ({ text, tone: piece.tone } satisfies Span);
}
