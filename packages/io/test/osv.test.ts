/** Vulnerabilities from a folder, from a server of a snapshot, and from a double of OSV’s own API. */
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { hasCode } from '@ar-registry/core/errors';
import type { AdvisorySource } from '@ar-registry/core/osv';
import { openAdvisories, prefixOf, readSnapshotIn } from '@ar-registry/io/osv';
import type { OsvRecord } from '@ar-registry/schemas';
import { describe, expect, it, onTestFinished } from 'vitest';

const NOW = new Date('2026-03-10T12:00:00Z');
const OPTIONS = { userAgent: 'a test', now: () => NOW, timeoutMs: 2000 };
const SNAPSHOT = {
  schemaVersion: 1,
  source: 'a test',
  takenAt: '2026-03-09T00:00:00Z',
  records: 2,
  parts: 'p',
  prefixLength: 1,
};

function record(id: string, name: string): OsvRecord {
  return {
    id,
    modified: '2026-01-01T00:00:00Z',
    affected: [{ package: { ecosystem: 'npm', name }, versions: ['1.0.0'] }],
  };
}

/** Path → text of a whole snapshot. */
function snapshotFiles(records: Readonly<Record<string, readonly OsvRecord[]>>): Map<string, string> {
  const byPrefix = Map.groupBy(Object.entries(records), ([name]) => prefixOf(name, 1));
  const parts = Array.from('0123456789abcdef', (prefix): [string, string] => {
    const packages = Object.fromEntries(byPrefix.get(prefix) ?? []);
    return [`osv/npm/p/${prefix}.json`, JSON.stringify({ schemaVersion: 1, packages })];
  });
  return new Map([['osv/npm/snapshot.json', JSON.stringify(SNAPSHOT)], ...parts]);
}

async function inFolder(files: ReadonlyMap<string, string>) {
  const where = fs.mkdtempSync(path.join(os.tmpdir(), 'ar-osv-'));
  for (const [file, text] of files) {
    fs.mkdirSync(path.dirname(path.join(where, file)), { recursive: true });
    fs.writeFileSync(path.join(where, file), text);
  }
  onTestFinished(() => fs.rmSync(where, { recursive: true }));
  return { where };
}

async function served(answer: http.RequestListener) {
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { where: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function onWeb(files: ReadonlyMap<string, string>) {
  return served((request, response) => {
    const text = files.get((request.url ?? '').slice(1));
    response.writeHead(text === undefined ? 404 : 200).end(text);
  });
}

async function idsOf(source: AdvisorySource, ...names: readonly string[]): Promise<Record<string, readonly string[]>> {
  const found = await source.find(names);
  return Object.fromEntries(Array.from(found, ([name, records]) => [name, records.map(({ id }) => id)]));
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'none',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );
}

const RECORDS = { left: [record('A', 'left'), record('B', 'left')], '@s/right': [record('C', '@s/right')] };

describe.each([
  ['a folder', inFolder, 'FILE_INVALID', 'FILE_NOT_FOUND'],
  ['a server', onWeb, 'REGISTRY_RESPONSE_INVALID', 'REGISTRY_STATUS'],
] as const)('a snapshot in %s', (...[, place, invalid, missing]) => {
  it('gives the records of each package, and none for those that have none', async () => {
    const there = await place(snapshotFiles(RECORDS));
    const source = openAdvisories(there.where, OPTIONS);
    expect(await source.snapshot()).toMatchObject({ takenAt: SNAPSHOT.takenAt });
    const ids = await idsOf(source, 'left', '@s/right', 'left', 'none', '__proto__', 'constructor');
    expect(ids).toEqual({ left: ['A', 'B'], '@s/right': ['C'] });
  });

  it.each([
    ['is no JSON', 'x'],
    ['is another document', '{"schemaVersion":1}'],
    ['is nested without end', '['.repeat(50_000)],
    ['names a folder elsewhere', JSON.stringify({ ...SNAPSHOT, parts: '../../etc' })],
    ['has another kind of prefix', JSON.stringify({ ...SNAPSHOT, prefixLength: 0 })],
  ])('is refused whose description %s', async (_title, text) => {
    const there = await place(snapshotFiles(RECORDS).set('osv/npm/snapshot.json', text));
    expect(await codeOf(openAdvisories(there.where, OPTIONS).snapshot())).toBe(invalid);
  });

  it('is refused whose description is too long', async () => {
    const there = await place(snapshotFiles(RECORDS).set('osv/npm/snapshot.json', ' '.repeat(100_000)));
    expect(await codeOf(openAdvisories(there.where, OPTIONS).snapshot())).toMatch(/INVALID|TOO_LARGE/);
  });

  it('that lacks a part, or has one that is none, is no answer', async () => {
    const files = snapshotFiles(RECORDS);
    const part = `osv/npm/p/${prefixOf('left', 1)}.json`;
    const broken = await place(new Map(files).set(part, '{"schemaVersion":1,"packages":{"left":[{}]}}'));
    expect(await codeOf(openAdvisories(broken.where, OPTIONS).find(['left']))).toBe(invalid);
    files.delete(part);
    const lacking = await place(files);
    expect(await codeOf(openAdvisories(lacking.where, OPTIONS).find(['left']))).toBe(missing);
  });

  it('that is not there is no answer, and is asked for again', async () => {
    const files = new Map<string, string>();
    const there = await place(files);
    const source = openAdvisories(there.where, OPTIONS);
    expect(await codeOf(source.snapshot())).toBe(missing);
    expect(await codeOf(source.find(['left']))).toBe(missing);
  });

  it('is not waited for once that is over', async () => {
    const there = await place(snapshotFiles(RECORDS));
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(openAdvisories(there.where, OPTIONS).find(['left'], signal)).rejects.toThrow('stopped');
  });
});

describe('a registry in a folder', () => {
  it('is named by its address, too', async () => {
    const there = await inFolder(snapshotFiles(RECORDS));
    const source = openAdvisories(pathToFileURL(there.where).href, OPTIONS);
    expect(await idsOf(source, '@s/right')).toEqual({ '@s/right': ['C'] });
  });

  it('is none on another machine', () => {
    const code: unknown = expect.objectContaining({ code: 'REGISTRY_URL_INVALID' });
    expect(() => openAdvisories('file://elsewhere/x%2Fy', OPTIONS)).toThrow(code);
  });
});

describe('what describes a snapshot in a folder', () => {
  it('is read, or is not there', async () => {
    const there = await inFolder(snapshotFiles({}));
    expect(await readSnapshotIn(there.where)).toEqual(SNAPSHOT);
    expect(await readSnapshotIn(path.join(there.where, 'osv'))).toBeUndefined();
  });
});

/** OSV’s API for some records, with pages of one result. @source https://google.github.io/osv.dev/api/ */
function osvApi(records: readonly OsvRecord[], seen: string[] = []): http.RequestListener {
  return (request, response) => {
    seen.push(`${request.method ?? ''} ${request.url ?? ''}`);
    const one = /^\/v1\/vulns\/(.+)$/.exec(request.url ?? '')?.[1];
    if (one !== undefined) {
      const found = records.find(({ id }) => id === decodeURIComponent(one));
      response.writeHead(found ? 200 : 404).end(JSON.stringify(found ?? { code: 5, message: 'Bug not found.' }));
      return;
    }
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { queries } = JSON.parse(body) as {
        queries: readonly { package: { name: string }; page_token?: string }[];
      };
      const results = queries.map(({ package: { name }, page_token: token = '0' }) => {
        const own = records.filter(({ affected = [] }) => affected.some((each) => each.package.name === name));
        const [at, next] = [Number(token), Number(token) + 1];
        const vulns = own.slice(at, next).map(({ id, modified }) => ({ id, modified }));
        return {
          ...(vulns.length === 0 ? {} : { vulns }),
          ...(next < own.length ? { next_page_token: String(next) } : {}),
        };
      });
      response.end(JSON.stringify({ results }));
    });
  };
}

