/** Counting what strangers wrote, and logs that are none. */
import { readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { LogFormat } from '../src/stages/stats/index.ts';
import { TARGET, WRITERS, clients, combined, counts, logOf, put, request, setting } from './stats-fixture.ts';

describe('what strangers write into logs', () => {
  const HOSTILE: readonly (readonly [string, string])[] = [
    ['a plugin that is none', TARGET.replace('audit', 'invented')],
    ['a version that is none', TARGET.replace('1.0.0', '9.9.9')],
    ['a path that leads out', `/api/v1/plugins/@acme/audit/1.0.0/../1.0.0/download`],
    ['SQL', `/api/v1/plugins/@acme/audit';DROP TABLE seen;--/1.0.0/download`],
    ['control characters', '/api/v1/plugins/@acme/audit%00%0a/1.0.0/download'],
    ['bytes that are no UTF-8', '/api/v1/plugins/@acme/%ff%fe/1.0.0/download'],
    ['a percent sign alone', '/api/v1/plugins/@acme/%/1.0.0/download%'],
    ['an event of nothing', '/t/v1/install?p=%ff&v='],
    ['an event that is none', '/t/v1/format?p=@acme/audit&v=1.0.0'],
    ['an event of another name', "/t/v1/install?p=__proto__&v=1.0.0'"],
  ];

  it.each(HOSTILE)('counts for nothing: %s', async (_title, target) => {
    const { write, collect } = await setting();
    const formats = Object.keys(WRITERS) as LogFormat[];
    const logs = await Promise.all(
      formats.map((format) => write(`${format}.log`, logOf([request({ target })], format))),
    );
    expect(await collect(logs)).toMatchObject({ days: [], lines: { counted: 0 } });
  });

  it('counts what is percent-encoded without need, since servers answer it', async () => {
    const { write, collect, day } = await setting();
    await collect([await write('access.log', logOf(clients(5, { target: TARGET.replace('@', '%40') })))]);
    expect((await day('2026-11-20'))?.downloads).toEqual(counts('1.0.0', 5));
  });

  it('skips broken lines, tells how many, and counts the others', async () => {
    const { write, collect, day } = await setting();
    const good = clients(9).map(combined);
    const broken = [
      combined(request()).replace('20/Nov/2026', '99/Foo/2026'),
      combined(request()).replace('20/Nov/2026', '20/Nov/1970'),
      `\u0001\u001b ${TARGET}`,
      TARGET,
      `{"request_uri":"${TARGET}"`,
      combined(request()).slice(0, -60),
      `"${'['.repeat(5000)}${TARGET}`,
    ];
    const bytes = Buffer.concat([
      Buffer.from(`${good.slice(0, 4).join('\n')}\n${broken.join('\n')}\n`),
      // A line ends for us where it holds the byte 0, which no server writes.
      Buffer.from(`\u0000${TARGET}\n`),
      Buffer.from([0xff, 0xfe, 0x0a]),
      Buffer.alloc(3_000_000, 0x61),
      Buffer.from(`\n${good.slice(4).join('\r\n')}`),
    ]);
    const { lines } = await collect([await write('access.log', bytes)]);
    expect(lines).toMatchObject({ counted: 9, broken: broken.length + 1 });
    expect((await day('2026-11-20'))?.downloads).toEqual(counts('1.0.0', 9));
  });

  it('skips broken JSON of any depth', async () => {
    const { write, collect } = await setting();
    const lines = [
      `{"a":${'['.repeat(30_000)}"${TARGET}"`,
      `[]"${TARGET}"`,
      `"${TARGET}"`,
      `{"ts":1e999,"x":"${TARGET}"}`,
      `{"ts":{},"x":"${TARGET}"}`,
    ];
    const formats = ['caddy', 'nginx-json', 'cloudflare'] as const;
    for (const format of formats) {
      const log = await write(`${format}.log`, logOf(clients(5), format) + lines.join('\n'));
      const { lines: told } = await collect([log], { delayHours: 24 * 30 });
      expect(told).toMatchObject({ open: 5, broken: 5 });
    }
  });

  it('cannot write a second request into a field', async () => {
    const { write, collect } = await setting();
    const forged = combined(request()).replaceAll('"', '\\x22');
    const log = await write(
      'access.log',
      logOf([request({ target: '/', agent: forged }), request({ target: '/', client: 'x' })]),
    );
    expect(await collect([log])).toMatchObject({ lines: { counted: 0 } });
  });

  it('reads files of any name as what they are called, and nothing else', async () => {
    const { write, collect, day } = await setting();
    await write('secret.log', logOf(clients(30, { target: TARGET.replace('1.0.0', '1.1.0') })));
    const names = ["a'; DROP TABLE seen; --.log", '*.log', '[a-z]*.log', '$(id).log', '{x,secret}.log', 'ü\n.log'];
    const logs = await Promise.all(
      names.map((name, at) => write(`names/${name}`, logOf(clients(5, { at: `2026-11-20T1${at}:00:00Z` })))),
    );
    expect(await collect(logs)).toMatchObject({ files: names.length });
    expect((await day('2026-11-20'))?.downloads).toEqual(counts('1.0.0', 5 * names.length));
  });

  it('leaves neither addresses nor user agents behind', async () => {
    const { index, write, collect } = await setting();
    await collect([await write('access.log', logOf(clients(9)))]);
    const files = (await readdir(join(index, 'stats'), { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    const texts = await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')));
    expect(texts.join('')).not.toMatch(/192\.0\.2|npm\/|[0-9a-f]{32}/);
  });
});

describe('logs that cannot be counted', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['notes.txt', 'Dear diary,\n', 'LOG_FORMAT_UNKNOWN'],
    ['cut.gz', gzipSync(logOf(clients(200))).subarray(0, 300), 'LOG_UNREADABLE'],
    ['broken.gz', Buffer.from([0x1f, 0x8b, 1, 2, 3, 4]), 'LOG_UNREADABLE'],
  ])('stop everything, and nothing is written: %s', async (name, content, code) => {
    const { index, write, collect } = await setting();
    const good = await write('access.log', logOf(clients(9)));
    await expect(collect([good, await write(name, content)])).rejects.toMatchObject({ code });
    expect(await readdir(index)).not.toContain('stats');
  });

  it('are no hindrance when they are empty or hidden', async () => {
    const { write, collect } = await setting();
    const folder = dirname(await write('logs/access.log', logOf(clients(9))));
    await write('logs/empty.log', '');
    await write('logs/.swp', 'x');
    expect(await collect([folder])).toMatchObject({ files: 1, lines: { counted: 9 } });
  });

  it('stop where a file is missing, or what was counted before is broken', async () => {
    const { index, write, collect } = await setting();
    await expect(collect([join(index, 'missing.log')])).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await put(join(index, 'stats/daily/2026-11-19.json'), '{');
    const log = await write('access.log', logOf(clients(9)));
    await expect(collect([log])).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });

  it('stop where the database has too little memory, which is told', async () => {
    const { write, collect } = await setting();
    const log = await write('access.log', logOf(clients(9)));
    await expect(collect([log], { memoryMiB: 1 })).rejects.toMatchObject({ code: 'COUNTING_FAILED' });
  });

  it('stop when they are told to', async () => {
    const { index, write, collect } = await setting();
    const log = await write('access.log', logOf(clients(9)));
    await expect(collect([log], { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readdir(index)).not.toContain('stats');
  });
});
