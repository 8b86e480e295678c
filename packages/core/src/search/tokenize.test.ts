import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenize } from './tokenize.ts';

describe('tokenize', () => {
  it.each<[string, readonly string[]]>([
    ['', []],
    ['@ar/slack-bridge', ['ar', 'slack', 'bridge']],
    ['Ｓｌａｃｋ №5', ['slack', 'no5']],
    ['Größe café', ['größe', 'café']],
    ['日本語', ['日本', '本語']],
    ['語', ['語']],
    ['GPT日本語v2', ['gpt', '日本', '本語', 'v2']],
    ['한국어 봇', ['한국', '국어', '봇']],
  ])('cuts %j into %j', (text, words) => {
    expect(tokenize(text)).toEqual(words);
  });

  it('gives ASCII text the same words on either path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        expect(tokenize(`${text} é`)).toEqual([...tokenize(text), 'é']);
      }),
    );
  });
});
