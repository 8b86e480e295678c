import type { PluginSummary } from '@ar-registry/schemas';
import { describe, expect, it } from 'vitest';
import { makeOverview, pickOverview } from './overview.ts';

const plugin = (name: string, publishedAt: string, updatedAt = publishedAt): PluginSummary => ({
  name,
  version: '1.0.0',
  type: 'hook',
  description: '',
  tags: [],
  trust: 'community',
  license: 'MIT',
  author: 'Ada',
  publishedAt,
  updatedAt,
});
const PLUGINS = [
  plugin('@a/a', '2026-01-01T00:00:00Z', '2026-01-09T00:00:00Z'),
  plugin('@a/b', '2026-01-03T00:00:00Z'),
  plugin('@a/c', '2026-01-03T00:00:00Z'),
  plugin('@a/d', '2026-01-02T00:00:00.5Z'),
  plugin('@a/e', '2026-01-02T00:00:00Z'),
  plugin('@a/f', '2026-01-05T00:00:00Z'),
];
const api = { featured: () => [], popular: () => [], downloads: () => new Map(), ratings: () => new Map() };
const overview = (plugins: readonly PluginSummary[]): ReturnType<typeof makeOverview> =>
  makeOverview(
    api,
    pickOverview({
      plugins,
      ordered: plugins,
      tags: [
        { id: 'a', count: 1 },
        { id: 'b', count: 2 },
        { id: 'c', count: 2 },
      ],
    }),
    (each) => each,
  );

describe('the overview', () => {
  it('has the newest, and those that changed after they came; of the same day the first in the list', () => {
    const { newest, updated, latest, tags } = overview(PLUGINS);
    expect(newest.map((card) => card.plugin.name)).toEqual(['@a/f', '@a/b', '@a/c', '@a/d']);
    expect([updated.map((card) => card.plugin.name), latest?.name]).toEqual([['@a/a'], '@a/a']);
    expect(tags).toEqual(['b', 'c', 'a']);
  });

  it('counts nothing where there is nothing', () => {
    const { total, newest, latest, trust } = overview([]);
    expect([total, newest, latest, trust.community]).toEqual([0, [], undefined, 0]);
  });
});
