/** What a pull request could try. Each is refused, with a code of its own, and what is refused is not merged. */
import { archiveStorePath } from '@ar-registry/core/archive';
import { isError } from '@ar-registry/core/findings';
import { parseVersionRecord } from '@ar-registry/core/record';
import { stringifyRecord } from '@ar-registry/core/yaml';
import { readArchive } from '@ar-registry/io/archive';
import { integrityOf } from '@ar-registry/io/digest';
import { openRepository } from '@ar-registry/io/git';
import { hostileArchives, rawGzip, rawTar } from '@ar-registry/testing/archives';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { merge } from '../src/stages/merge/index.ts';
import { validateChange } from '../src/stages/validate/index.ts';
import { ADA, CLOCK, EVE, testRegistry, type Files, type TestRegistry } from './registry-fixture.ts';

const AUTHOR = { name: 'ar-registry', email: 'ar-registry@localhost' };

/** A registry in which @acme/audit 1.0.0 of Ada is published. */
async function published(): Promise<TestRegistry> {
  const registry = await testRegistry();
  await registry.commit('seed', await registry.submission('@acme/audit', '1.0.0'));
  await registry.accept('seed');
  return registry;
}

async function errorsOf(registry: TestRegistry, submitter = EVE): Promise<readonly string[]> {
  const repository = await openRepository(registry.bare);
  const change = { repository, base: 'main', head: 'evil', submitter };
  const { findings } = await validateChange(change, { clock: CLOCK });
  return [...new Set(findings.filter(isError).map(({ code }) => code))];
}

async function expectNotMerged(registry: TestRegistry, submitter = EVE): Promise<void> {
  const before = await registry.git('rev-parse', 'main');
  const input = { url: registry.bare, branch: 'evil', into: 'main', submitter, reviewed: true, author: AUTHOR };
  expect((await merge(input, { clock: CLOCK })).result.state).toBe('refused');
  expect(await registry.git('rev-parse', 'main')).toBe(before);
}

const BY_EVE = { publishedBy: EVE, first: false };