const openApi = (where: string): AdvisorySource => openAdvisories(`${where}/v1/querybatch`, OPTIONS);

describe('OSV’s API', () => {
  it('gives the records of each package, page by page, and is of now', async () => {
    const there = await served(osvApi(Object.values(RECORDS).flat()));
    const source = openApi(there.where);
    expect(await idsOf(source, 'left', '@s/right', 'none')).toEqual({ left: ['A', 'B'], '@s/right': ['C'], none: [] });
    expect(await source.snapshot()).toEqual({ source: `${there.where}/v1`, takenAt: NOW.toISOString() });
  });

  it('is asked for each record once', async () => {
    const seen: string[] = [];
    const shared: OsvRecord = {
      ...record('A', 'left'),
      affected: ['left', 'right'].flatMap((name) => record('A', name).affected ?? []),
    };
    const there = await served(osvApi([shared], seen));
    expect(await idsOf(openApi(there.where), 'left', 'right')).toEqual({ left: ['A'], right: ['A'] });
    expect(seen).toEqual(['POST /v1/querybatch', 'GET /v1/vulns/A']);
  });

  it.each<[string, string]>([
    ['no JSON', 'x'],
    ['fewer results than were asked for', '{"results":[]}'],
    ['an error', '{"code":3,"message":"Invalid query."}'],
    ['pages without end', '{"results":[{"vulns":[],"next_page_token":"x"}]}'],
    [
      'too much',
      JSON.stringify({ results: [{ vulns: Array.from({ length: 3000 }, (_, id) => ({ id: `A-${id}` })) }] }),
    ],
    ['a record that is none', '{"results":[{"vulns":[{"id":"A"}]}]}'],
  ])('that answers with %s is no answer', async (_title, text) => {
    const there = await served((_request, response) => void response.end(text));
    expect(await codeOf(openApi(there.where).find(['left']))).toBe('REGISTRY_RESPONSE_INVALID');
  });

  it('that is not reachable is no answer', async () => {
    const there = await served((_request, response) => void response.writeHead(403).end());
    const error = await openApi(there.where)
      .find(['left'])
      .catch((thrown: unknown) => thrown);
    expect(hasCode(error, 'REGISTRY_STATUS') && error.facts.status).toBe(403);
  });

  it('is not followed to another address', async () => {
    const seen: string[] = [];
    const other = await served(osvApi([], seen));
    const there = await served((_request, response) => {
      response.writeHead(307, { location: `${other.where}/v1/querybatch` }).end();
    });
    expect(await codeOf(openApi(there.where).find(['left']))).toBe('REGISTRY_STATUS');
    expect(seen).toEqual([]);
  });
});
