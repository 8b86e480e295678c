import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testIndex, type IndexBuilder } from '../../test/index-fixture.ts';
import type { Finding } from '../findings/index.ts';
import { assembleSnapshot, type Snapshot } from './index.ts';

const A = 'plugins/@acme/audit';
const sound = (): IndexBuilder => testIndex().version('@acme/audit', '1.0.0').version('@acme/audit', '1.1.0');

function snapshotOf(index: IndexBuilder): Snapshot {
  const assembled = assembleSnapshot(index.files());
  if (!assembled.ok) throw new Error('no snapshot');
  return assembled.snapshot;
}

const findingsOf = (index: IndexBuilder): readonly Finding[] => assembleSnapshot(index.files()).findings;
const found = (index: IndexBuilder): readonly (readonly [string, string])[] =>
  findingsOf(index).map(({ code, at }) => [code, at.file]);
const names = (index: IndexBuilder): readonly string[] => snapshotOf(index).plugins.map(({ name }) => name);
const versions = (index: IndexBuilder): readonly string[] =>
  snapshotOf(index).plugins.flatMap((plugin) => plugin.versions.map(({ manifest }) => manifest.version));

describe('assembleSnapshot', () => {
  it('joins all records, plugins by name and versions highest first', () => {
    const index = sound()
      .version('@acme/aaa', '0.1.0')
      .version('@acme/audit', '1.10.0')
      .version('@acme/audit', '1.9.0-rc.1');
    expect(found(index)).toEqual([]);
    expect(names(index)).toEqual(['@acme/aaa', '@acme/audit']);
    expect(versions(index)).toEqual(['0.1.0', '1.10.0', '1.9.0-rc.1', '1.1.0', '1.0.0']);
    expect([...snapshotOf(index).scopes.keys()]).toEqual(['acme', 'ar']);
    expect(snapshotOf(index).categories.map(({ id }) => id)).toEqual(['communication']);
  });

  it('does not depend on the order of the files, findings included', () => {
    const files = [
      ...sound()
        .version('@acme/other', '1.0.0')
        .file(`${A}/versions/2.0.0.yaml`, 'broken')
        .file('plugins/readme.md', 'x')
        .file('plugins/@acme/x.md', 'x')
        .file('scopes/zeta.yaml', 'broken: [')
        .file('plugins/@ghost/x/plugin.yaml', 'a: 1')
        .files(),
    ];
    const expected = JSON.stringify(assembleSnapshot(new Map(files)));
    fc.assert(
      fc.property(fc.shuffledSubarray(files, { minLength: files.length }), (shuffled) => {
        expect(JSON.stringify(assembleSnapshot(new Map(shuffled)))).toBe(expected);
      }),
    );
  });

  it('never throws, whatever one file holds', () => {
    const whole = [...sound().files()];
    fc.assert(
      fc.property(fc.constantFrom(...whole.map(([path]) => path)), fc.string({ unit: 'binary' }), (path, text) => {
        expect(assembleSnapshot(new Map([...whole, [path, text]])).findings).toBeInstanceOf(Array);
      }),
    );
  });

  it('never throws, whatever the paths are', () => {
    const path = fc.oneof(
      fc.string(),
      fc.string().map((text) => `plugins/@${text}`),
      fc.string().map((text) => `scopes/${text}.yaml`),
    );
    fc.assert(
      fc.property(fc.array(path), (paths) => {
        const files = new Map([...paths.map((one) => [one, 'a: 1'] as const), ...sound().files()]);
        const assembled = assembleSnapshot(files);
        expect(assembled.ok && assembled.snapshot.plugins.map(({ name }) => name)).toEqual(['@acme/audit']);
      }),
    );
  });

  it.each([
    ['is missing', undefined, 'RECORD_MISSING'],
    ['is broken', 'a: [', 'YAML_SYNTAX'],
  ])('gives no snapshot where registry.yaml %s', (_what, text, code) => {
    const assembled = assembleSnapshot(sound().file('registry.yaml', text).files());
    expect(assembled.ok).toBe(false);
    expect(assembled.findings[0]?.code).toBe(code);
  });

  it.each([
    ['categories.yaml', 'broken', 'YAML_NOT_A_MAP'],
    ['stats/downloads.json', '{', 'INVALID_VALUE'],
    ['stats/daily/2026-11-20.json', '{', 'INVALID_VALUE'],
    ['stats/downloads.json', '{"schemaVersion":1,"downloads":{"@acme/audit":-1}}', 'INVALID_VALUE'],
  ])('goes on without %s where it is %s', (path, text, code) => {
    const index = sound().file(path, text);
    expect(found(index)).toEqual([[code, path]]);
    expect(names(index)).toEqual(['@acme/audit']);
  });

  it('goes on where there are neither categories nor downloads', () => {
    const index = sound().file('categories.yaml', undefined);
    expect(found(index)).toEqual([]);
    expect(snapshotOf(index).categories).toEqual([]);
    expect(snapshotOf(index).downloads.size).toBe(0);
  });

  it('knows the downloads of each plugin', () => {
    const index = sound().file('stats/downloads.json', '{"schemaVersion":1,"downloads":{"@acme/audit":7}}');
    expect(snapshotOf(index).downloads.get('@acme/audit')).toBe(7);
  });
});

