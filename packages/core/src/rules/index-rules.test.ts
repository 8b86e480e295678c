import { describe, expect, it } from 'vitest';
import {
  FILES,
  integrity,
  manifest,
  testIndex,
  type IndexBuilder,
  type VersionOptions,
} from '../../test/index-fixture.ts';
import { packageJsonText } from '../archive/index.ts';
import { finding, type Finding } from '../findings/index.ts';
import { stringifyRecord } from '../yaml/index.ts';
import { checkArchive, checkIndex, findPathCollisions, introduced, type ArchiveState } from './index.ts';

function check(index: IndexBuilder, archive?: ArchiveState): readonly Finding[] {
  const snapshot = index.snapshot();
  const versions = snapshot.plugins.flatMap((plugin) => plugin.versions);
  return [
    ...checkIndex({ files: index.files(), snapshot }),
    ...(archive ? versions.flatMap((version) => checkArchive(version, archive)) : []),
  ];
}

function codes(index: IndexBuilder, archive?: ArchiveState): readonly string[] {
  return check(index, archive).map(({ code }) => code);
}

const sound = (): IndexBuilder => testIndex().version('@acme/audit', '1.0.0');

describe('a sound index', () => {
  it('has nothing wrong with it', () => {
    expect(codes(sound())).toEqual([]);
  });
});

describe('checkReservedScopes', () => {
  it.each(['agentrelay', 'agent-re1ay', 'ar-', 'agentrelays'])('refuses the scope %s', (scope) => {
    expect(codes(testIndex().scope(scope))).toEqual(['SCOPE_RESERVED']);
  });

  it('refuses a scope that the registry reserves', () => {
    expect(
      codes(
        testIndex()
          .registry({ reservedScopes: ['corp'] })
          .scope('corp'),
      ),
    ).toEqual(['SCOPE_RESERVED']);
  });

  it('takes a reserved scope that is official', () => {
    expect(codes(testIndex().scope('agentrelay', { level: 'official' }))).toEqual([]);
  });
});

describe('checkAliases', () => {
  it('refuses an alias that is the name of a plugin', () => {
    expect(
      codes(
        sound()
          .plugin('@acme/b', { aliases: ['@acme/audit'] })
          .version('@acme/b', '1.0.0'),
      ),
    ).toEqual(['ALIAS_TAKEN']);
  });

  it('refuses an alias of two plugins', () => {
    const index = sound()
      .plugin('@acme/b', { aliases: ['@acme/x'] })
      .version('@acme/b', '1.0.0')
      .plugin('@acme/c', { aliases: ['@acme/x'] })
      .version('@acme/c', '1.0.0');
    expect(codes(index)).toEqual(['ALIAS_TAKEN']);
  });

  it('takes the earlier name of a plugin that was renamed', () => {
    const index = sound()
      .plugin('@acme/audit', { renamedTo: '@acme/b' })
      .plugin('@acme/b', { aliases: ['@acme/audit'] })
      .version('@acme/b', '1.0.0');
    expect(codes(index)).toEqual([]);
  });

  it.each([
    ['nothing', '@acme/none'],
    ['itself', '@acme/audit'],
  ])('refuses a rename to %s', (_title, renamedTo) => {
    expect(codes(sound().plugin('@acme/audit', { renamedTo }))).toEqual(['RENAME_TARGET_INVALID']);
  });

  it('refuses renames in a circle', () => {
    const index = sound()
      .plugin('@acme/audit', { renamedTo: '@acme/b' })
      .plugin('@acme/b', { renamedTo: '@acme/audit' })
      .version('@acme/b', '1.0.0');
    expect(codes(index)).toEqual(['RENAME_TARGET_INVALID', 'RENAME_TARGET_INVALID']);
  });
});

describe('checkDistLimits', () => {
  it.each<[string, VersionOptions['dist']]>([
    ['size', { size: 10 * 1024 * 1024 + 1 }],
    ['unpackedSize', { unpackedSize: 50 * 1024 * 1024 + 1 }],
    ['fileCount', { fileCount: 5001 }],
    ['files', { files: [{ path: 'x', size: 20 * 1024 * 1024 + 1, integrity: integrity('x') }] }],
  ])('refuses too much %s', (_what, changes) => {
    expect(codes(testIndex().version('@acme/audit', '1.0.0', { dist: changes ?? {} }))).toEqual(['DIST_OVER_LIMIT']);
  });

  it('goes by the limits of the registry', () => {
    expect(codes(sound().registry({ limits: { fileCount: 3 } }))).toEqual(['DIST_OVER_LIMIT']);
  });

  it('refuses a stored archive that is not the one the integrity names', () => {
    const index = testIndex().version('@acme/audit', '1.0.0', { dist: { tarball: `store:${integrity('other')}` } });
    expect(codes(index)).toEqual(['ARCHIVE_NOT_AS_RECORDED']);
  });
});

describe('checkCategories', () => {
  it('warns of a category that the registry does not have, with the nearest', () => {
    const index = testIndex().version('@acme/audit', '1.0.0', { manifest: { category: 'comunication' } });
    expect(check(index)).toMatchObject([{ code: 'CATEGORY_UNKNOWN', facts: { suggestion: 'communication' } }]);
  });
});

const text = (changes: object = {}): string => stringifyRecord(manifest('@acme/audit', '1.0.0', changes));
const PACKAGE_JSON = packageJsonText(manifest('@acme/audit', '1.0.0'));
const texts = (manifestText: string, packageJson = PACKAGE_JSON): ReadonlyMap<string, string> =>
  new Map([
    ['ar-plugin.yaml', manifestText],
    ['package.json', packageJson],
  ]);
