import type { StatsRegistryDocument } from '@ar-registry/schemas';
import { validator as isRegistry } from '@ar-registry/schemas/validators/api/stats-registry';
import { validator as isPlugin } from '@ar-registry/schemas/validators/api/stats-plugin';
import { describe, expect, it } from 'vitest';
import { sumStats, toDailyStats, type CountRow, type TermRow } from '../stats/index.ts';
import type { Overview } from './overview.ts';
import { toStatsDocuments } from './stats-documents.ts';
import { toStatsRegistry } from './stats-registry.ts';
import { pluginTable, registryTable } from './stats-tables.ts';

const CATEGORIES: Readonly<Record<string, string | undefined>> = {
  '@acme/audit': 'security',
  '@acme/chat': 'communication',
  '@acme/fax': 'communication',
  '@acme/plain': undefined,
};

const row = ([name, kind, count]: readonly [string, string, number], more: Partial<CountRow> = {}): CountRow => ({
  day: '2026-11-20',
  kind,
  name,
  version: '1.0.0',
  ci: false,
  count,
  ...more,
});

const ROWS: readonly CountRow[] = [
  row(['@acme/audit', 'download', 20]),
  row(['@acme/chat', 'download', 15], { day: '2026-11-19' }),
  row(['@acme/fax', 'download', 15]),
  row(['@acme/plain', 'download', 7]),
  row(['@acme/gone', 'load', 1000]),
  row(['@acme/chat', 'active', 40]),
  row(['@acme/audit', 'load', 95], { bucket: 50 }),
  row(['@acme/audit', 'error', 5]),
  row(['@acme/chat', 'load', 80]),
  row(['@acme/chat', 'error', 20]),
  row(['@acme/fax', 'load', 10]),
];

const TERMS: readonly TermRow[] = [
  { day: '2026-11-20', kind: 'search', terms: '@acme', count: 10 },
  { day: '2026-11-19', kind: 'search', terms: 'slack', count: 10 },
  { day: '2026-11-20', kind: 'search', terms: 'slack', count: 15 },
  { day: '2026-10-01', kind: 'missed', terms: 'telex', count: 500 },
  { day: '2026-11-20', kind: 'missed', terms: 'pager', count: 20 },
];

type Counted = Pick<Overview, 'plugins' | 'stats'>;

// What is read of a plugin is its name, its category and whether it is listed.
const snapshotOf = (rows: readonly CountRow[], terms: readonly TermRow[]): Counted =>
  ({
    plugins: Object.entries(CATEGORIES).map(([name, category]) => ({ name, versions: 1, entry: { category } })),
    stats: sumStats({ days: toDailyStats(rows, () => 0, terms), counters: [] }),
  }) as unknown as Counted;

const registryOf = (counted: Counted): StatsRegistryDocument =>
  toStatsRegistry(counted, toStatsDocuments(counted).plugins);

describe('toStatsRegistry', () => {
  it('tells what is used, what fails, what people look for and what is missing', () => {
    const snapshot = snapshotOf(ROWS, TERMS);
    const registry = registryOf(snapshot);
    expect(registry).toEqual({
      schemaVersion: 1,
      through: '2026-11-20',
      plugins: 4,
      versions: 4,
      downloads: 57,
      activeInstallations: 20,
      categories: [
        { id: 'communication', plugins: 2, downloads: 30, activeInstallations: 20 },
        { id: 'security', plugins: 1, downloads: 20 },
      ],
      errorRates: [
        { name: '@acme/chat', starts: 100, errorRate: 0.2 },
        { name: '@acme/audit', starts: 100, errorRate: 0.05, averageLoadMs: 35 },
      ],
      searches: [
        { terms: 'slack', count: 25 },
        { terms: '@acme', count: 10 },
      ],
      missed: [{ terms: 'pager', count: 20 }],
    });
    expect(isRegistry(registry).ok).toBe(true);
    expect(toStatsDocuments(snapshot).plugins.filter((plugin) => !isPlugin(plugin).ok)).toEqual([]);
  });

  it('says so where nothing was counted', () => {
    const registry = registryOf(snapshotOf([], []));
    expect(isRegistry(registry).ok).toBe(true);
    expect(registry).toMatchObject({ downloads: 0, errorRates: [], searches: [], missed: [] });
    expect(registry).not.toHaveProperty('activeInstallations');
  });
});

describe('tables', () => {
  it('have a line for each day and version of a plugin', () => {
    const { recent } = snapshotOf(
      [...ROWS, row(['@acme/audit', 'download', 9], { ci: true, version: '1.1.0' })],
      [],
    ).stats;
    expect(pluginTable('@acme/audit', recent).split('\r\n')).toEqual([
      'day,version,downloads,ci_downloads,installs,active,loads,errors',
      '2026-11-20,1.0.0,20,0,0,0,95,5',
      '2026-11-20,1.1.0,0,9,0,0,0,0',
      '',
    ]);
  });

  it('have a line for each number of the registry, with no formula in it', () => {
    const snapshot = snapshotOf(ROWS, TERMS);
    const lines = registryTable(registryOf(snapshot), toStatsDocuments(snapshot).totals).split('\r\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'section,item,measure,value',
        'registry,,active_installations,20',
        'day,2026-11-19,downloads,15',
        'category,communication,downloads,30',
        "plugin,'@acme/chat,error_rate,0.2",
        "search,'@acme,clients,10",
        'missed,pager,clients,20',
      ]),
    );
  });
});
