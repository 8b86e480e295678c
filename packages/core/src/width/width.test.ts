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
});