const ATTACKS: readonly (readonly [string, string, (registry: TestRegistry) => Promise<Files>])[] = [
  [
    'publishing a version of somebody else’s plugin',
    'NOT_OWNER',
    (registry) => registry.submission('@acme/audit', '1.1.0', BY_EVE),
  ],
  [
    'becoming an owner on the way',
    'NOT_OWNER',
    (registry) => registry.submission('@acme/audit', '1.1.0', { publishedBy: EVE, plugin: { owners: [ADA, EVE] } }),
  ],
  [
    'publishing in somebody else’s scope',
    'NOT_OWNER',
    (registry) => registry.submission('@acme/new', '1.0.0', { publishedBy: EVE }),
  ],
  [
    'publishing in somebody else’s name',
    'SUBMITTER_MISMATCH',
    (registry) => registry.submission('@acme/audit', '1.1.0', { first: false }),
  ],
  [
    'changing a published version',
    'VERSION_FILE_CHANGED',
    (registry) => registry.submission('@acme/audit', '1.0.0', { ...BY_EVE, files: { 'dist/index.js': 'steal()' } }),
  ],
  [
    'taking a reserved scope',
    'SCOPE_RESERVED',
    async (registry) => {
      const files = await registry.submission('@agentrelay/core', '1.0.0', { publishedBy: EVE });
      return files.set('scopes/agentrelay.yaml', scope('agentrelay'));
    },
  ],
  [
    'making a scope official',
    'SCOPE_LEVEL_NOT_ALLOWED',
    async () => new Map([['scopes/fresh.yaml', scope('fresh', 'official')]]),
  ],
  [
    'a plugin that calls itself verified',
    'TRUST_NOT_ALLOWED',
    async (registry) => {
      const files = await registry.submission('@eves/x', '1.0.0', { publishedBy: EVE, plugin: { trust: 'verified' } });
      return files.set('scopes/eves.yaml', scope('eves'));
    },
  ],
  ['a scope that looks like another', 'NAME_LOOKALIKE', async () => new Map([['scopes/acrne.yaml', scope('acrne')]])],
  [
    'a change of the workflows beside it',
    'PATH_NOT_ALLOWED',
    async () => new Map([['.github/workflows/ci.yml', 'on: push\n']]),
  ],
  [
    'a script among the records',
    'PATH_NOT_ALLOWED',
    async () => new Map([['plugins/@acme/audit/install.sh', 'rm -rf /\n']]),
  ],
  [
    'a change of the registry beside a plugin',
    'OTHER_PLUGIN_CHANGED',
    async (registry) => {
      const files = await registry.submission('@acme/audit', '1.1.0', BY_EVE);
      return files.set('registry.yaml', stringifyRecord({ schemaVersion: 1, name: 'mine', title: 'Mine' }));
    },
  ],
  ['a broken registry.yaml', 'YAML_SYNTAX', async () => new Map([['registry.yaml', 'name: [']])],
  ['a YAML bomb', 'YAML_ALIAS', async () => new Map([['scopes/bomb.yaml', 'a: &a [x]\nb: [*a, *a]\n']])],
  ['a record of gigabytes', 'YAML_TOO_LARGE', async () => new Map([['scopes/big.yaml', 'x'.repeat(3 * 1024 * 1024)]])],
  ['a name that is a path', 'NAME_INVALID', async () => new Map([['plugins/@acme/Con/plugin.yaml', 'x: 1\n']])],
  [
    'paths that differ in capitals',
    'PATH_CASE_COLLISION',
    async () => new Map([['plugins/@ACME/audit/plugin.yaml', 'x: 1\n']]),
  ],
  [
    'an archive that is not what its record says',
    'ARCHIVE_NOT_AS_RECORDED',
    (registry) =>
      registry.submission('@acme/audit', '1.1.0', {
        ...BY_EVE,
        record: (record) => ({ ...record, dist: { ...record.dist, size: record.dist.size + 1 } }),
      }),
  ],
  [
    'a manifest inside that asks for more',
    'ARCHIVE_MANIFEST_DIFFERS',
    (registry) =>
      registry.submission('@acme/audit', '1.1.0', {
        ...BY_EVE,
        manifest: { permissions: { childProcess: ['sh'] } },
        record: ({ manifest, ...rest }) => ({
          ...rest,
          manifest: { ...manifest, permissions: { ...manifest.permissions, childProcess: [] } },
        }),
      }),
  ],
  [
    'an archive under a false name',
    'ARCHIVE_REFUSED',
    async (registry) => {
      const files = await registry.submission('@acme/audit', '1.1.0', BY_EVE);
      const stored = [...files.keys()].find((path) => path.startsWith('store/')) ?? '';
      return files.set(stored, 'something else');
    },
  ],
  [
    'a version without its archive',
    'ARCHIVE_MISSING',
    async (registry) => {
      const files = await registry.submission('@acme/audit', '1.1.0', BY_EVE);
      return new Map([...files].filter(([path]) => !path.startsWith('store/')));
    },
  ],
  [
    'files for nothing in the store',
    'ARCHIVE_UNREFERENCED',
    async () => {
      const bytes = new TextEncoder().encode('my movies');
      return new Map([[`store/${archiveStorePath(integrityOf(bytes))}`, bytes]]);
    },
  ],
  [
    'a package without its entry point',
    'FILE_MISSING',
    (registry) => registry.submission('@acme/audit', '1.1.0', { ...BY_EVE, files: { 'dist/index.js': undefined } }),
  ],
  [
    'a lower version',
    'VERSION_NOT_HIGHER',
    async (registry) => {
      await registry.commit('later', await registry.submission('@acme/audit', '1.5.0', { first: false }));
      await registry.accept('later');
      return registry.submission('@acme/audit', '1.4.0', BY_EVE);
    },
  ],
  [
    'a version from the future',
    'VERSION_TIME_INVALID',
    (registry) => registry.submission('@acme/audit', '1.1.0', { ...BY_EVE, publishedAt: '2031-01-01T00:00:00Z' }),
  ],
  [
    'yanking what is not theirs',
    'NOT_OWNER',
    async () =>
      new Map([
        [
          'plugins/@acme/audit/status.yaml',
          stringifyRecord({ schemaVersion: 1, distTags: {}, yanked: { '1.0.0': 'mine now' } }),
        ],
      ]),
  ],
];

