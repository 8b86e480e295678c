/** Counting, with the real database and logs of every server. */
import { appendFile, mkdir, readFile, readdir, symlink, watch, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { parseStats, sumStats } from '@ar-registry/core/stats';
import type { ReleaseCounters, SearchIndexDocument } from '@ar-registry/schemas';
import { validator as isStatsOutput } from '@ar-registry/schemas/validators/cli/stats';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { build } from '../src/stages/build/index.ts';
import type { LogFormat } from '../src/stages/stats/index.ts';
import { NOW_MS, NPM, TARGET, WRITERS, clients, counts, logOf, request, setting } from './stats-fixture.ts';

const NODE_ARGS = ['--conditions=ar-source', fileURLToPath(new URL('../src/main.ts', import.meta.url))];

/** Path below `stats/` → document. */
async function readStats(out: string): Promise<Readonly<Record<string, unknown>>> {
  const folder = join(out, 'api/v1/stats');
  const files = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.json')).toSorted();
  const read = files.map(
    async (path) => [path, JSON.parse(await readFile(join(folder, path), 'utf8')) as unknown] as const,
  );
  return Object.fromEntries(await Promise.all(read));
}

describe('stats collect', () => {
  it.each(Object.keys(WRITERS) as LogFormat[])('reads logs of %s, plain and gzip', async (format) => {
    const { write, collect, day } = await setting();
    const requests = [
      ...clients(9),
      ...clients(7, { agent: `${NPM} ci/github-actions` }),
      ...clients(6, { target: '/npm/@acme/audit/-/audit-1.1.0.tgz' }),
      ...clients(5, { target: '/t/v1/install?p=@acme%2Faudit&v=1.1.0', status: 204 }),
      ...clients(3, { agent: 'Mozilla/5.0 (compatible; Googlebot/2.1)' }),
      ...clients(2, { method: 'HEAD' }),
      ...clients(4, { status: 206 }),
      request({ target: '/api/v1/plugins.json' }),
    ];
    const plain = await write('access.log', logOf(requests.slice(0, 20), format));
    const zipped = await write('access.log.1.gz', gzipSync(logOf(requests.slice(20), format)));
    const { files, lines, days } = await collect([plain, zipped]);
    expect({ files, lines, days }).toMatchObject({
      files: 2,
      lines: { counted: 27, ci: 7, bot: 3, method: 2, status: 4, broken: 0 },
      days: ['2026-11-20'],
    });
    expect(await day('2026-11-20')).toMatchObject({
      downloads: { '@acme/audit': { '1.0.0': 9, '1.1.0': 6 } },
      ciDownloads: counts('1.0.0', 7),
      events: { install: counts('1.1.0', 5) },
    });
  });

  it('counts a client once an hour for each version', async () => {
    const { write, collect, day } = await setting();
    const again = clients(6).flatMap((each) => [
      each,
      { ...each, at: '2026-11-20T10:59:59Z' },
      { ...each, at: '2026-11-20T11:00:00Z' },
      { ...each, target: TARGET.replace('1.0.0', '1.1.0') },
    ]);
    await collect([await write('access.log', logOf(again))]);
    expect((await day('2026-11-20'))?.downloads).toEqual({ '@acme/audit': { '1.0.0': 12, '1.1.0': 6 } });
  });

  it('counts each different line where the server logs no addresses', async () => {
    const { write, collect, day } = await setting();
    const unnamed = Array.from({ length: 8 }, (_, at) => request({ client: '-', at: `2026-11-20T10:00:0${at}Z` }));
    await collect([await write('access.log', logOf([...unnamed, ...unnamed]))]);
    expect((await day('2026-11-20'))?.downloads).toEqual(counts('1.0.0', 8));
  });

  it('never counts twice: the same log again, a copy of it, a link to it, one that overlaps', async () => {
    const { write, collect, day } = await setting();
    const log = await write('a/access.log', logOf(clients(9)));
    const copy = await write('a/access.log.gz', gzipSync(logOf(clients(9).slice(3))));
    const link = join(dirname(log), 'latest.log');
    await symlink(log, link);
    expect(await collect([log, copy, link, dirname(log)])).toMatchObject({ files: 2, lines: { counted: 15 } });
    const first = await day('2026-11-20');
    await appendFile(log, logOf(clients(30)));
    expect(await collect([log])).toMatchObject({ lines: { counted: 0, done: 39 }, days: [] });
    expect([first, await day('2026-11-20')]).toEqual([first, first]);
    expect(first?.downloads).toEqual(counts('1.0.0', 9));
  });

  it('counts a day when it has been over for the delay, and not before', async () => {
    const { write, collect, day } = await setting();
    const log = await write('access.log', logOf([...clients(5), ...clients(6, { at: '2026-11-21T10:00:00Z' })]));
    expect(await collect([log])).toMatchObject({
      lines: { open: 6 },
      days: ['2026-11-20'],
      finalThrough: '2026-11-20',
    });
    expect(await day('2026-11-21')).toBeUndefined();
    expect(await collect([log], { delayHours: 0 })).toMatchObject({ lines: { done: 5 }, days: ['2026-11-21'] });
    expect((await day('2026-11-21'))?.downloads).toEqual(counts('1.0.0', 6));
  });

  it('tells no count of 1 to 4', async () => {
    const { write, collect, day } = await setting();
    const few = Array.from({ length: 60 }, (_, at) =>
      clients(3, { at: new Date(Date.UTC(2026, 8, 1 + at)).toISOString() }),
    );
    const { days } = await collect([await write('access.log', logOf(few.flat()))]);
    const told = await Promise.all(
      days.map(async (each) => (await day(each))?.downloads['@acme/audit']?.['1.0.0'] ?? 0),
    );
    expect(days).toHaveLength(60);
    expect(new Set(told)).toEqual(new Set([0, 5]));
  });

  it('counts below the path that the registry is at, and nowhere else', async () => {
    const { write, collect, day } = await setting();
    const log = await write('access.log', logOf([...clients(9, { target: `/registry${TARGET}` }), ...clients(5)]));
    expect(await collect([log], { basePath: '/registry' })).toMatchObject({ lines: { counted: 9, other: 5 } });
    expect((await day('2026-11-20'))?.downloads).toEqual(counts('1.0.0', 9));
  });

  it('joins the days of months that no series reaches', async () => {
    const { index, write, collect } = await setting();
    const days = ['2026-07-30', '2026-07-31', '2026-08-01', '2026-11-20'];
    const log = await write('access.log', logOf(days.flatMap((at) => clients(5, { at: `${at}T10:00:00Z` }))));
    expect(await collect([log])).toMatchObject({ days, months: ['2026-07'] });
    expect(await readdir(join(index, 'stats/daily'))).toEqual(['2026-08-01.json', '2026-11-20.json']);
    const month: unknown = JSON.parse(await readFile(join(index, 'stats/monthly/2026-07.json'), 'utf8'));
    expect(month).toMatchObject({ day: '2026-07-31', month: '2026-07', downloads: counts('1.0.0', 10) });
    expect(await collect([log])).toMatchObject({ days: [], months: [], lines: { done: 20 } });
  });

  it('is published by a build, the same bytes each time', async () => {
    const { index, write, collect } = await setting();
    const days = [
      ...clients(9),
      ...clients(6, { at: '2026-11-19T10:00:00Z', target: TARGET.replace('1.0.0', '1.1.0') }),
    ];
    await collect([await write('access.log', logOf(days))]);
    const outs = ['one', 'two'].map((name) => join(dirname(index), name));
    for (const out of outs) await build({ source: { folder: index }, out });
    const [first, second] = await Promise.all(outs.map(async (out) => readStats(out)));
    expect(first).toEqual(second);
    expect(first).toMatchObject({
      'totals.json': { through: '2026-11-20', total: 15, shards: 1, daily: { '2026-11-19': 6, '2026-11-20': 9 } },
      'downloads/1.json': { plugins: { '@acme/audit': { total: 15, last30Days: 15 } } },
      'plugins/@acme/audit.json': { versions: { '1.0.0': { total: 9 }, '1.1.0': { total: 6 } } },
    });
    const search = JSON.parse(
      await readFile(join(outs[0] ?? '', 'api/v1/search/index.json'), 'utf8'),
    ) as SearchIndexDocument;
    expect(search.plugins.map(({ downloads }) => downloads)).toEqual([15]);
  });

  it('keeps what GitHub counts of releases, and the same counters change nothing', async () => {
    const { index, write, collect } = await setting();
    const file = join(index, 'plugins/@acme/audit/versions/1.0.0.yaml');
    const url = 'https://github.com/acme/audit/releases/download/v1.0.0/audit.tgz';
    await writeFile(file, (await readFile(file, 'utf8')).replace(/tarball: .*/, `tarball: ${url}`));
    const answer = (count: number): string =>
      JSON.stringify([{ assets: [{ browser_download_url: url, download_count: count }] }]);
    const releases = [await write('releases.json', answer(41))];
    expect(await collect([], { releases })).toMatchObject({ counters: 1, files: 0 });
    expect(await collect([], { releases, nowMs: NOW_MS + 86_400_000 })).toMatchObject({ counters: 0 });
    await write('releases.json', answer(43));
    expect(await collect([], { releases })).toMatchObject({ counters: 1 });
    const text = await readFile(join(index, 'stats/github/2026-11-22.json'), 'utf8');
    expect((JSON.parse(text) as ReleaseCounters).counters).toEqual(counts('1.0.0', 43));
    const asked: string[] = [];
    const releasesOf = async (repository: string): Promise<readonly object[]> => {
      asked.push(repository);
      return [{ url, downloads: 50 }];
    };
    expect(await collect([], { releasesOf })).toMatchObject({ counters: 1 });
    expect(asked).toEqual(['acme/audit']);
    expect(await collect([], { releasesOf: async () => undefined })).toMatchObject({ counters: 0 });
    await write('releases.json', '{"message":"Not Found"}');
    await expect(collect([], { releases })).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });
});

describe('a run that is killed', () => {
  it('leaves whole days, and the next run adds the others', async () => {
    const { index, write, collect, day } = await setting();
    const days = Array.from({ length: 300 }, (_, at) => new Date(NOW_MS - (at + 3) * 86_400_000).toISOString());
    const log = await write('access.log', logOf(days.flatMap((at) => clients(5, { at }))));
    const child = execa(
      process.execPath,
      [...NODE_ARGS, 'stats', 'collect', '--index', index, '--logs', log, '--memory', '256'],
      { reject: false },
    );
    const stats = join(index, 'stats/daily');
    await mkdir(stats, { recursive: true });
    const changes = watch(stats)[Symbol.asyncIterator]();
    await changes.next();
    await changes.return?.();
    child.kill('SIGKILL');
    await child;
    const left = (await readdir(stats)).filter((name) => name.endsWith('.json'));
    for (const name of left) expect(await day(name.slice(0, 10))).toMatchObject({ downloads: counts('1.0.0', 5) });
    await collect([log]);
    const files = await readdir(join(index, 'stats'), { recursive: true });
    const { days: known } = parseStats(
      await Promise.all(
        files
          .filter((name) => name.endsWith('.json'))
          .map(async (name) => [`stats/${name}`, await readFile(join(index, 'stats', name), 'utf8')] as const),
      ),
    );
    expect(sumStats({ days: known, counters: [] }).plugins.get('@acme/audit')?.total).toBe(1500);
  });
});

const run = async (...args: readonly string[]) =>
  execa(process.execPath, [...NODE_ARGS, 'stats', ...args, '--json'], { reject: false });

describe('ar-registry stats', () => {
  it('takes any number of logs', async () => {
    const { index, write, day } = await setting();
    const first = await write('1.log', logOf(clients(9)));
    const second = await write('2.log', logOf(clients(7, { target: TARGET.replace('1.0.0', '1.1.0') }), 'caddy'));
    const { exitCode, stdout } = await run('collect', '--index', index, '--logs', first, '--logs', second);
    expect([exitCode, isStatsOutput(JSON.parse(stdout)).ok]).toEqual([0, true]);
    expect((await day('2026-11-20'))?.downloads).toEqual({ '@acme/audit': { '1.0.0': 9, '1.1.0': 7 } });
  });

  it.each([
    ['something else', ['count']],
    ['neither logs nor releases', ['collect']],
    ['a format that is none', ['collect', '--logs', 'x', '--format', 'iis']],
    ['a path that is none', ['collect', '--logs', 'x', '--base-path', "/'"]],
    ['a delay that is none', ['collect', '--logs', 'x', '--delay-hours', '-1']],
    ['too little memory', ['collect', '--logs', 'x', '--memory', '1']],
  ])('refuses %s', async (_title, args) => {
    const { exitCode, stdout } = await run(...args, '--index', '.');
    expect([exitCode, stdout]).toEqual([2, expect.stringContaining('"USAGE"')]);
  });
});
