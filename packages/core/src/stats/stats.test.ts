import type { DailyStats } from '@ar-registry/schemas';
import { validator as isDailyStats } from '@ar-registry/schemas/validators/daily-stats';
import { validator as isReleaseCounters } from '@ar-registry/schemas/validators/release-counters';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SnapshotPlugin } from '../snapshot/index.ts';
import {
  addDays,
  archiveAddresses,
  botAgentPattern,
  changedCounters,
  joinCounters,
  joinMonth,
  lastFinalDay,
  matchCounters,
  parseStats,
  readReleases,
  releaseRepositories,
  roundCount,
  stringifyStats,
  sumStats,
  toDailyStats,
  type CountRow,
} from './index.ts';

const row = (changes: Partial<CountRow> = {}): CountRow => ({
  day: '2026-11-20',
  kind: 'download',
  name: '@acme/audit',
  version: '1.0.0',
  ci: false,
  count: 10,
  ...changes,
});

const day = (at: string, count: number, name = '@acme/audit'): DailyStats => {
  const [stats] = toDailyStats([row({ day: at, count, name })], () => 0.5);
  if (!stats) throw new Error('There is no day.');
  return stats;
};

const isBot = (agent: string): boolean => new RegExp(botAgentPattern()).test(agent.toLowerCase());

const file = (path: string, value: object): [string, string] => [path, stringifyStats(value)];

const release = (...assets: readonly unknown[]): object => ({ tag_name: 'v1.0.0', assets });

// What is read of a plugin is its name and versions.
const pluginAt = (tarball: string): SnapshotPlugin =>
  ({
    name: '@acme/x',
    versions: [{ manifest: { version: '1.0.0' }, dist: { tarball } }],
  }) as unknown as SnapshotPlugin;

const counterOf = (count: number): ReadonlyMap<string, ReadonlyMap<string, number>> =>
  new Map([['@acme/audit', new Map([['1.0.0', count]])]]);

describe('archiveAddresses', () => {
  it('are the file of the API and the one that npm asks for', () => {
    expect(archiveAddresses('@acme/audit', '1.0.0-rc.1')).toEqual([
      '/api/v1/plugins/@acme/audit/1.0.0-rc.1/download',
      '/npm/@acme/audit/-/audit-1.0.0-rc.1.tgz',
    ]);
  });
});

describe('botAgentPattern', () => {
  it.each([
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0 (compatible; bingbot/2.0)',
    'facebookexternalhit/1.1',
    'ClaudeBot/1.0',
    'Blackbox Exporter/0.25.0',
  ])('finds %s', (agent) => {
    expect(isBot(agent)).toBe(true);
  });

  it.each([
    'ar-plugin/0.1.0 node/24.1.0',
    'npm/10.2.4 node/v24.1.0 linux x64 workspaces/false ci/github-actions',
    'pnpm/10.1.0 npm/? node/v24.1.0 linux x64',
    'Bun/1.2.0',
    'curl/8.5.0',
    'Wget/1.21.4',
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  ])('lets %s pass', (agent) => {
    expect(isBot(agent)).toBe(false);
  });
});

describe('lastFinalDay', () => {
  it('is a day that has been over for the delay', () => {
    expect(lastFinalDay(Date.parse('2026-11-22T00:00:00Z'), 24)).toBe('2026-11-20');
    expect(lastFinalDay(Date.parse('2026-11-21T23:59:59Z'), 24)).toBe('2026-11-19');
    expect(lastFinalDay(Date.parse('2026-11-22T00:00:00Z'), 0)).toBe('2026-11-21');
  });

  it('counts over the ends of months and years', () => {
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
  });
});

describe('roundCount', () => {
  it('tells nothing smaller than 5, and 5 and more as they are', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (count, random) => {
        const rounded = roundCount(count, () => random);
        expect(count >= 5 || count === 0 ? [count] : [0, 5]).toContain(rounded);
      }),
    );
  });

  it.each([1, 2, 3, 4])('keeps the sum of many counts of %i', (count) => {
    const sum = Array.from({ length: 100 }, (_, at) => roundCount(count, () => at / 100));
    expect(sum.reduce((total, rounded) => total + rounded, 0)).toBe(count * 100);
  });
});

describe('toDailyStats', () => {
  it('makes the same document from rows in any order', () => {
    const rows = ['@b/b', '@a/a', '@a/c'].flatMap((name) =>
      ['1.0.0', '1.1.0'].flatMap((version) => [
        row({ name, version }),
        row({ name, version, ci: true, kind: 'download' }),
      ]),
    );
    const expected = toDailyStats(rows, () => 0).map(stringifyStats);
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        expect(toDailyStats(shuffled, () => 0).map(stringifyStats)).toEqual(expected);
      }),
    );
  });

  it('tells CI and events apart, and fits its schema', () => {
    const [stats] = toDailyStats([row(), row({ ci: true, count: 7 }), row({ kind: 'install', count: 6 })], () => 0);
    expect(stats).toEqual({
      schemaVersion: 1,
      day: '2026-11-20',
      downloads: { '@acme/audit': { '1.0.0': 10 } },
      ciDownloads: { '@acme/audit': { '1.0.0': 7 } },
      events: { install: { '@acme/audit': { '1.0.0': 6 } } },
    });
    expect(isDailyStats(stats).ok).toBe(true);
  });

  it('remembers a day of which everything was rounded away', () => {
    expect(toDailyStats([row({ count: 1 })], () => 0.99)).toMatchObject([{ day: '2026-11-20', downloads: {} }]);
  });
});

