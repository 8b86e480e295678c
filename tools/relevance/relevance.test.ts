import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createSearch } from '@ar-registry/core/search';
import { describe, expect, it } from 'vitest';
import { corpusEntries, officialEntries } from './documents.ts';
import { compare } from './compare.ts';
import { evaluate } from './evaluate.ts';
import { NATURAL_ROWS, naturalQueries } from './natural.ts';
import { GROUPS, knownItems } from './queries.ts';
import { shards } from './shards-engine.ts';

const root = path.resolve(import.meta.dirname, '../..');
const corpus = path.join(root, '../shared/corpus/plugins-100k.tsv.gz');
const official = officialEntries(root);
const { official: aboutOfficial, corpus: aboutCorpus } = naturalQueries();

function searchOver(entries: typeof official) {
  const search = createSearch(entries);
  return {
    search: async (text: string, limit: number) => search.find({ text, limit }).plugins.map(({ name }) => name),
  };
}

describe('queries as people write them', () => {
  it('are a hundred', () => {
    expect(aboutOfficial.length + aboutCorpus.length).toBe(100);
  });

  it('find every official plugin first that they mean, among all of them', async () => {
    const { mrr, recall } = await evaluate(searchOver(official), aboutOfficial);
    expect(recall).toBeGreaterThanOrEqual(0.97);
    expect(mrr).toBeGreaterThanOrEqual(0.95);
  });

  it.skipIf(!fs.existsSync(corpus))('find what they mean among ten thousand', { timeout: 120_000 }, async () => {
    const entries = [...official, ...(await corpusEntries(corpus, NATURAL_ROWS))];
    const { mrr, recall } = await evaluate(searchOver(entries), [...aboutOfficial, ...aboutCorpus]);
    expect(recall).toBeGreaterThanOrEqual(0.97);
    expect(mrr).toBeGreaterThanOrEqual(0.91);
  });
});

describe('known items', () => {
  it('are the same every time, and of every group', () => {
    const entries = official.map((entry, index) => (index > 0 ? entry : { ...entry, name: '@ar/observability' }));
    const items = knownItems(entries, 3, 'seed');
    expect(knownItems(entries, 3, 'seed')).toEqual(items);
    expect(knownItems(entries, 3, 'other')).not.toEqual(items);
    expect(new Set(items.map(({ group }) => group))).toEqual(new Set(GROUPS));
  });
});

describe('our own engine in the comparison', () => {
  it('answers from its files as the search over all does', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ar-relevance-'));
    try {
      await shards.build(official, folder);
      const opened = await shards.open(folder);
      for (const { text } of aboutOfficial)
        expect(await opened.search(text, 10)).toEqual(await searchOver(official).search(text, 10));
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

const search = async (text: string) => (text === 'a' ? ['x', 'right'] : ['x']);

describe('evaluate', () => {
  it('counts the place of the first right answer, and nothing behind the tenth', async () => {
    const queries = ['a', 'b'].map((text) => ({ text, names: ['right'] }));
    expect(await evaluate({ search }, queries)).toEqual({ mrr: 0.25, recall: 0.5, reciprocals: [0.5, 0] });
  });
});

describe('compare', () => {
  it('is sure of what is the same in every query, and not of what is not', () => {
    const better = Array.from({ length: 200 }, () => 1);
    const mixed = better.map((_, at) => (at % 2 === 0 ? 1 : 0.5));
    expect(compare(better, mixed)).toMatchObject({ mean: 0.25 });
    expect(compare(better, mixed).interval[0]).toBeGreaterThan(0.2);
    const [low, high] = compare(mixed, mixed.toReversed()).interval;
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
  });
});
