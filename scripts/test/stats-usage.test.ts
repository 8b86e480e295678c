/** What programs tell of plugins and of searches: counted, published, and what strangers make of it. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { eventAddress } from '@ar-registry/core/telemetry';
import type { StatsRegistryDocument } from '@ar-registry/schemas';
import { validator as isStatsRegistry } from '@ar-registry/schemas/validators/api/stats-registry';
import { describe, expect, it } from 'vitest';
import { build } from '../src/stages/build/index.ts';
import type { LogFormat } from '../src/stages/stats/index.ts';
import { WRITERS, clients, counts, logOf, request, setting, type Request } from './stats-fixture.ts';

const AUDIT = { name: '@acme/audit', version: '1.0.0' } as const;

const load = (ms: 10 | 50 | 200): string => `/t/v1/${eventAddress({ kind: 'load', ...AUDIT, ms })}`;
const failed = `/t/v1/${eventAddress({ kind: 'error', ...AUDIT })}`;
const active = `/t/v1/${eventAddress({ kind: 'active', ...AUDIT })}`;
const sought = (terms: string): string => `/t/v1/${eventAddress({ kind: 'search', terms })}`;
const missed = (terms: string): string => `/t/v1/${eventAddress({ kind: 'missed', terms })}`;

/** As many clients, each at an address of its own. */
const networks = (count: number, changes: Partial<Request>): readonly Request[] => clients(count, changes);

async function publish(index: string): Promise<{ readonly read: (route: string) => Promise<string> }> {
  const out = join(dirname(index), 'out');
  await build({ source: { folder: index }, out });
  return { read: async (route) => readFile(join(out, route), 'utf8') };
}

describe('what plugins do where they run', () => {
  it('is counted by how long a load took, each client once an hour with its slowest', async () => {
    const { write, collect, day } = await setting();
    const requests = [
      ...clients(60, { target: load(50) }),
      ...clients(8, { target: load(200), at: '2026-11-20T10:30:00Z' }),
      ...clients(7, { target: load(10), at: '2026-11-20T12:00:00Z' }),
      ...clients(6, { target: load(50).replace('ms=50', 'ms=51'), at: '2026-11-20T13:00:00Z' }),
      ...clients(5, { target: failed }),
    ];
    await collect([await write('access.log', logOf(requests.toReversed()))]);
    expect(await day('2026-11-20')).toMatchObject({
      events: { load: counts('1.0.0', 73), error: counts('1.0.0', 5) },
      loadTimes: { 10: counts('1.0.0', 7), 50: counts('1.0.0', 52), 200: counts('1.0.0', 8) },
    });
  });

  it('is published as numbers and as a table', async () => {
    const { index, write, collect } = await setting();
    const requests = [
      ...clients(90, { target: load(50) }),
      ...clients(10, { target: failed }),
      ...clients(40, { target: active }),
      ...clients(20, { target: active, at: '2026-11-19T10:00:00Z' }),
      ...clients(9, { target: active.replace('1.0.0', '1.1.0') }),
      ...clients(30),
    ];
    await collect([await write('access.log', logOf(requests))]);
    const { read } = await publish(index);
    expect(JSON.parse(await read(routes.statsPlugin('@acme/audit')))).toMatchObject({
      activeInstallations: 35,
      starts: 100,
      errorRate: 0.1,
      averageLoadMs: 35,
      p95LoadMs: 50,
      loadTimes: { 50: 90 },
      distribution: {
        by: 'active',
        shares: [
          { version: '1.0.0', share: 0.8696 },
          { version: '1.1.0', share: 0.1304 },
        ],
      },
    });
    expect(await read(routes.statsPluginTable('@acme/audit'))).toBe(
      [
        'day,version,downloads,ci_downloads,installs,active,loads,errors',
        '2026-11-19,1.0.0,0,0,0,20,0,0',
        '2026-11-20,1.0.0,30,0,0,40,90,10',
        '2026-11-20,1.1.0,0,0,0,9,0,0',
        '',
      ].join('\r\n'),
    );
  });
});