describe('parseStats', () => {
  it('reads days and months, and takes no day of a month twice', () => {
    const [first, second, third] = [day('2026-08-01', 5), day('2026-08-31', 6), day('2026-09-01', 7)];
    const month = joinMonth([second, first]);
    const files = [
      file('stats/daily/2026-08-31.json', second),
      file('stats/daily/2026-09-01.json', third),
      file('stats/monthly/2026-08.json', month),
    ];
    const { days, broken } = parseStats(files);
    expect(broken).toEqual([]);
    expect(days.map((stats) => stats.month ?? stats.day)).toEqual(['2026-09-01', '2026-08']);
    expect(sumStats({ days, counters: [] }).plugins.get('@acme/audit')?.total).toBe(18);
  });

  it.each<[string, unknown]>([
    ['stats/daily/2026-11-20.json', '{'],
    ['stats/daily/2026-11-20.json', { schemaVersion: 2 }],
    ['stats/daily/2026-11-21.json', day('2026-11-20', 5)],
    ['stats/daily/2026-11-20.json', { ...day('2026-11-20', 5), month: '2026-11' }],
    ['stats/daily/2026-11-20.json', { ...day('2026-11-20', 5), downloads: { __proto__x: {} } }],
    ['stats/daily/2026-11-20.json', { ...day('2026-11-20', 5), downloads: { '@acme/audit': { '1.0.0': -1 } } }],
    ['stats/monthly/2026-10.json', { ...day('2026-11-20', 5), month: '2026-11' }],
    ['stats/github/2026-11-20.json', day('2026-11-20', 5)],
  ])('reports %s that is none', (path, value) => {
    const { days, counters, broken } = parseStats([[path, typeof value === 'string' ? value : JSON.stringify(value)]]);
    expect({ days, counters, broken }).toEqual({ days: [], counters: [], broken: [path] });
  });

  it('passes over what is not of statistics', () => {
    expect(
      parseStats([
        ['registry.yaml', ''],
        ['stats/downloads.json', '{}'],
        ['stats/daily/../x.json', ''],
      ]),
    ).toEqual({
      days: [],
      counters: [],
      broken: [],
    });
  });
});

describe('sumStats', () => {
  it('counts spans from the last day that was counted', () => {
    const days = [day('2026-11-20', 100), day('2026-11-14', 10), day('2026-11-13', 20), day('2026-10-22', 30)];
    const older = [day('2026-10-21', 40), day('2026-08-23', 50), day('2026-08-22', 60)];
    const { through, plugins } = sumStats({ days: [...older, ...days], counters: [] });
    expect(through).toBe('2026-11-20');
    expect(plugins.get('@acme/audit')).toMatchObject({ lastWeek: 110, last30Days: 160, last90Days: 250, total: 310 });
    expect([...(plugins.get('@acme/audit')?.daily.keys() ?? [])].toSorted()).toHaveLength(6);
  });

  it('knows nothing where nothing was counted', () => {
    expect(sumStats({ days: [], counters: [] })).toEqual({
      through: undefined,
      plugins: new Map(),
      github: new Map(),
      recent: [],
    });
  });
});

describe('release counters', () => {
  const URL = 'https://github.com/acme/audit/releases/download/v1.0.0/audit.tgz';
  // What is read of a plugin is its name and versions.
  const plugins = [
    { name: '@acme/audit', versions: [{ manifest: { version: '1.0.0' }, dist: { tarball: URL } }] },
  ] as unknown as readonly SnapshotPlugin[];
  const asset = (count: unknown, url: unknown = URL): object => ({ browser_download_url: url, download_count: count });

  it.each([
    ['a list', [release(asset(7))]],
    ['a list of pages', [[release()], [release(asset(7))]]],
  ])('are read from %s', (_title, answer) => {
    expect(matchCounters(readReleases(answer) ?? [], plugins)).toEqual(
      new Map([['@acme/audit', new Map([['1.0.0', 7]])]]),
    );
  });

  it('are those of archives alone, and whole numbers', () => {
    const assets = [asset(7, 'https://evil.example/audit.tgz'), asset(-1), asset(1.5), asset(7, { a: 1 }), null, 7];
    expect(matchCounters(readReleases([release(...assets)]) ?? [], plugins)).toEqual(new Map());
  });

  it.each([{}, null, 'x', [1], [{ assets: 1 }], { message: 'Not Found' }])('are not read from %j', (answer) => {
    expect(readReleases(answer)).toBeUndefined();
  });

  it('are asked of the repositories that archives lie in', () => {
    const others = [
      'store:sha512-x',
      'https://evil.example/a/b/releases/download/x',
      'https://github.com/a/../releases/download/x',
    ];
    expect(releaseRepositories([...plugins, ...others.map(pluginAt), ...plugins])).toEqual(['acme/audit']);
  });

  it('are kept where they changed, and join to what they are now', () => {
    const first = changedCounters('2026-11-20', new Map(), counterOf(7));
    const second = changedCounters('2026-11-21', counterOf(7), counterOf(9));
    expect(changedCounters('2026-11-21', counterOf(7), counterOf(7))).toBeUndefined();
    expect(first && second && [isReleaseCounters(first).ok, joinCounters([first, second])]).toEqual([
      true,
      counterOf(9),
    ]);
    expect(sumStats({ days: [], counters: first && second ? [first, second] : [] }).github.get('@acme/audit')).toBe(9);
  });
});
