/** A mirror: what it carries, who believes it, and what an origin that lies can do to it: nothing. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import type http from 'node:http';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { stringifyRecord } from '@ar-registry/core/yaml';
import type { ApiClient } from '@ar-registry/io/api-client';
import { integrityOf } from '@ar-registry/io/digest';
import type { MirrorDocument } from '@ar-registry/schemas';
import { validator as isMirror } from '@ar-registry/schemas/validators/api/mirror';
import { beforeEach, describe, expect, it } from 'vitest';
import { clientOf, filesIn, mirrorFixture, type MirrorFixture, type Published } from './mirror-fixture.ts';

const AUDIT = '@acme/audit';
const SHELL = '@acme/shell';
const later = (minor: number) => ({ name: AUDIT, version: `1.${minor}.0`, options: { first: false } });
const NEXT = later(1);
const OTHERS: readonly Published[] = [
  {
    name: SHELL,
    version: '1.0.0',
    options: { manifest: { permissions: { childProcess: ['git'] }, license: 'GPL-3.0-only' } },
  },
  {
    name: '@ar/tool',
    version: '1.0.0',
    options: { publishedAt: '2020-01-01T00:00:00Z', plugin: { trust: 'official' } },
  },
];
const { signal } = new AbortController();

let fixture: MirrorFixture;

beforeEach(async () => {
  fixture = await mirrorFixture();
});

const at = (...parts: readonly string[]): string => path.join(fixture.folder, ...parts);

async function statement(): Promise<MirrorDocument> {
  const result = isMirror(JSON.parse(await readFile(at('mirror', routes.mirror), 'utf8')));
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.value;
}

/** What a client gets of a version: the hash of its archive, or the code of what kept it. */
async function obtain(url: string, name: string, version: string): Promise<string> {
  return obtainBy(clientOf(fixture, url), name, version);
}

/** The same where the registry itself is out of order. */
async function obtainFrom(mirrors: readonly string[], name: string): Promise<string> {
  return obtainBy(clientOf(fixture, 'http://127.0.0.1:9', { mirrors }), name, '1.0.0');
}