describe('what people look for', () => {
  it('is read from logs of every server', async () => {
    const { write, collect, day } = await setting();
    const formats = Object.keys(WRITERS) as LogFormat[];
    const logs = formats.map((format) => {
      const word = format.slice(-5).replace('-', '');
      const requests = [
        ...networks(15, { target: sought(`slack ${word}`) }),
        ...networks(10, { target: missed(`größe ${word}`) }),
        ...networks(10, { target: `/t/v1/search?q=queue+${word}` }),
      ];
      return { word, log: write(format, logOf(requests, format)) };
    });
    await collect(await Promise.all(logs.map(({ log }) => log)));
    const words = logs.map(({ word }) => word);
    expect(await day('2026-11-20')).toMatchObject({
      searches: Object.fromEntries(
        words.flatMap((word) => [[`slack ${word}`, 15] as const, [`queue ${word}`, 10] as const]),
      ),
      missed: Object.fromEntries(words.map((word) => [`größe ${word}`, 10])),
    });
  });

  it('is told where 10 different clients did, over all the days of a run', async () => {
    const { write, collect, day } = await setting();
    const requests = [
      ...networks(10, { target: missed('fax') }).map((each, at) =>
        at < 5 ? each : { ...each, at: '2026-11-19T10:00:00Z' },
      ),
      ...networks(9, { target: missed('pager') }),
      ...networks(9, { target: missed('pager'), at: '2026-11-19T10:00:00Z' }),
    ];
    await collect([await write('access.log', logOf([...requests, ...requests]))]);
    expect([await day('2026-11-19'), await day('2026-11-20')]).toMatchObject([
      { missed: { fax: 5 } },
      { missed: { fax: 5 } },
    ]);
    expect([await day('2026-11-19'), await day('2026-11-20')].map((each) => Object.keys(each?.missed ?? {}))).toEqual([
      ['fax'],
      ['fax'],
    ]);
  });

  /** By the one word that each looks for. */
  const FLOODS: Readonly<Record<string, (at: number) => Partial<Request>>> = {
    names: (at) => ({ client: '192.0.2.1', agent: `client/${at}` }),
    days: (at) => ({ client: '192.0.2.2', at: `2026-11-1${at % 10}T10:00:00Z` }),
    network: (at) => ({ client: `2001:db8:1:2:${at}:0:0:7` }),
    short: (at) => ({ client: `2001:db8::${at}` }),
    mapped: (at) => ({ client: '::ffff:192.0.2.1', agent: `client/${at}` }),
    nobody: (at) => ({ client: '-', agent: `client/${at}` }),
    pipelines: (at) => ({ client: `192.0.2.${at}`, agent: 'npm/10 node/24 ci/x' }),
    bots: (at) => ({ client: `192.0.2.${at}`, agent: 'Googlebot/2.1' }),
  };

  it('is not told where it were one address under many names, one network, no address at all, or machines', async () => {
    const { write, collect, day } = await setting();
    const flood = Object.entries(FLOODS).flatMap(([word, of]) =>
      Array.from({ length: 30 }, (_, at) => request({ target: sought(word), ...of(at) })),
    );
    const told = networks(10, { target: sought('people') }).map((each, at) => ({
      ...each,
      client: `2001:db8:${at}::1`,
    }));
    await collect([await write('access.log', logOf([...flood, ...told]))]);
    expect((await day('2026-11-20'))?.searches).toEqual({ people: 10 });
  });

  it('never holds what no program of ours would tell', async () => {
    const { index, write, collect, day } = await setting();
    const hostile = [
      '<script>alert(1)</script>',
      '"><img src=x>',
      "=cmd|' /C calc'!A0",
      '=1+1',
      '-2',
      '+49 30 901820',
      'a\u0000b',
      'a\u001b[31mb',
      'a\r\nb',
      '\u202eevil',
      'jo@example.org',
      'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
      'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3',
      '/home/jo',
      'UPPER CASE',
      ' padded ',
      'x'.repeat(41),
      'one two three four',
      '__proto__',
      "'; DROP TABLE seen; --",
      '%',
    ];
    const encoded = hostile.map((text) => `/t/v1/search?q=${encodeURIComponent(text)}`);
    const targets = [...encoded, '/t/v1/search?q=%ff%fe', '/t/v1/search?q=%', '/t/v1/search', '/t/v1/missed?q='];
    const good = networks(20, { target: sought('constructor') });
    const log = await write(
      'access.log',
      logOf([...targets.flatMap((target) => networks(20, { target })), ...good]) +
        logOf(networks(20, { target: `/t/v1/search?q=${'a'.repeat(1_000_000)}` }).slice(0, 3)),
    );
    expect((await collect([log])).lines).toMatchObject({ broken: 3 });
    expect((await day('2026-11-20'))?.searches).toEqual({ constructor: 20 });
    const { read } = await publish(index);
    const document: unknown = JSON.parse(await read(routes.statsRegistry));
    expect(isStatsRegistry(document).ok).toBe(true);
    expect((document as StatsRegistryDocument).searches).toEqual([{ terms: 'constructor', count: 20 }]);
    expect(await read(routes.statsRegistryTable)).toContain('search,constructor,clients,20\r\n');
  });

  it('keeps those that most looked for, however many are made up', async () => {
    const { write, collect, day } = await setting();
    const made = Array.from(
      { length: 300 },
      (_, at) => `word${String.fromCodePoint(97 + (at % 26))}${Math.floor(at / 26)}`,
    );
    const requests = [
      ...networks(40, { target: missed('fax') }),
      ...made.flatMap((terms) => networks(10, { target: missed(terms) })),
      ...Array.from({ length: 5000 }, (_, at) => request({ target: missed(`w${at}`) })),
    ];
    await collect([await write('access.log', logOf(requests))]);
    const terms = Object.entries((await day('2026-11-20'))?.missed ?? {});
    expect(terms).toHaveLength(200);
    expect(terms).toContainEqual(['fax', 40]);
  });
});