function scope(name: string, level = 'community'): string {
  return stringifyRecord({ schemaVersion: 1, scope: name, level, owners: [EVE] });
}

describe('a hostile change', () => {
  it.each(ATTACKS)('%s: %s', async (_title, code, attack) => {
    const registry = await published();
    const files = await attack(registry);
    await registry.commit('evil', files);
    expect(await errorsOf(registry)).toContain(code);
    await expectNotMerged(registry);
  });

  it('deletes a published version', async () => {
    const registry = await published();
    await removing(registry, 'plugins/@acme/audit/versions/1.0.0.yaml');
    expect(await errorsOf(registry)).toContain('VERSION_FILE_DELETED');
    await expectNotMerged(registry);
  });

  it('deletes a stored archive', async () => {
    const registry = await published();
    const listed = await registry.git('ls-tree', '-r', '--name-only', 'main');
    await removing(registry, listed.split('\n').find((path) => path.startsWith('store/')) ?? '');
    expect(await errorsOf(registry)).toContain('ARCHIVE_CHANGED');
    await expectNotMerged(registry);
  });

  it('puts a link in the place of a record', async () => {
    const registry = await published();
    await linking(registry, 'plugins/@acme/audit/status.yaml', '/etc/passwd');
    expect(await errorsOf(registry)).toEqual(expect.arrayContaining(['FILE_KIND_NOT_ALLOWED', 'RECORD_MISSING']));
    await expectNotMerged(registry);
  });

  it('is checked as it would be merged: an older base does not look like deletions', async () => {
    const registry = await published();
    await registry.commit('evil', new Map([['scopes/eves.yaml', scope('eves')]]));
    await registry.commit('later', await registry.submission('@acme/audit', '1.1.0', { first: false }));
    await registry.accept('later');
    expect(await errorsOf(registry)).toEqual([]);
  });

  it('is not blamed for what was broken before', async () => {
    const registry = await published();
    await registry.commit('broken', new Map([['plugins/@acme/other/plugin.yaml', 'x: [']]));
    await registry.accept('broken');
    await registry.commit('evil', await registry.submission('@acme/audit', '1.1.0', { first: false }));
    expect(await errorsOf(registry, ADA)).toEqual([]);
  });

  it('brings hostile archives under their true hashes', async () => {
    const registry = await published();
    const files = await registry.submission('@acme/audit', '1.1.0', { first: false });
    const record = String(files.get('plugins/@acme/audit/versions/1.1.0.yaml'));
    const archives = hostileArchives().filter((archive) => archive.bytes.length < 1024 * 1024);
    const versions = archives.map((archive, index) =>
      versionWith(archive.bytes, { record, version: `1.${index + 1}.0` }),
    );
    await registry.commit('evil', new Map(versions.flat()));
    const repository = await openRepository(registry.bare);
    const change = { repository, base: 'main', head: 'evil', submitter: ADA };
    const { findings } = await validateChange(change, { clock: CLOCK });
    const refused = new Set(findings.filter(({ code }) => code === 'ARCHIVE_REFUSED').map(({ at }) => at.file));
    const passed = archives.filter((_, index) => !refused.has(`plugins/@acme/audit/versions/1.${index + 1}.0.yaml`));
    expect(archives.length).toBeGreaterThan(20);
    expect(passed.map(({ name }) => name)).toEqual([]);
  });
});

describe('an archive packed by hand, with a record that tells the truth about it', () => {
  it.each([
    ['a package.json with a script', { 'package.json': '{"scripts":{"postinstall":"evil"}}' }],
    ['settings for npm', { '.npmrc': 'registry=https://evil.example' }],
    ['what npm clients build', { 'binding.gyp': '{}' }],
  ])('is refused with %s, from an owner too', async (_title, changes) => {
    const registry = await published();
    await registry.commit('evil', await repacked(registry, changes));
    expect(await errorsOf(registry, ADA)).toEqual(['ARCHIVE_REFUSED']);
    await expectNotMerged(registry, ADA);
  });

  it('is taken if it holds what `ar plugin pack` would write', async () => {
    const registry = await published();
    await registry.commit('evil', await repacked(registry, {}));
    expect(await errorsOf(registry, ADA)).toEqual([]);
  });
});