const read = (changes: Partial<Extract<ArchiveState, { kind: 'read' }>> = {}): ArchiveState => ({
  kind: 'read',
  sizeBytes: 500,
  files: FILES,
  texts: texts(text()),
  ...changes,
});
const without = (path: string): typeof FILES => FILES.filter((file) => file.path !== path);
const record = (changes: VersionOptions['dist']): IndexBuilder =>
  testIndex().version('@acme/audit', '1.0.0', { dist: changes ?? {} });

describe('checkArchive', () => {
  it('takes an archive that is what its record says', () => {
    expect(codes(sound(), read())).toEqual([]);
  });

  it('takes a manifest in another spelling', () => {
    const shuffled = `# mine\n${text({ permissions: {}, provides: [], tags: ['chat'] })}`;
    expect(codes(sound(), read({ texts: texts(shuffled) }))).toEqual([]);
  });

  it.each<[string, ArchiveState, string]>([
    ['is missing', { kind: 'missing' }, 'ARCHIVE_MISSING'],
    ['is elsewhere', { kind: 'remote', url: 'https://example.com/a.tgz' }, 'ARCHIVE_REMOTE'],
    ['cannot be unpacked', { kind: 'refused', problem: 'it holds a link.' }, 'ARCHIVE_REFUSED'],
    ['has another size', read({ sizeBytes: 501 }), 'ARCHIVE_NOT_AS_RECORDED'],
  ])('reports an archive that %s', (_title, state, code) => {
    expect(codes(sound(), state)).toEqual([code]);
  });

  it.each<[string, VersionOptions['dist']]>([
    ['unpackedSize', { unpackedSize: 99 }],
    ['fileCount', { fileCount: 3 }],
    ['a file less', { files: FILES.slice(1) }],
    [
      'a file with another hash',
      { files: [...FILES.slice(1), { ...FILES[0], path: 'LICENSE', size: 10, integrity: integrity('x') }] },
    ],
    ['a file more', { files: [...FILES, { path: 'extra.js', size: 0, integrity: integrity('x') }] }],
  ])('reports a record with %s', (_title, changes) => {
    expect(codes(record(changes), read())).toEqual(['ARCHIVE_NOT_AS_RECORDED']);
  });

  it('does not mind the order of the files', () => {
    expect(codes(record({ files: FILES.toReversed() }), read())).toEqual([]);
  });

  it('reports a manifest inside that asks for more than the record shows', () => {
    const inside = text({ permissions: { childProcess: ['sh'] } });
    const found = check(sound(), read({ texts: texts(inside) }));
    expect(found).toMatchObject([{ code: 'ARCHIVE_MANIFEST_DIFFERS', facts: { key: 'permissions.childProcess[0]' } }]);
  });

  it('takes what the author’s package.json gave to the generated one', () => {
    const generated = packageJsonText(manifest('@acme/audit', '1.0.0'), { exports: './dist/index.js' });
    expect(codes(sound(), read({ texts: texts(text(), generated) }))).toEqual([]);
  });

  it.each([
    ['with a script', PACKAGE_JSON.replace('{', '{\n  "scripts": { "postinstall": "evil" },')],
    ['that is missing', ''],
  ])('refuses a package.json %s', (_title, packageJson) => {
    expect(check(sound(), read({ texts: texts(text(), packageJson) }))).toMatchObject([
      { code: 'ARCHIVE_REFUSED', at: { file: 'plugins/@acme/audit/versions/1.0.0.yaml!package.json' } },
    ]);
  });

  it('reports a manifest inside that is none', () => {
    expect(codes(sound(), read({ texts: texts('name: [') }))).toContain('YAML_SYNTAX');
    expect(codes(sound(), read({ texts: new Map() }))).toContain('YAML_NOT_A_MAP');
  });

  it.each([
    ['README.md', 'README_MISSING'],
    ['LICENSE', 'LICENSE_FILE_MISSING'],
    ['dist/index.js', 'FILE_MISSING'],
  ])('reports a package without %s', (path, code) => {
    const files = without(path);
    const unpackedSize = files.reduce((sum, { size }) => sum + size, 0);
    expect(codes(record({ files, fileCount: 3, unpackedSize }), read({ files }))).toEqual([code]);
  });
});

describe('findPathCollisions', () => {
  it('finds paths that differ in capitals only', () => {
    const { paths, findings } = findPathCollisions(['a/1.0.0-RC.yaml', 'a/1.0.0-rc.yaml', 'b']);
    expect([...paths]).toEqual(['a/1.0.0-RC.yaml', 'a/1.0.0-rc.yaml']);
    expect(findings).toMatchObject([{ code: 'PATH_CASE_COLLISION', at: { file: 'a/1.0.0-rc.yaml' } }]);
  });

  it('finds nothing where there is nothing', () => {
    expect(findPathCollisions(['a', 'b', 'c/a'])).toEqual({ paths: new Set(), findings: [] });
  });
});

const at = (file: string, line: number) => finding('ARCHIVE_MISSING', { file, line }, { integrity: 'x' });

describe('introduced', () => {
  it('leaves out what was broken before, wherever it stands now', () => {
    expect(introduced([at('a', 9), at('b', 1)], [at('a', 1)])).toEqual([at('b', 1)]);
  });

  it('keeps a second fault of the same kind', () => {
    const other = finding('ARCHIVE_MISSING', { file: 'a', line: 1 }, { integrity: 'y' });
    expect(introduced([other], [at('a', 1)])).toEqual([other]);
  });
});
