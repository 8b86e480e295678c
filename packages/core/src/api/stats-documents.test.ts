import { validator as isShard } from '@ar-registry/schemas/validators/api/stats-downloads';
import { validator as isPlugin } from '@ar-registry/schemas/validators/api/stats-plugin';
import { validator as isTotals } from '@ar-registry/schemas/validators/api/stats-totals';
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../snapshot/index.ts';
import { sumStats, toDailyStats } from '../stats/index.ts';
import { toStatsDocuments } from './stats-documents.ts';

// What is read of a plugin is its name.
const snapshotOf = (names: readonly string[], counted: readonly string[], days = ['2026-11-20']): Snapshot =>
  ({
    plugins: names.map((name) => ({ name })),
    stats: sumStats({
      days: toDailyStats(
        days.flatMap((day) =>
          counted.map((name) => ({ day, kind: 'download', name, version: '1.0.0', ci: false, count: 10 })),
        ),
        () => 0,
      ),
      counters: [{ schemaVersion: 1, day: '2026-11-20', counters: { '@acme/released': { '1.0.0': 3 } } }],
    }),
  }) as unknown as Snapshot;

describe('toStatsDocuments', () => {
  it('tells of plugins that were downloaded, and of no others', () => {
    const names = ['@acme/audit', '@acme/quiet', '@acme/released'];
    const { plugins, shards, totals } = toStatsDocuments(snapshotOf(names, ['@acme/audit', '@acme/removed']));
    expect(plugins).toEqual([
      {
        schemaVersion: 1,
        name: '@acme/audit',
        total: 10,
        lastWeek: 10,
        last30Days: 10,
        last90Days: 10,
        ci: 0,
        daily: { '2026-11-20': 10 },
        versions: { '1.0.0': { total: 10, last30Days: 10 } },
        distribution: { by: 'downloads', shares: [{ version: '1.0.0', share: 1 }] },
      },
      expect.objectContaining({ name: '@acme/released', total: 0, github: 3 }),
    ]);
    expect(shards.map((shard) => Object.keys(shard.plugins))).toEqual([['@acme/audit', '@acme/released']]);
    expect(totals).toMatchObject({
      through: '2026-11-20',
      plugins: 2,
      shards: 1,
      total: 10,
      daily: { '2026-11-20': 10 },
    });
  });

  it('fits the schemas, with a shard for each thousand plugins', () => {
    const names = Array.from({ length: 1001 }, (_, at) => `@acme/p${String(at).padStart(4, '0')}`);
    const { plugins, shards, totals } = toStatsDocuments(snapshotOf(names, names, ['2026-11-20', '2026-01-01']));
    expect(shards.map((shard) => Object.keys(shard.plugins).length)).toEqual([1000, 1]);
    expect([...shards.map(isShard), ...plugins.map(isPlugin), isTotals(totals)].filter(({ ok }) => !ok)).toEqual([]);
  });

  it('says where nothing was counted yet', () => {
    const { totals, shards } = toStatsDocuments(snapshotOf(['@acme/audit'], [], []));
    expect(isTotals(totals).ok).toBe(true);
    expect([totals, shards]).toEqual([expect.not.objectContaining({ through: expect.anything() }), []]);
  });
});
