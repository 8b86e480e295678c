/** `ar-registry osv`: from OSV’s export to a snapshot that is read again. */
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { hasCode } from '@ar-registry/core/errors';
import { matchAdvisory } from '@ar-registry/core/osv';
import { openAdvisories } from '@ar-registry/io/osv';
import type { OsvRecord, OsvSnapshot } from '@ar-registry/schemas';
import { validator as isOutput } from '@ar-registry/schemas/validators/cli/osv';
import { validator as isSnapshot } from '@ar-registry/schemas/validators/osv-snapshot';
import { execa } from 'execa';
import { beforeEach, describe, expect, it } from 'vitest';
import { type OsvInput, type OsvPorts, refreshOsv } from '../src/stages/osv/index.ts';
import { zipOf, type ZipEntry } from './support/zip.ts';

const NOW_MS = Date.parse('2026-03-10T12:00:00Z');
const MODIFIED = '2026-03-09T08:00:00Z';
const { signal } = new AbortController();

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ar-osv-'));
  return () => fs.rmSync(dir, { recursive: true, force: true });
});

const at = (...names: readonly string[]): string => path.join(dir, ...names);

function record(id: string, name: string, more: Partial<OsvRecord> & { readonly details?: string } = {}): OsvRecord {
  const range = { type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.3.0' }] };
  return { id, modified: MODIFIED, affected: [{ package: { ecosystem: 'npm', name }, ranges: [range] }], ...more };
}

function of(name: string, ecosystem = 'npm') {
  return { package: { ecosystem, name }, versions: ['1.0.0'] };
}

function entry(written: OsvRecord): ZipEntry {
  return { name: `${written.id}.json`, content: JSON.stringify(written) };
}

const refresh = (input: Partial<OsvInput> = {}, ports: Partial<OsvPorts> = {}) =>
  refreshOsv({ from: at('all.zip'), out: at('out'), force: false, ...input }, { nowMs: NOW_MS, signal, ...ports });

function writeExport(records: Iterable<OsvRecord>): void {
  fs.writeFileSync(at('all.zip'), zipOf(Array.from(records, entry)));
}

function many(count: number): readonly OsvRecord[] {
  return Array.from({ length: count }, (_, index) => record(`GHSA-${index}`, `package-${index}`));
}

function snapshot(): OsvSnapshot {
  const result = isSnapshot(JSON.parse(fs.readFileSync(at('out/osv/npm/snapshot.json'), 'utf8')));
  if (!result.ok) throw new Error('no snapshot');
  return result.value;
}

/** Every file below the snapshot with its content: what a reader can meet. */
function tree(): ReadonlyMap<string, string> {
  const names = fs.readdirSync(at('out'), { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return new Map(
    names.map((each) => {
      const file = path.join(each.parentPath, each.name);
      return [path.relative(at('out'), file), fs.readFileSync(file, 'utf8')];
    }),
  );
}

const find = async (...names: readonly string[]): Promise<ReadonlyMap<string, readonly OsvRecord[]>> =>
  openAdvisories(at('out'), { userAgent: 'a test', now: () => new Date(NOW_MS) }).find(names, signal);

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'none',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );
}

describe('a snapshot', () => {
  it('gives each package its records, and says of when they are', async () => {
    writeExport([
      record('GHSA-1', 'left'),
      record('MAL-2', 'left'),
      record('GHSA-3', '@s/right'),
      record('GHSA-4', '__proto__'),
    ]);
    const outcome = await refresh();
    expect(outcome).toMatchObject({ records: 4, packages: 3, takenAt: '2026-03-09T08:00:00.000Z', changed: true });
    expect(snapshot()).toMatchObject({ source: 'all.zip', takenAt: outcome.takenAt, records: 4 });
    const found = await find('left', '@s/right', '__proto__', 'none', 'constructor');
    const ids = new Map(Array.from(found, ([name, records]) => [name, records.map(({ id }) => id)]));
    expect(ids).toEqual(
      new Map([
        ['@s/right', ['GHSA-3']],
        ['__proto__', ['GHSA-4']],
        ['left', ['GHSA-1', 'MAL-2']],
      ]),
    );
    const [first] = found.get('left') ?? [];
    expect(first && matchAdvisory(first, { name: 'left', version: '1.2.0' })).toEqual({ fixed: '1.3.0' });
  });

  it('keeps what tells versions, and no more text than a sentence', async () => {
    writeExport([
      record('A', 'left', { details: 'long', summary: 'x\n'.repeat(500) }),
      record('B', 'left', { withdrawn: MODIFIED }),
      record('C', 'left', { affected: [of('left', 'PyPI')] }),
      record('D', 'left', { affected: [of('left'), of('right'), of('left', 'PyPI')] }),
      record('E', 'left', { affected: [{ ...of('left'), ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] }] }),
    ]);
    expect(await refresh()).toMatchObject({ records: 3, withdrawn: 1, packages: 2 });
    const left = (await find('left')).get('left') ?? [];
    expect(left.map(({ id }) => id)).toEqual(['A', 'D', 'E']);
    expect(Object.keys(left[0] ?? {})).toEqual(['id', 'modified', 'summary', 'affected']);
    expect(left[0]?.summary).toHaveLength(300);
    expect(left[1]?.affected).toEqual([of('left')]);
    expect(left[2]?.affected).toEqual([of('left')]);
  });

  it('keeps how grave it is, as far as that can be believed to be a rating', async () => {
    const score = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
    const rated = record('A', 'left', {
      severity: [
        { type: 'CVSS_V3', score },
        { type: 'CVSS_V3', score: '\u001b[31mAV:N' },
        { type: 'Ubuntu', score: 'high' },
      ],
      database_specific: { severity: 'HIGH' },
    });
    writeExport([rated, record('B', 'left', { database_specific: { severity: '\u001b[2J' } })]);
    await refresh();
    const left = (await find('left')).get('left') ?? [];
    expect(left[0]).toMatchObject({ severity: [{ type: 'CVSS_V3', score }], database_specific: { severity: 'HIGH' } });
    expect(left[0]?.severity).toHaveLength(1);
    expect(Object.keys(left[1] ?? {})).toEqual(['id', 'modified', 'affected']);
  });

  it('is the same, byte for byte, whatever the order of the export', async () => {
    const records = many(300);
    writeExport(records);
    await refresh();
    const first = tree();
    writeExport(records.toReversed());
    expect((await refresh()).changed).toBe(false);
    expect(tree()).toEqual(first);
  });

  it('has one record for each id, the one that was changed last', async () => {
    const newer = record('A', 'left', { modified: '2026-03-10T00:00:00Z', summary: 'newer' });
    const name = 'A-again.json';
    fs.writeFileSync(at('all.zip'), zipOf([{ ...entry(newer), name }, entry(record('A', 'left'))]));
    await refresh();
    expect((await find('left')).get('left')?.map(({ summary }) => summary)).toEqual(['newer']);
  });

  it('comes from a folder as from a zip', async () => {
    fs.mkdirSync(at('folder'));
    for (const { name, content } of many(20).map(entry)) fs.writeFileSync(at('folder', name), content);
    expect(await refresh({ from: at('folder') })).toMatchObject({ records: 20, source: 'folder' });
  });

  it('counts what cannot be read as a record, and leaves it out', async () => {
    const odd = ['{', '[]', 'null', '{"id": 1}', '['.repeat(100_000), '{"id":"x","modified":"","affected":{}}'];
    const entries = odd.map((content, index) => ({ name: `odd-${index}.json`, content }));
    fs.writeFileSync(at('all.zip'), zipOf([...entries, { name: 'README', content: 'x' }, entry(record('A', 'left'))]));
    expect(await refresh()).toMatchObject({ records: 1, unreadable: 6 });
  });
});