/** Version 1.1.0 with further files in its archive, or others in place of its own. */
async function repacked(registry: TestRegistry, changes: Readonly<Record<string, string>>): Promise<Files> {
  const files = await registry.submission('@acme/audit', '1.1.0', { first: false });
  const path = 'plugins/@acme/audit/versions/1.1.0.yaml';
  const parsed = parseVersionRecord(String(files.get(path)), path);
  const [stored, packed] = [...files].find(([each]) => each.startsWith('store/')) ?? [];
  if (!parsed.ok || stored === undefined || !(packed instanceof Uint8Array)) throw new Error('no submission');
  const contents = new Map(Array.from((await readArchive(packed)).files, ([name, { bytes }]) => [name, bytes]));
  for (const [name, text] of Object.entries(changes)) contents.set(name, Buffer.from(text));
  const bytes = rawGzip(rawTar(Array.from(contents, ([name, body]) => ({ path: `package/${name}`, body }))));
  const integrity = integrityOf(bytes);
  const listed = Array.from(contents, ([name, body]) => ({
    path: name,
    size: body.length,
    integrity: integrityOf(body),
  }));
  const dist = {
    tarball: `store:${integrity}`,
    integrity,
    size: bytes.length,
    unpackedSize: listed.reduce((sum, { size }) => sum + size, 0),
    fileCount: listed.length,
    files: listed,
  };
  files.delete(stored);
  return files
    .set(path, stringifyRecord({ ...parsed.record, dist }))
    .set(`store/${archiveStorePath(integrity)}`, bytes);
}

/** The record of 1.1.0 as that of another version with this archive. */
function versionWith(
  bytes: Uint8Array,
  { record, version }: { readonly record: string; readonly version: string },
): readonly (readonly [string, Uint8Array | string])[] {
  const integrity = integrityOf(bytes);
  const forged = record
    .replace('version: 1.1.0', `version: ${version}`)
    .replaceAll(/store:sha512-[A-Za-z0-9+/=]+/g, `store:${integrity}`)
    .replace(/^( {2}integrity: )sha512-[A-Za-z0-9+/=]+$/m, `$1${integrity}`);
  return [
    [`plugins/@acme/audit/versions/${version}.yaml`, forged],
    [`store/${archiveStorePath(integrity)}`, bytes],
  ];
}

/** A branch `evil` without the file. */
async function removing(registry: TestRegistry, path: string): Promise<void> {
  await evilTree(registry, (listed) => listed.filter((line) => !line.endsWith(`\t${path}`)));
}

/** A branch `evil` with a link in the place of the file. */
async function linking(registry: TestRegistry, path: string, target: string): Promise<void> {
  const { stdout } = await execa('git', ['hash-object', '-w', '--stdin'], { cwd: registry.bare, input: target });
  await evilTree(registry, (listed) =>
    listed.map((line) => (line.endsWith(`\t${path}`) ? `120000 blob ${stdout}\t${path}` : line)),
  );
}

async function evilTree(
  registry: TestRegistry,
  change: (lines: readonly string[]) => readonly string[],
): Promise<void> {
  const listed = (await registry.git('ls-tree', '-r', 'main')).split('\n');
  await registry.git('read-tree', '--empty');
  for (const line of change(listed)) {
    const [, mode = '', oid = '', path = ''] = /^(\d+) \w+ (\w+)\t(.*)$/.exec(line) ?? [];
    await registry.git('update-index', '--add', '--cacheinfo', `${mode},${oid},${path}`);
  }
  const tree = (await registry.git('write-tree')).trim();
  const commit = (await registry.git('commit-tree', tree, '-p', 'main', '-m', 'evil')).trim();
  await registry.git('update-ref', 'refs/heads/evil', commit);
}
