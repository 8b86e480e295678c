import type { DailyStats } from '@ar-registry/schemas';
import { validator as isDailyStats } from '@ar-registry/schemas/validators/daily-stats';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  distributionOf,
  isDayTable,
  joinMonth,
  mostTerms,
  roundToMultiple,
  stringifyStats,
  toCsv,
  toDailyStats,
  usageDays,
  usageOf,
  type CountRow,
  type TermRow,
  type Usage,
} from './index.ts';

const NAME = '@acme/audit';
const LAST = '2026-11-20';

const row = (kind: string, count: number, more: Partial<CountRow> = {}): CountRow => ({
  day: LAST,
  kind,
  name: NAME,
  version: '1.0.0',
  ci: false,
  count,
  ...more,
});

const search = (terms: string, count: number, more: Partial<TermRow> = {}): TermRow => ({
  day: LAST,
  kind: 'search',
  terms,
  count,
  ...more,
});

const dailyOf = (rows: readonly CountRow[], terms: readonly TermRow[] = []): readonly DailyStats[] => {
  const days = toDailyStats(rows, () => 0, terms);
  expect(days.filter((day) => !isDailyStats(day).ok)).toEqual([]);
  return days;
};

const usage = (...rows: readonly CountRow[]): Usage => usageOf(NAME, usageDays(dailyOf(rows)));

const countsOf = (entries: Readonly<Record<string, number>>): ReadonlyMap<string, number> =>
  new Map(Object.entries(entries));

describe('usageOf', () => {
  it('knows nothing of a plugin of which nothing was told', () => {
    expect(usage(row('download', 500), row('install', 80))).toEqual({
      active: new Map(),
      starts: 0,
      loadTimes: new Map(),
    });
  });

  it('takes the mean of the days that were counted, of the last seven', () => {
    const days = [0, -1, -6, -7].map((back, at) =>
      row('active', [70, 80, 30, 900][at] ?? 0, { day: addDays(LAST, back) }),
    );
    expect(usage(...days)).toMatchObject({ activeInstallations: 60, active: new Map([['1.0.0', 180]]) });
  });

  it('tells no mean of 1 to 4', () => {
    for (const count of [5, 6, 9, 12]) {
      const others = [-1, -2, -3, -4, -5, -6].map((back) => row('download', 9, { day: addDays(LAST, back) }));
      expect([0, 5]).toContain(usage(row('active', count), ...others).activeInstallations);
    }
  });

  it('takes errors as a part of all starts, of 30 days', () => {
    const old = { day: addDays(LAST, -30) };
    expect(usage(row('load', 4990), row('error', 10), row('error', 500, old))).toMatchObject({
      starts: 5000,
      errorRate: 0.002,
    });
  });

  it('tells neither rate nor times of fewer than 50 starts', () => {
    const few = usage(row('load', 44, { bucket: 50 }), row('error', 5));
    expect([few.starts, few.errorRate, few.averageLoadMs, few.p95LoadMs]).toEqual([
      49,
      undefined,
      undefined,
      undefined,
    ]);
    expect(usage(row('load', 50, { bucket: 50 }))).toMatchObject({ errorRate: 0, averageLoadMs: 35, p95LoadMs: 50 });
  });

  it('takes the middle between the bounds, and the bound that 95 of 100 kept to', () => {
    const loads = [row('load', 60, { bucket: 10 }), row('load', 35, { bucket: 100 }), row('load', 5, { bucket: 5000 })];
    expect(usage(...loads)).toMatchObject({ averageLoadMs: 204, p95LoadMs: 100, starts: 100 });
    expect([...usage(...loads.toReversed()).loadTimes]).toEqual([
      [10, 60],
      [100, 35],
      [5000, 5],
    ]);
  });

  it('has as many loads as the sum of what is told of them, so that none can be found by subtracting', () => {
    const loads = dailyOf([row('load', 60, { bucket: 10 }), row('load', 2, { bucket: 200 }), row('load', 3)]);
    expect(loads[0]?.events['load']?.[NAME]).toEqual({ '1.0.0': 60 + 5 + 5 });
    expect(loads[0]?.loadTimes).toEqual({ 10: { [NAME]: { '1.0.0': 60 } }, 200: { [NAME]: { '1.0.0': 5 } } });
  });
});