async function obtainBy(client: ApiClient, name: string, version: string): Promise<string> {
  try {
    const document = await client.version(name, version, signal);
    const bytes = await client.download(client.archiveUrl(document), document.dist.size, signal);
    return integrityOf(bytes) === document.dist.integrity ? 'verified' : 'different';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('a full mirror', () => {
  it('is believed by whoever has the registry’s own root, as an address and in the registry’s place', async () => {
    expect(await fixture.mirror('--root', fixture.root)).toMatchObject({
      exitCode: 0,
      output: { applied: true, plugins: 1, versions: 1, withheld: 0, problems: [] },
    });
    const url = await fixture.serve('mirror');
    expect(await obtain(url, AUDIT, '1.0.0')).toBe('verified');
    expect(await obtainFrom([url], AUDIT)).toBe('verified');
    const client = clientOf(fixture, url);
    expect(await client.readme(AUDIT, signal)).toContain(AUDIT);
    expect((await client.search({ text: 'audit' }, signal)).plugins).toHaveLength(1);
    expect(await statement()).toMatchObject({ origin: fixture.url, root: fixture.root, withheld: {} });
  });

  it('has every file that clients check, with the same bytes, and nothing that nobody signed for', async () => {
    await fixture.mirror();
    const [origin, mirror] = [await filesIn(at('site')), new Map(await filesIn(at('mirror')))];
    mirror.delete(routes.mirror);
    for (const [file, bytes] of mirror) expect([file, bytes]).toEqual([file, origin.get(file)]);
    const left = [...origin.keys()].filter((file) => !mirror.has(file));
    expect(
      left.filter(
        (file) => !/^(?:badge|feeds?|npm|t|_headers)\b|\/(?:stats|changes)\/|readme\.html$|config-schema/.test(file),
      ),
    ).toEqual([]);
  });

  it('asks for the timestamp, and whether there is a new root, where nothing is new', async () => {
    await fixture.mirror();
    const before = await filesIn(at('mirror'));
    fixture.asked.length = 0;
    expect(await fixture.mirror()).toMatchObject({ exitCode: 0, output: { fetched: 1, deleted: 0 } });
    expect(fixture.asked.toSorted()).toEqual([`${routes.trust}/2.root.json`, `${routes.trust}/timestamp.json`]);
    expect(await filesIn(at('mirror'))).toEqual(before);
  });

  it('transfers only what is new, goes on with the log, and drops what is gone', async () => {
    await fixture.mirror();
    await fixture.publish(NEXT);
    fixture.asked.length = 0;
    expect(await fixture.mirror()).toMatchObject({ exitCode: 0, output: { versions: 2 } });
    expect(fixture.asked).toContain(routes.download(AUDIT, '1.1.0'));
    expect(fixture.asked).not.toContain(routes.download(AUDIT, '1.0.0'));
    const url = await fixture.serve('mirror');
    expect(await obtain(url, AUDIT, '1.1.0')).toBe('verified');
    expect(await clientOf(fixture, url).file(`${routes.log}/checkpoint`, 10_000, signal)).toBeDefined();
  });

  it('says with --dry-run what it would do, and does nothing', async () => {
    expect(await fixture.mirror('--dry-run')).toMatchObject({ output: { applied: false, versions: 1, missing: 1 } });
    await expect(readFile(at('mirror/.ar-mirror.json'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(fixture.asked).not.toContain(routes.download(AUDIT, '1.0.0'));
  });
});

describe('a mirror with a policy', () => {
  beforeEach(async () => {
    fixture = await mirrorFixture(OTHERS);
  });

  it.each([
    ['--deny-permission', 'childProcess', 'the permission childProcess'],
    ['--license', 'MIT', 'the licence GPL-3.0-only'],
    ['--deny', '@acme/sh*', 'its name is denied'],
  ])('leaves out by %s %s, and clients say why', async (flag, value, reason) => {
    expect(await fixture.mirror(flag, value)).toMatchObject({ exitCode: 0, output: { versions: 2, withheld: 1 } });
    expect((await statement()).withheld).toEqual({ [SHELL]: { '*': reason } });
    const url = await fixture.serve('mirror');
    const client = clientOf(fixture, url);
    await expect(client.version(SHELL, '1.0.0', signal)).rejects.toMatchObject({
      code: 'NOT_ON_MIRROR',
      facts: { what: `${SHELL}@1.0.0`, reason, origin: fixture.url },
    });
    await expect(client.readme(SHELL, signal)).rejects.toMatchObject({ code: 'NOT_ON_MIRROR' });
    expect((await client.plugin(SHELL, signal)).name).toBe(SHELL);
    expect(await obtain(url, AUDIT, '1.0.0')).toBe('verified');
  });

  it('takes trust, age and names from a file, and refuses a file that is none', async () => {
    await writeFile(at('policy.yaml'), 'schemaVersion: 1\nminimumTrust: official\nmaximumAgeDays: 100\n');
    expect(await fixture.mirror('--policy', 'policy.yaml')).toMatchObject({ output: { versions: 0, withheld: 3 } });
    expect((await statement()).withheld).toEqual({
      '@acme/audit': { '*': 'its level of trust is community, not official' },
      '@acme/shell': { '*': 'its level of trust is community, not official' },
      '@ar/tool': { '*': 'it is older than 100 days' },
    });
    await writeFile(at('policy.yaml'), 'schemaVersion: 1\nminimumTrst: official\n');
    expect(await fixture.mirror('--policy', 'policy.yaml')).toMatchObject({ exitCode: 1, code: 'FILE_INVALID' });
    expect(await fixture.mirror('--deny-permission', 'children')).toMatchObject({ exitCode: 2, code: 'USAGE' });
  });

  it('asks the next mirror for what one does not carry', async () => {
    await fixture.mirror('--deny', SHELL);
    const filtered = await fixture.serve('mirror');
    const full = await fixture.serve('site');
    expect(await obtainFrom([filtered, full], SHELL)).toBe('verified');
    expect(await obtainFrom([filtered], SHELL)).toBe('NOT_ON_MIRROR');
  });

  it('never carries what is revoked, and takes it away where it was', async () => {
    expect(await fixture.mirror()).toMatchObject({ output: { versions: 3 } });
    await fixture.change({ 'advisories/AR-2026-0001.yaml': stringifyRecord(revocation()) });
    expect(await fixture.mirror()).toMatchObject({ exitCode: 0, output: { versions: 2, withheld: 1 } });
    expect((await statement()).withheld).toEqual({ [SHELL]: { '*': 'it is revoked by AR-2026-0001' } });
    expect((await filesIn(at('mirror'))).has(routes.download(SHELL, '1.0.0'))).toBe(false);
    const list = await clientOf(fixture, await fixture.serve('mirror')).advisories(SHELL, signal);
    expect(list).toHaveLength(1);
  });
});

function revocation() {
  return {
    schemaVersion: 1,
    id: 'AR-2026-0001',
    modified: '2026-05-20T00:00:00Z',
    summary: 'Sends tokens to a stranger.',
    affected: [
      {
        package: { ecosystem: 'AgentRelay', name: SHELL },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }],
      },
    ],
    action: 'block-load',
  };
}

/** Endless, without a length. */
function flood(response: http.ServerResponse): boolean {
  const more = (): void => {
    while (!response.destroyed && response.write(Buffer.alloc(65_536)));
  };
  response.on('drain', more);
  more();
  return true;
}

describe('an origin that lies', () => {
  it.each([
    ['other bytes', (response: http.ServerResponse) => Boolean(response.end('other'))],
    ['bytes without end', flood],
    ['nothing', (response: http.ServerResponse) => Boolean(response.writeHead(404).end())],
  ])('with %s for an archive loses that version, and no other', async (_what, lie) => {
    await fixture.publish(NEXT);
    fixture.intercept = (file, response) => file === routes.download(AUDIT, '1.1.0') && lie(response);
    const { exitCode, output } = await fixture.mirror();
    expect([exitCode, output.versions, output.problems.length]).toEqual([3, 1, 1]);
    expect((await statement()).withheld[AUDIT]).toHaveProperty(['1.1.0']);
    const url = await fixture.serve('mirror');
    expect(await obtain(url, AUDIT, '1.0.0')).toBe('verified');
    fixture.intercept = undefined;
    expect(await fixture.mirror()).toMatchObject({ exitCode: 0, output: { versions: 2, problems: [] } });
  });

  it.each([
    [routes.plugin(AUDIT), 'TRUST_LENGTH_MISMATCH'],
    [`${routes.trust}/timestamp.json`, 'TRUST_METADATA_INVALID'],
    [`${routes.log}/tile/entries/000.p/2`, 'LOG_FILE_INVALID'],
  ])('about %s changes nothing', async (lied, code) => {
    await fixture.mirror();
    const before = await filesIn(at('mirror'));
    await fixture.publish(NEXT);
    fixture.intercept = (file, response) =>
      (file === lied || (file.includes('entries') && lied.includes('entries'))) && Boolean(response.end('{}'));
    expect(await fixture.mirror()).toMatchObject({ exitCode: 3, code });
    const after = await filesIn(at('mirror'));
    for (const [file, bytes] of before) expect([file, after.get(file)]).toEqual([file, bytes]);
    expect(await obtain(await fixture.serve('mirror'), AUDIT, '1.0.0')).toBe('verified');
  });

  it('cannot take a mirror back to an older state', async () => {
    const old = new Map(await filesIn(at('site')));
    await fixture.publish(NEXT);
    await fixture.mirror();
    fixture.intercept = (file, response) =>
      Boolean(response.writeHead(old.has(file) ? 200 : 404).end(old.get(file) ?? '', 'latin1'));
    expect(await fixture.mirror()).toMatchObject({ exitCode: 3, code: 'TRUST_ROLLBACK' });
  });

  it('cannot be met with another root than the one that was given', async () => {
    expect(await fixture.mirror('--root', 'a'.repeat(64))).toMatchObject({
      exitCode: 3,
      code: 'TRUST_METADATA_MISSING',
    });
  });

  it('is waited for where it asks for that, and goes on where it broke off', async () => {
    let refused = 0;
    fixture.intercept = (file, response) => {
      if (!file.endsWith('/download') || refused >= 4) return false;
      refused += 1;
      response.writeHead(429, { 'retry-after': '0' }).end();
      return true;
    };
    expect(await fixture.mirror()).toMatchObject({ exitCode: 0, output: { versions: 1 } });
    expect(refused).toBe(4);
    await fixture.publish(NEXT, later(2));
    fixture.intercept = (file, response) => file === routes.download(AUDIT, '1.1.0') && Boolean(response.destroy());
    expect(await fixture.mirror()).toMatchObject({ exitCode: 4, code: 'REGISTRY_UNREACHABLE' });
    expect(await obtain(await fixture.serve('mirror'), AUDIT, '1.0.0')).toBe('verified');
    fixture.intercept = undefined;
    fixture.asked.length = 0;
    expect(await fixture.mirror()).toMatchObject({ exitCode: 0, output: { versions: 3 } });
    expect(fixture.asked).not.toContain(routes.download(AUDIT, '1.2.0'));
  });
});

describe('a folder', () => {
  it('with the files of others, or of another registry, is left alone', async () => {
    await mkdir(at('mirror'));
    await writeFile(at('mirror/notes.txt'), 'mine');
    expect(await fixture.mirror()).toMatchObject({ exitCode: 1, code: 'OUTPUT_FOLDER_FOREIGN' });
    await rm(at('mirror/notes.txt'));
    await writeFile(at('mirror/.ar-mirror.json'), JSON.stringify({ origin: 'https://other.example', root: 'x' }));
    expect(await fixture.mirror()).toMatchObject({ exitCode: 1, code: 'MIRROR_OF_ANOTHER' });
  });

  it('does not lose most of what it has without a word', async () => {
    await fixture.publish(...Array.from({ length: 12 }, (_, number) => later(number + 1)));
    expect(await fixture.mirror()).toMatchObject({ output: { versions: 13 } });
    expect(await fixture.mirror('--deny', '@acme/*')).toMatchObject({ exitCode: 1, code: 'MIRROR_SHRINKS' });
    expect(await obtain(await fixture.serve('mirror'), AUDIT, '1.9.0')).toBe('verified');
    expect(await fixture.mirror('--deny', '@acme/*', '--allow-deletions')).toMatchObject({
      exitCode: 0,
      output: { versions: 0 },
    });
  });
});

describe('a registry without signatures', () => {
  it('is not mirrored', async () => {
    fixture = await mirrorFixture([], { signed: false });
    expect(await fixture.mirror()).toMatchObject({ exitCode: 3, code: 'MIRROR_UNSIGNED' });
  });
});
