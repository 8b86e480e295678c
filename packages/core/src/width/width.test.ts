import { eastAsianWidth } from 'get-east-asian-width';
import { describe, expect, it } from 'vitest';
import { displayWidth } from './index.ts';

describe('displayWidth', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['日本', 4],
    ['한글', 4],
    ['ａ', 2],
    ['👍', 2],
    ['é', 1],
    ['e\u0301', 1],
    ['a\u200bb', 2],
  ])('of %j is %d', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it('is of every character what Unicode says of it, whether or not that is asked', () => {
    const others = Array.from({ length: 0x11_0000 }, (_, codePoint) => String.fromCodePoint(codePoint)).filter(
      (character) => displayWidth(character) !== (/^[\p{M}\p{Cc}\p{Cf}]$/u.test(character) ? 0 : widthOf(character)),
    );
    expect(others).toEqual([]);
  });
});

function widthOf(character: string): number {
  return eastAsianWidth(character.codePointAt(0) ?? 0);
}
