/** The log of decisions, from the history of an index to its files, and back. */
import { readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { leafHash, parseBundle, parseCheckpoint, parseEntry } from '@ar-registry/core/transparency';
import {
  checkLog,
  isConsistent,
  proveInclusion,
  readEntries,
  sha256,
  type InstalledVersion,
  type ReadLogFile,
} from '@ar-registry/io/transparency';
import { describe, expect, it } from 'vitest';
import { logIdentities } from '../src/stages/log/append-log.ts';
import { logFixture, manyVersions, versionOf, type LogFixture } from './log-fixture.ts';

const V1 = 'plugins/@acme/hello/versions/1.0.0.yaml';

async function kindsOf(fixture: LogFixture): Promise<readonly string[]> {
  const checkpoint = parseCheckpoint(await fixture.read('checkpoint'));
  const entries = await readEntries(fixture.read, checkpoint);
  return entries.map((entry) => parseEntry(entry)?.kind ?? 'none');
}

async function filesOf(site: string): Promise<readonly string[]> {
  const folder = path.join(site, routes.log);
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .toSorted();
}

const forged: ReadLogFile = async (file) =>
  file === 'checkpoint' ? Buffer.from('evil/log\n0\n\n\n— x y\n') : undefined;

describe('the log', () => {
  it('is what the history of the index says, and grows by what is new alone', async () => {
    const fixture = await logFixture();
    await fixture.commit({ [V1]: versionOf('sha512-aa') });
    expect(await fixture.append()).toMatchObject({ size: 2, added: 2 });
    await fixture.commit({ 'plugins/@acme/hello/status.yaml': 'yanked: {1.0.0: broken}\n' });
    await fixture.commit({ 'README.md': 'no decision' });
    expect(await fixture.append()).toMatchObject({ size: 3, added: 1 });
    expect(await fixture.append()).toMatchObject({ size: 3, added: 0 });
    expect(await kindsOf(fixture)).toEqual(['settings', 'publish', 'yank']);
    expect(await fixture.verify()).toMatchObject({ size: 3, expected: 3, differences: [] });
  });

  it('takes a merge as one decision, whatever happened on its branch', async () => {
    const fixture = await logFixture();
    await fixture.git('switch', '--quiet', '--create', 'publish');
    await fixture.commit({ [V1]: versionOf('sha512-first') });
    await fixture.commit({ [V1]: versionOf('sha512-aa') });
    await fixture.git('switch', '--quiet', 'main');
    await fixture.commit({ 'categories.yaml': 'a: b\n' });
    await fixture.git('merge', '--quiet', '--no-ff', '--no-edit', 'publish');
    await fixture.append();
    expect(await kindsOf(fixture)).toEqual(['settings', 'settings', 'publish']);
    const [bundle] = [parseBundle(await fixture.read('tile/entries/000.p/3')) ?? []];
    expect(parseEntry(bundle[2] ?? new Uint8Array())).toMatchObject({
      commit: await fixture.git('rev-parse', 'HEAD'),
      integrity: 'sha512-aa',
    });
  });

  it('has the same bytes when it is made at once and when it grew, over the edge of a tile', async () => {
    const fixture = await logFixture();
    for (const [from, to] of [
      [0, 200],
      [200, 255],
      [255, 300],
    ] as const) {
      await fixture.commit(manyVersions(from, to));
      await fixture.append();
    }
    const other = path.join(fixture.folder, 'other');
    expect(await fixture.append({ into: other })).toMatchObject({ size: 301, added: 301 });
    await fixture.append();
    const [grown, made] = [await filesOf(fixture.site), await filesOf(other)];
    expect(grown).toEqual(made);
    expect(made).toContain('tile/0/000');
    expect(made).toContain('tile/0/001.p/45');
    for (const file of made)
      expect(await readFile(path.join(other, routes.log, file))).toEqual(await fixture.read(file));
    expect(await fixture.verify()).toMatchObject({ size: 301, differences: [] });
  });

  it('has the entries of one commit in the order of its files, however many there are', async () => {
    const fixture = await logFixture();
    await fixture.commit(manyVersions(0, 5002));
    expect(await fixture.append()).toMatchObject({ size: 5003, added: 5003 });
    const entries = await readEntries(fixture.read, parseCheckpoint(await fixture.read('checkpoint')));
    const files = entries.slice(1).map((entry) => parseEntry(entry)?.file);
    expect(files).toEqual(Object.keys(manyVersions(0, 5002)).toSorted());
    expect(new Set(entries.map((entry) => parseEntry(entry)?.integrity)).size).toBe(5003);
  }, 60_000);

  it('proves each entry, and each state before it, out of its own files', async () => {
    const fixture = await logFixture();
    await fixture.commit(manyVersions(0, 200));
    await fixture.append();
    const before = parseCheckpoint(await fixture.read('checkpoint'));
    await fixture.commit(manyVersions(200, 300));
    await fixture.append();
    const after = parseCheckpoint(await fixture.read('checkpoint'));
    expect(await isConsistent({ before, after }, fixture.read)).toBe(true);
    // Who is in the middle of reading the state before finds its tiles.
    expect(await isConsistent({ before, after: before }, fixture.read)).toBe(true);
    const entries = await readEntries(fixture.read, after);
    for (const index of [0, 17, 200, 255, 256, 300]) {
      const leaf = leafHash(entries[index] ?? new Uint8Array(), sha256);
      expect(await proveInclusion({ leaf, index }, after, fixture.read)).toBeLessThanOrEqual(1024);
      expect(await proveInclusion({ leaf, index: (index + 1) % 301 }, after, fixture.read)).toBeUndefined();
    }
    const [leaf, index] = [leafHash(entries[17] ?? new Uint8Array(), sha256), 17];
    expect(await proveInclusion({ leaf, index }, before, fixture.read)).toBeDefined();
  });

  it('goes on without what was published, if that is not to be had', async () => {
    const fixture = await logFixture();
    await fixture.commit({ [V1]: versionOf('sha512-aa') });
    await fixture.append();
    const checkpoint = await fixture.read('checkpoint');
    await fixture.commit({ 'scopes/acme.yaml': 'level: verified\n' });
    const onlyCheckpoint = async (file: string) => (file === 'checkpoint' ? checkpoint : undefined);
    expect(await fixture.append({ previous: onlyCheckpoint })).toMatchObject({ size: 3, added: 1 });
    expect(await fixture.append({ previous: async () => undefined })).toMatchObject({ size: 3, added: 3 });
    expect(await fixture.append({ previous: forged })).toMatchObject({ size: 3, added: 3 });
  });
});

it('goes on whatever lies in the index: links, names with line feeds, what is no YAML', async () => {
  const fixture = await logFixture();
  const at = (name: string): string => path.join(fixture.folder, 'index', name);
  await fixture.commit({
    [V1]: 'a: [',
    'plugins/@acme/hello/versions/1.0.0\n\u0001.yaml': 'x',
    'scopes/:100644 a.yaml': '&a [*a]',
  });
  await rm(at(V1));
  await symlink('/etc/passwd', at(V1));
  await fixture.commit({ 'scopes/acme.yaml': `level: ${'x'.repeat(100_000)}\n` });
  await fixture.append();
  expect(await kindsOf(fixture)).toEqual(['settings', 'unreadable', 'unreadable', 'unreadable', 'withdraw', 'scope']);
  expect(await fixture.verify()).toMatchObject({ size: 6, differences: [] });
});

describe('a history that was rewritten', () => {
  it.each([
    ['by another commit in place of the last', ['reset', '--quiet', '--hard', 'HEAD~1']],
    ['from the beginning', ['checkout', '--quiet', '--orphan', 'other']],
  ])('%s is refused, and the log stays as it is', async (_what, args) => {
    const fixture = await logFixture();
    await fixture.commit({ [V1]: versionOf('sha512-aa') });
    await fixture.append();
    const before = await fixture.read('checkpoint');
    await fixture.git(...args);
    await fixture.commit({ [V1]: versionOf('sha512-bb') });
    await expect(fixture.append()).rejects.toMatchObject({ code: 'LOG_REWRITTEN' });
    const onlyCheckpoint = async (file: string) => (file === 'checkpoint' ? before : undefined);
    await expect(fixture.append({ previous: onlyCheckpoint })).rejects.toMatchObject({ code: 'LOG_REWRITTEN' });
    expect(await fixture.read('checkpoint')).toEqual(before);
    const { differences } = await fixture.verify();
    expect(differences[0]?.what).toContain('the repository');
  });

  it('that ends before the log does is refused', async () => {
    const fixture = await logFixture();
    await fixture.commit({ [V1]: versionOf('sha512-aa') });
    await fixture.append();
    await fixture.git('reset', '--quiet', '--hard', 'HEAD~1');
    await expect(fixture.append()).rejects.toMatchObject({ code: 'LOG_REWRITTEN' });
  });

  it('is not taken for one where only a part of it was cloned', async () => {
    const fixture = await logFixture();
    await fixture.commit({ [V1]: versionOf('sha512-aa') });
    await writeFile(path.join(fixture.folder, 'index/.git/shallow'), `${await fixture.git('rev-parse', 'HEAD')}\n`);
    await expect(fixture.append()).rejects.toMatchObject({ code: 'INDEX_UNREADABLE' });
  });
});

it('a commit that is on no accepted branch is not logged, whoever says that the site was built from it', async () => {
  const fixture = await logFixture();
  await fixture.git('switch', '--quiet', '--create', 'submission');
  const stranger = await fixture.commit({ [V1]: versionOf('sha512-evil') });
  await fixture.git('switch', '--quiet', 'main');
  const accepted = await fixture.git('rev-parse', 'HEAD');
  await fixture.commit({ 'categories.yaml': 'a: b\n' });
  await expect(fixture.append({ revision: stranger })).rejects.toMatchObject({ code: 'LOG_REWRITTEN' });
  expect(await fixture.append({ revision: accepted })).toMatchObject({ size: 1 });
});

async function published(): Promise<LogFixture> {
  const fixture = await logFixture();
  await fixture.commit({ [V1]: versionOf('sha512-aa') });
  await fixture.append();
  return fixture;
}

describe('a client', () => {
  const version = { name: '@acme/hello', version: '1.0.0', integrity: 'sha512-aa' } as const;

  /** What a client that has seen the log is told by `read`, and whether it keeps what it was shown. */
  async function ask(
    fixture: LogFixture,
    { versions = [version], keeps = true, isKept = true, edit = unchanged }: Asked = {},
  ) {
    let kept: Uint8Array | undefined = isKept ? await fixture.read('checkpoint') : undefined;
    const before = kept;
    const [identity] = keeps ? logIdentities(await fixture.trust()) : [];
    const read = async (route: string): Promise<Uint8Array | undefined> => {
      const file = route.slice(`${routes.log}/`.length);
      const bytes = await fixture.read(file);
      return bytes.length === 0 ? undefined : edit(file, bytes);
    };
    const seen = { read: async () => kept, keep: async (_url: string, note: Uint8Array) => void (kept = note) };
    const asked = checkLog({ registry: 'https://registry.example.com', identity, read, versions }, seen);
    const refusal = await asked.then(
      () => undefined,
      (error: unknown) => ({ error, isUntouched: kept === before }),
    );
    if (refusal?.isUntouched === false) throw new Error('What was shown was kept, and refused.');
    return asked;
  }

  it('is told where its version stands, and when the log was last seen', async () => {
    const fixture = await published();
    const proved = [{ name: '@acme/hello', version: '1.0.0', index: 1, proofBytes: 32 }];
    expect(await ask(fixture, { isKept: false })).toMatchObject({
      state: 'consistent',
      size: 2,
      since: undefined,
      proved,
    });
    expect(await ask(fixture)).toMatchObject({ state: 'consistent', since: 2, proved });
    expect(await ask(fixture, { versions: [] })).toMatchObject({ proved: [] });
  });

  it('is told nothing by a registry that keeps none, unless it kept one before', async () => {
    const fixture = await published();
    expect(await ask(fixture, { keeps: false, isKept: false })).toEqual({ state: 'none' });
    await expect(ask(fixture, { keeps: false })).rejects.toMatchObject({ code: 'LOG_MISSING' });
  });

  it('finds a version that was changed, under both of its hashes', async () => {
    const fixture = await published();
    await fixture.commit({ [V1]: versionOf('sha512-bb') });
    await fixture.append();
    expect(await ask(fixture)).toMatchObject({ state: 'consistent' });
    expect(await ask(fixture, { versions: [{ ...version, integrity: 'sha512-bb' }] })).toMatchObject({
      state: 'consistent',
    });
  });

  it.each<[string, Asked, string]>([
    ['no checkpoint', { edit: (file, bytes) => (file === 'checkpoint' ? undefined : bytes) }, 'LOG_MISSING'],
    [
      'a checkpoint that nobody signed',
      { edit: (file, bytes) => (file === 'checkpoint' ? bytes.with(0, 0x78) : bytes) },
      'LOG_CHECKPOINT_INVALID',
    ],
    ['another hash of its version', { versions: [{ ...version, integrity: 'sha512-cc' }] }, 'LOG_ENTRY_DIFFERENT'],
    ['no entry for its version', { versions: [{ ...version, version: '6.6.6' }] }, 'LOG_ENTRY_MISSING'],
    ['no entry for its plugin', { versions: [{ ...version, name: '@acme/other' }] }, 'LOG_ENTRY_MISSING'],
    [
      'no JSON for its plugin',
      { edit: (file, bytes) => (file.startsWith('plugins/') ? Buffer.from('{') : bytes) },
      'LOG_FILE_INVALID',
    ],
    [
      'a tile that is too short',
      { edit: (file, bytes) => (file.startsWith('tile/0') ? bytes.slice(1) : bytes) },
      'LOG_FILE_INVALID',
    ],
    ['a number that is none', { edit: edited('"index":1', '"index":-1') }, 'LOG_FILE_INVALID'],
    ['a number beyond the end', { edit: edited('"index":1', '"index":99') }, 'LOG_PROOF_INVALID'],
    ['an entry that was changed', { edit: edited('"kind":"publish"', '"kind":"amend"') }, 'LOG_PROOF_INVALID'],
  ])('refuses %s, and keeps what it has seen', async (_what, asked, code) => {
    await expect(ask(await published(), asked)).rejects.toMatchObject({ code, exit: 3 });
  });
});

interface Asked {
  readonly versions?: readonly InstalledVersion[];
  /** Whether the registry keeps a log, as its root says. */
  readonly keeps?: boolean;
  /** Whether the client has seen it before. */
  readonly isKept?: boolean;
  /** What the server makes of a file. */
  readonly edit?: (file: string, bytes: Uint8Array) => Uint8Array | undefined;
}

const unchanged = (_file: string, bytes: Uint8Array): Uint8Array => bytes;

/** Writes something else into the list of a plugin. */
function edited(from: string, to: string): NonNullable<Asked['edit']> {
  return (file, bytes) =>
    file.startsWith('plugins/') ? Buffer.from(Buffer.from(bytes).toString('utf8').replace(from, to)) : bytes;
}

describe('the audit', () => {
  it.each([
    ['a tile', 'tile/0/000.p/2'],
    ['the list of a plugin', 'plugins/@acme/hello.json'],
  ])('finds %s that does not follow from the entries', async (_what, file) => {
    const fixture = await logFixture();
    await fixture.commit({ [V1]: versionOf('sha512-aa') });
    await fixture.append();
    await writeFile(path.join(fixture.site, routes.log, file), 'changed');
    expect((await fixture.verify()).differences).toEqual([{ what: `${file} is different` }]);
  });

  it('refuses entries that are not those of the checkpoint, and a checkpoint that nobody signed', async () => {
    const fixture = await logFixture();
    await fixture.append();
    const at = (file: string): string => path.join(fixture.site, routes.log, file);
    const bundle = Buffer.from(await fixture.read('tile/entries/000.p/1'));
    await writeFile(
      at('tile/entries/000.p/1'),
      bundle.toString('latin1').replace('registry.yaml', 'registry.yaml'.toUpperCase()),
      'latin1',
    );
    await expect(fixture.verify()).rejects.toMatchObject({ code: 'LOG_FILE_INVALID' });
    const note = Buffer.from(await fixture.read('checkpoint')).toString('utf8');
    await writeFile(at('checkpoint'), note.replace('\n1\n', '\n2\n'));
    await expect(fixture.verify()).rejects.toMatchObject({ code: 'LOG_CHECKPOINT_INVALID' });
  });
});