describe('the present snapshot', () => {
  beforeEach(async () => {
    writeExport(many(100));
    await refresh();
  });

  it('stays whole while the new one is made, and when that ends half-way', async () => {
    const before = tree();
    const controller = new AbortController();
    writeExport(many(200));
    const limits = { entries: 150, entryBytes: 1e6, totalBytes: 1e9 };
    expect(await codeOf(refresh({}, { limits }))).toBe('OSV_EXPORT_INVALID');
    expect(tree()).toEqual(before);
    controller.abort(new Error('stopped'));
    await expect(refresh({}, { signal: controller.signal })).rejects.toThrow('stopped');
    expect(tree()).toEqual(before);
  });

  it('stays where an export lost many records, unless told otherwise', async () => {
    const before = tree();
    writeExport(many(79));
    expect(await codeOf(refresh())).toBe('OSV_EXPORT_SHRUNK');
    expect(tree()).toEqual(before);
    expect(await refresh({ force: true })).toMatchObject({ records: 79 });
    writeExport(many(70));
    expect(await refresh()).toMatchObject({ records: 70 });
  });

  it('keeps its parts for who has read its description, and not those before', async () => {
    const names = [snapshot().parts];
    for (const count of [110, 120]) {
      writeExport(many(count));
      await refresh();
      names.push(snapshot().parts);
    }
    const folders = fs.readdirSync(at('out/osv/npm')).filter((name) => name !== 'snapshot.json');
    expect(folders.toSorted()).toEqual(names.slice(1).toSorted());
  });

  it('that is not valid is not replaced without a word', async () => {
    fs.writeFileSync(at('out/osv/npm/snapshot.json'), '{}');
    expect(await codeOf(refresh())).toBe('FILE_INVALID');
    expect(await refresh({ force: true })).toMatchObject({ records: 100 });
  });
});