describe('distributionOf', () => {
  it('is of what is in use, the largest share first', () => {
    const active = countsOf({ '1.0.0': 11, '1.2.0': 68, '1.1.0': 21 });
    expect(distributionOf(active, countsOf({ '1.0.0': 5 }))).toEqual({
      by: 'active',
      shares: [
        { version: '1.2.0', share: 0.68 },
        { version: '1.1.0', share: 0.21 },
        { version: '1.0.0', share: 0.11 },
      ],
    });
  });

  it('is of downloads where nothing is told, and of nothing where there is none', () => {
    expect(distributionOf(countsOf({}), countsOf({ '1.9.0': 5, '1.10.0': 5, '1.0.0': 0 }))).toEqual({
      by: 'downloads',
      shares: [
        { version: '1.10.0', share: 0.5 },
        { version: '1.9.0', share: 0.5 },
      ],
    });
    expect(distributionOf(countsOf({}), countsOf({ '1.0.0': 0 }))).toBeUndefined();
  });
});

describe('searches', () => {
  it('are in the document of their day, in multiples of 5, whatever their number', () => {
    const [day] = dailyOf([], [search('slack bridge', 12), search('fax', 10, { kind: 'missed' })]);
    expect(day).toMatchObject({ day: LAST, searches: { 'slack bridge': 15 }, missed: { fax: 10 } });
    fc.assert(
      fc.property(fc.nat(1000), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (count, random) => {
        const rounded = roundToMultiple(count, () => random);
        expect([rounded % 5, Math.abs(rounded - count) < 5]).toEqual([0, true]);
      }),
    );
  });

  it('named like what every object has are terms like others', () => {
    const [day] = dailyOf(
      [],
      ['constructor', 'valueof', '2026'].map((terms) => search(terms, 10)),
    );
    expect(Object.entries(day?.searches ?? {})).toEqual([
      ['2026', 10],
      ['constructor', 10],
      ['valueof', 10],
    ]);
  });

  it('are the most of a month, joined with all else of its days', () => {
    const many = Array.from({ length: 300 }, (_, at) => search(`w${at}`, 10 + at));
    const days = dailyOf([row('load', 60, { bucket: 10 }), row('load', 60, { bucket: 10, day: '2026-11-19' })], many);
    const month = joinMonth([...days, ...dailyOf([], [search('w299', 400, { day: '2026-11-18' })])]);
    expect(isDailyStats(month).ok).toBe(true);
    expect(Object.keys(month.searches ?? {})).toHaveLength(200);
    expect(month).toMatchObject({ searches: { w299: 710 }, loadTimes: { 10: { [NAME]: { '1.0.0': 120 } } } });
    expect(stringifyStats(joinMonth(days.toReversed()))).toBe(stringifyStats(joinMonth(days)));
  });

  it('rank by count, then by text', () => {
    const counts = new Map(Object.entries({ b: 5, a: 5, c: 50 }));
    expect([...mostTerms(counts, 2).keys()]).toEqual(['c', 'a']);
  });

  it.each(['<b>', 'a&b', 'a\nb', 'a\u0000', '=1+1', 'x'.repeat(41), ''])('%j are none in a document', (terms) => {
    const day = { schemaVersion: 1, day: LAST, downloads: {}, ciDownloads: {}, events: {}, searches: { [terms]: 10 } };
    expect(isDailyStats(day).ok).toBe(false);
  });
});

describe('toCsv', () => {
  it('quotes what RFC 4180 says, and ends lines as it says', () => {
    expect(
      toCsv(
        ['a', 'b'],
        [
          ['x,y', 'say "hi"'],
          ['two\nlines', 7],
          ['', 0],
        ],
      ),
    ).toBe('a,b\r\n"x,y","say ""hi"""\r\n"two\nlines",7\r\n,0\r\n');
  });

  it.each(['=cmd()', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1+1'])('makes no formula of %j', (text) => {
    const [, cell = ''] = toCsv(['a'], [[text]]).split('\r\n');
    expect(cell.replace(/^"/, '')).toMatch(/^'/);
  });

  it('leaves numbers and plain texts as they are', () => {
    expect(toCsv(['a'], [[-5], ['1.0.0-rc.1'], ['slack bridge']])).toBe('a\r\n-5\r\n1.0.0-rc.1\r\nslack bridge\r\n');
  });
});

describe('isDayTable', () => {
  const line = '2026-11-20,1.0.0-rc.1,20,7\r\n';

  it('knows what a registry publishes, however long', () => {
    for (const count of [0, 1, 600_000])
      expect(isDayTable(`day,version,downloads,ci_downloads\r\n${line.repeat(count)}`)).toBe(true);
  });

  it.each([
    '',
    '<html>',
    line,
    `day,version\r\n=cmd(),1.0.0\r\n`,
    `day,version\r\n${line}\r\n`,
    'day,version\n2026-11-20,\u001b[2J,1\n',
  ])('lets nothing else pass: %j', (text) => {
    expect(isDayTable(text)).toBe(false);
  });
});
