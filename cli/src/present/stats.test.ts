import type { StatsPluginDocument } from '@ar-registry/schemas';
import { displayWidth } from '@ar-registry/core/width';
import { expect, it } from 'vitest';
import { presentStats } from './stats.ts';
import { renderPage } from './text.ts';

const STATS: StatsPluginDocument = {
  schemaVersion: 1,
  name: '@myorg/my-plugin',
  total: 12_904,
  lastWeek: 640,
  last30Days: 2847,
  last90Days: 8112,
  ci: 310,
  github: 77,
  daily: { '2026-11-01': 10, '2026-11-19': 80, '2026-11-20': 160 },
  versions: {},
  activeInstallations: 1203,
  starts: 48_120,
  errorRate: 0.0002,
  averageLoadMs: 45,
  p95LoadMs: 100,
  distribution: {
    by: 'active',
    shares: [
      { version: '1.2.0', share: 0.68 },
      { version: '1.1.0', share: 0.21 },
      { version: '1.0.0-a-name-of-a-prerelease-that-is-longer-than-any-terminal-is-wide.1.2.3.4.5', share: 0.11 },
    ],
  },
};

const NOTHING = { name: '@myorg/my-plugin', through: '2026-11-20', stats: undefined, asTable: false, table: undefined };

const shown = (changes: object, width = 80): string =>
  renderPage(presentStats.text({ ...NOTHING, stats: STATS, ...changes }, width), { color: false });

it('shows the numbers, a column for each day and a bar for each version', () => {
  const text = shown({});
  for (const fact of [
    /30 days +2,847  ▁+/,
    /installations +1,203/,
    /Error rate +0\.02 %  of 48,120 starts/,
    /45 ms  on average/,
  ])
    expect(text).toMatch(fact);
  expect(text).toMatch(/▅█\n/);
  expect(text).toMatch(/1\.2\.0 +█{20,} +68\.0 %/);
  expect(text).toContain('310 more by CI; GitHub counts 77');
});

it.each([40, 60, 80, 200])('fits a terminal of %i columns', (width) => {
  const lines = shown({}, width).split('\n');
  const bars = lines.filter((line) => /[█▁]/.test(line));
  expect(bars.length).toBe(4);
  expect(Math.max(...bars.map(displayWidth))).toBeLessThanOrEqual(width);
});

it('tells why something is not known', () => {
  const { activeInstallations: _active, errorRate: _rate, averageLoadMs: _load, ...rest } = STATS;
  const few = shown({ stats: { ...rest, starts: 12 } });
  expect(few.match(/fewer than 50 starts/g)).toHaveLength(2);
  const { starts: _starts, distribution: _distribution, ...downloads } = rest;
  expect(shown({ stats: downloads }).match(/users let it be told/g)).toHaveLength(3);
});

it('tells whether nothing of it or nothing at all was counted', () => {
  expect(shown({ stats: undefined })).toMatch(/through 2026-11-20 nobody downloaded it/);
  expect(shown({ stats: undefined, through: undefined })).toMatch(/has not counted yet/);
  expect(shown({ asTable: true })).toMatch(/nothing .* by day/);
});

it('survives numbers that make no sense', () => {
  const odd = { ...STATS, daily: {}, distribution: { by: 'active', shares: [] } };
  expect(shown({ stats: odd, through: undefined })).toContain('2,847');
  const zero = { ...STATS, distribution: { by: 'downloads', shares: [{ version: '1.0.0', share: 0 }] } };
  expect(shown({ stats: zero })).toContain('0.0 %');
});