describe('a broken entry', () => {
  it.each([
    ['an unreadable version', `${A}/versions/1.0.0.yaml`, 'a: [', 'YAML_SYNTAX'],
    ['the version of another file', `${A}/versions/2.0.0.yaml`, 'copy', 'RECORD_MISPLACED'],
  ])('leaves out itself alone: %s', (...[, path, text, code]) => {
    const copy = sound().files().get(`${A}/versions/1.1.0.yaml`);
    const index = sound().file(path, text === 'copy' ? copy : text);
    expect(found(index)).toEqual(expect.arrayContaining([[code, path]]));
    expect(names(index)).toEqual(['@acme/audit']);
    expect(versions(index)).toContain('1.1.0');
  });

  it('leaves out a version that belongs to another plugin', () => {
    const stolen = testIndex().version('@acme/other', '3.0.0').files().get('plugins/@acme/other/versions/3.0.0.yaml');
    const index = sound().file(`${A}/versions/3.0.0.yaml`, stolen);
    expect(found(index)).toEqual([['RECORD_MISPLACED', `${A}/versions/3.0.0.yaml`]]);
    expect(versions(index)).toEqual(['1.1.0', '1.0.0']);
  });

  it.each([
    ['no plugin.yaml', `${A}/plugin.yaml`, undefined, 'RECORD_MISSING'],
    ['a broken plugin.yaml', `${A}/plugin.yaml`, 'a: 1', 'MISSING_KEY'],
    ['no status.yaml', `${A}/status.yaml`, undefined, 'RECORD_MISSING'],
    ['a broken status.yaml', `${A}/status.yaml`, 'a: *b', 'YAML_ALIAS'],
    ['no scope', 'scopes/acme.yaml', undefined, 'SCOPE_UNKNOWN'],
    ['a broken scope', 'scopes/acme.yaml', 'a: 1', 'SCOPE_UNKNOWN'],
  ])('leaves out its plugin, and not the others: %s', (...[, path, text, code]) => {
    const index = sound().version('@ar/official', '1.0.0').file(path, text);
    expect(found(index).map(([one]) => one)).toContain(code);
    expect(names(index)).toEqual(['@ar/official']);
  });

  it('leaves out a plugin without versions', () => {
    const index = testIndex().plugin('@acme/empty').status('@acme/empty', {});
    expect(found(index)).toEqual([['RECORD_MISSING', 'plugins/@acme/empty']]);
    expect(names(index)).toEqual([]);
  });

  it('leaves out a plugin whose record names another', () => {
    const index = sound().file(
      `${A}/plugin.yaml`,
      sound().plugin('@acme/other').files().get('plugins/@acme/other/plugin.yaml'),
    );
    expect(found(index)).toEqual([['RECORD_MISPLACED', `${A}/plugin.yaml`]]);
    expect(names(index)).toEqual([]);
  });

  it('leaves out a scope whose record names another', () => {
    const index = sound().file('scopes/zeta.yaml', sound().files().get('scopes/acme.yaml'));
    expect(found(index)).toEqual([['RECORD_MISPLACED', 'scopes/zeta.yaml']]);
    expect([...snapshotOf(index).scopes.keys()]).toEqual(['acme', 'ar']);
  });

  it.each(['@acme/Upper', '@acme/con', '@acme/a b', '@acme/\u001b[2J'])('leaves out the name %j', (name) => {
    const index = sound().file(`plugins/${name}/plugin.yaml`, 'a: 1');
    expect(found(index).map(([code]) => code)).toEqual(['NAME_INVALID']);
    expect(JSON.stringify(findingsOf(index).map(({ facts }) => facts))).not.toContain('\\u001b');
  });

  it.each(['plugins/x.md', 'plugins/@acme/audit/extra.md', 'plugins/@acme/audit/versions/deep/1.0.0.yaml'])(
    'is %s, which no record is named',
    (path) => {
      expect(found(sound().file(path, 'x'))).toEqual([['PATH_NOT_ALLOWED', path]]);
      expect(names(sound().file(path, 'x'))).toEqual(['@acme/audit']);
    },
  );

  it('may be outside of the folders that hold records', () => {
    expect(found(sound().file('README.md', 'x'))).toEqual([]);
  });
});

describe('status', () => {
  it('loses dist-tags of versions that are not there, and says so', () => {
    const index = sound().status('@acme/audit', { distTags: { latest: '1.1.0', beta: '9.0.0' } });
    expect(found(index)).toEqual([['DIST_TAG_UNKNOWN_VERSION', `${A}/status.yaml`]]);
    expect(snapshotOf(index).plugins[0]?.status.distTags).toEqual({ latest: '1.1.0' });
  });

  it('is told where it speaks of versions that are not there', () => {
    const index = sound().status('@acme/audit', {
      distTags: {},
      yanked: { '9.0.0': 'x' },
      deprecated: { '8.0.0': 'y' },
    });
    expect(found(index).map(([code]) => code)).toEqual(['STATUS_UNKNOWN_VERSION', 'STATUS_UNKNOWN_VERSION']);
    expect(names(index)).toEqual(['@acme/audit']);
  });
});

describe('trust', () => {
  it.each([
    ['official', 'community', false],
    ['official', 'verified', false],
    ['official', 'official', true],
    ['verified', 'community', true],
    ['verified', 'official', true],
    ['community', 'community', true],
    ['community', 'official', true],
  ] as const)('%s in a scope of level %s: %s', (trust, level, allowed) => {
    const index = sound().scope('acme', { level }).plugin('@acme/audit', { trust });
    expect(found(index).map(([code]) => code)).toEqual(allowed ? [] : ['TRUST_NOT_ALLOWED']);
    expect(names(index)).toEqual(allowed ? ['@acme/audit'] : []);
  });
});