describe('an export that is none', () => {
  it.each<[string, () => Buffer]>([
    ['no zip', () => Buffer.from('no zip')],
    ['half a zip', () => zipOf(many(50).map(entry)).subarray(0, 3000)],
    ['an empty zip', () => zipOf([])],
    ['a zip without records', () => zipOf([{ name: 'x.txt', content: 'x' }])],
    ['a zip of records for others', () => zipOf([entry(record('A', 'x', { affected: [] }))])],
    ['a file that is larger than it says', () => zipOf([{ ...entry(record('A', 'left')), claimedBytes: 10 }])],
    ['a file that is smaller than it says', () => zipOf([{ ...entry(record('A', 'left')), claimedBytes: 100_000 }])],
    ['a file that leads outside', () => zipOf([{ ...entry(record('A', 'left')), name: '../../A.json' }])],
    ['a bomb', () => zipOf([{ name: 'A.json', content: Buffer.alloc(17 * 1024 * 1024, ' ') }])],
    [
      'a bomb that hides',
      () => zipOf([{ name: 'A.json', content: Buffer.alloc(17 * 1024 * 1024, ' '), claimedBytes: 100 }]),
    ],
  ])('is refused: %s', async (_title, content) => {
    fs.writeFileSync(at('all.zip'), content());
    expect(await codeOf(refresh())).toBe('OSV_EXPORT_INVALID');
    expect([...tree()]).toEqual([]);
  });

  it('is refused where nothing is there', async () => {
    expect(await codeOf(refresh())).toBe('FILE_NOT_FOUND');
  });
});

async function served(answer: http.RequestListener) {
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/npm/all.zip`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

describe('an export on the web', () => {
  it('is of when the server says, and its address is told without what it hides', async () => {
    const bytes = zipOf([entry(record('A', 'left'))]);
    await using server = await served((_request, response) => {
      response.writeHead(200, { 'last-modified': 'Tue, 10 Mar 2026 06:00:00 GMT' }).end(bytes);
    });
    const from = server.url.replace('//', '//user:secret@');
    expect(await refresh({ from: `${from}?token=x` })).toMatchObject({
      source: server.url,
      takenAt: '2026-03-10T06:00:00.000Z',
    });
  });

  it('is asked for again where the connection breaks', async () => {
    const bytes = zipOf(many(200).map(entry));
    let asked = 0;
    await using server = await served((_request, response) => {
      asked += 1;
      if (asked > 1) return void response.end(bytes);
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 5000), () => response.destroy());
    });
    expect(await refresh({ from: server.url })).toMatchObject({ records: 200 });
    expect(asked).toBe(2);
  });

  it('that is not there is an error', async () => {
    await using server = await served((_request, response) => void response.writeHead(404).end());
    const error = await refresh({ from: server.url }).catch((thrown: unknown) => thrown);
    expect(hasCode(error, 'REGISTRY_STATUS') && error.facts.status).toBe(404);
  });
});

describe('an export of 20,000 records and 100 MB', () => {
  it('is taken with a heap of 128 MB', async () => {
    const details = 'Lorem ipsum dolor sit amet. '.repeat(180);
    writeExport(Array.from({ length: 20_000 }, (_, index) => record(`MAL-${index}`, `package-${index}`, { details })));
    const main = path.resolve(import.meta.dirname, '../src/main.ts');
    const args = [
      '--conditions=ar-source',
      '--max-old-space-size=128',
      main,
      'osv',
      '--from',
      'all.zip',
      '--out',
      'out',
      '--json',
    ];
    const { stdout } = await execa(process.execPath, args, { cwd: dir });
    expect(isOutput(JSON.parse(stdout))).toMatchObject({ ok: true, value: { records: 20_000, packages: 20_000 } });
    expect(snapshot().prefixLength).toBe(3);
    expect((await find('package-19999')).get('package-19999')).toHaveLength(1);
    expect(fs.readdirSync(at('out/osv/npm', snapshot().parts))).toHaveLength(4096);
  });
});
