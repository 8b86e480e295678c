import { describe, expect, it } from 'vitest';
import { hash } from '../../test/index-fixture.ts';
import type { SearchEntry } from './query.ts';
import { keysOf } from './shards/lists.ts';
import { TOKENIZER, isSearchable } from './tokenizer.ts';

/** Texts in which every rule has something to do: accents, scripts, endings, stop words, joined words, tags, typing errors. */
const TEXTS = [
  '@ar/slack-bridge',
  'Queries of the caches, statuses and libraries for Größe café Ǆ',
  'İstanbul ısı Łódź Þór Việt Nam ΣΊΣΥΦΟΣ',
  'мой ёж हिन्दी مُحَمَّد مـــحمد שָׁלוֹם می\u200cروم',
  'ｻｰﾊﾞｰ GPT日本語v2 한국어 봇 บอทแชท 語',
  '⚙️ 1️⃣ 👩‍💻 ﬁle №5 co\u00adop 𝔘𝔫𝔦𝔠𝔬𝔡𝔢',
];

const ENTRIES = TEXTS.map((description, at): SearchEntry => ({
  name: ['@acme/redis-streams', '@ar2/keys', '@acme/a', '@x-9/machine-learning', '@acme/caches', '@acme/one'][at] ?? '',
  version: '1.0.0',
  type: 'bridge',
  category: 'Data & Storage',
  description,
  tags: ['machine-learning', 'c++', '日本語'],
  trust: 'community',
  license: 'MIT',
  author: 'acme',
  publishedAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  downloads: 0,
  aliases: ['@old/streams-of-redis'],
}));

/** What the keys of these plugins hash to, by version. A new version is a new line; one that is out stays as it is. */
const KEYS: Readonly<Record<number, string>> = {
  1: 'sha512-qyqFNYGOe5xhC/XyhE+I',
};

describe('the version of the words of an index', () => {
  it('is raised when plugins stand under other keys', () => {
    const keys = ENTRIES.map((entry) => [...keysOf(entry)].toSorted());
    expect(hash(new TextEncoder().encode(JSON.stringify(keys))).slice(0, 27)).toBe(KEYS[TOKENIZER]);
  });

  it.each([
    [TOKENIZER, true],
    [TOKENIZER + 1, false],
  ])('is %i, and it is searched: %j', (tokenizer, expected) => {
    expect(isSearchable({ tokenizer })).toBe(expected);
  });
});
