import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenize } from './tokenize.ts';

describe('tokenize', () => {
  it.each<[string, readonly string[]]>([
    ['', []],
    ['@ar/slack-bridge', ['ar', 'slack', 'bridge']],
    ['Ｓｌａｃｋ №5', ['slack', 'no5']],
    ['Größe café', ['grosse', 'cafe']],
    ['GRÖẞE CAFÉ', ['grosse', 'cafe']],
    ['İstanbul ISPARTA ısı', ['istanbul', 'isparta', 'isi']],
    ['Łódź smørrebrød Þór', ['lodz', 'smorrebrod', 'thor']],
    ['Việt Nam', ['viet', 'nam']],
    ['ΣΊΣΥΦΟΣ Σίσυφος', ['σισυφοσ', 'σισυφοσ']],
    ['мой ёж', ['мой', 'ёж']],
    ['مُحَمَّد أحمد مـــحمد', ['محمد', 'احمد', 'محمد']],
    ['שָׁלוֹם', ['שלום']],
    ['हिन्दी', ['हिन्दी']],
    ['می\u200cروم co\u00adop', ['میروم', 'coop']],
    ['⚙️ settings 1️⃣ 👩‍💻', ['settings', '1']],
    ['𝔘𝔫𝔦𝔠𝔬𝔡𝔢 ﬁle', ['unicode', 'file']],
    ['\u0301', []],
    ['บอทแชท', ['บอ', 'อท', 'ทแ', 'แช', 'ชท']],
    ['サーバー ｻｰﾊﾞｰ', ['サー', 'ーバ', 'バー', 'サー', 'ーバ', 'バー']],
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
        expect(tokenize(`${text} й`)).toEqual([...tokenize(text), 'й']);
      }),
    );
  });

  it('gives the same words however letters and marks are put together', () => {
    const unit = fc.constantFrom(
      ...'a e i o s ı İ ß é ñ ř ệ ḍ̇ ΐ ά ς й ё 한 글 ガ が थि กำ 語 أ ؤ'.split(' '),
      ' ',
      'ﬁ',
      '①',
      'Å',
      '\u0301',
      '\u0327',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
        for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'] as const)
          expect(tokenize(text.normalize(form))).toEqual(tokenize(text));
        expect(tokenize(text.toLowerCase())).toEqual(tokenize(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes a run of any length', () => {
    expect(tokenize('한'.repeat(1_000_000))).toHaveLength(999_999);
  });
});
