import { describe, expect, it } from 'vitest';
import { versionRecord } from '../../test/index-fixture.ts';
import { stringifyRecord } from '../yaml/index.ts';
import { cpuMs } from '../../test/cpu-time.ts';
import {
  RESERVED_SCOPES,
  firstDifference,
  limitsOf,
  parseCategoriesRecord,
  parsePluginRecord,
  parseRegistryRecord,
  parseScopeRecord,
  parseStatusRecord,
  parseVersionRecord,
} from './index.ts';

const OWNERS = [{ login: 'ada', id: 1 }];
const REGISTRY = { schemaVersion: 1, name: 'test', title: 'Test' };
const CATEGORIES = { schemaVersion: 1, categories: [{ id: 'chat', title: 'Chat', description: 'Talk' }] };
const SCOPE = { schemaVersion: 1, scope: 'acme', level: 'community', owners: OWNERS };
const PLUGIN = {
  schemaVersion: 1,
  name: '@acme/a',
  owners: OWNERS,
  trust: 'community',
  repository: { url: 'https://a.b/c' },
};
const STATUS = { schemaVersion: 1, distTags: { latest: '1.0.0' } };

type Parse = (
  text: string,
  file: string,
) => { readonly ok: boolean; readonly findings: readonly { code: string; at: { path?: string } }[] };

function found(parse: Parse, record: object | string): readonly (readonly [string, string | undefined])[] {
  const text = typeof record === 'string' ? record : stringifyRecord(record);
  return parse(text, 'x.yaml').findings.map(({ code, at }) => [code, at.path]);
}

describe('records', () => {
  it.each<[string, Parse, object]>([
    ['registry.yaml', parseRegistryRecord, REGISTRY],
    ['categories.yaml', parseCategoriesRecord, CATEGORIES],
    ['a scope', parseScopeRecord, SCOPE],
    ['plugin.yaml', parsePluginRecord, PLUGIN],
    ['status.yaml', parseStatusRecord, STATUS],
    ['a version', parseVersionRecord, versionRecord('@acme/a', '1.0.0')],
  ])('are read where they are valid, and strictly: %s', (_what, parse, record) => {
    expect(found(parse, record)).toEqual([]);
    expect(found(parse, { ...record, qwerty: 1 })).toEqual([['UNKNOWN_KEY', 'qwerty']]);
    expect(found(parse, { ...record, schemaVersion: 2 })).toEqual([['INVALID_VALUE', 'schemaVersion']]);
    expect(found(parse, '- a')).toEqual([['YAML_NOT_A_MAP', undefined]]);
    expect(found(parse, 'a: *b')).toEqual([['YAML_ALIAS', undefined]]);
  });

  it.each<[string, Parse, object, string, string]>([
    ['an owner without an id', parseScopeRecord, { ...SCOPE, owners: [{ login: 'a' }] }, 'MISSING_KEY', 'owners[0].id'],
    ['nobody who owns', parseScopeRecord, { ...SCOPE, owners: [] }, 'INVALID_VALUE', 'owners'],
    ['a level of its own', parseScopeRecord, { ...SCOPE, level: 'best' }, 'INVALID_VALUE', 'level'],
    [
      'a tag that is no tag',
      parseStatusRecord,
      { ...STATUS, distTags: { Latest: '1.0.0' } },
      'UNKNOWN_KEY',
      'distTags.Latest',
    ],
    [
      'a tag on no version',
      parseStatusRecord,
      { ...STATUS, distTags: { latest: 'v1' } },
      'INVALID_VALUE',
      'distTags.latest',
    ],
    [
      'a version that cannot be compared',
      parseStatusRecord,
      { ...STATUS, distTags: { latest: '99999999999999999999.0.0' } },
      'INVALID_VALUE',
      'distTags.latest',
    ],
    [
      'a yank without a reason',
      parseStatusRecord,
      { ...STATUS, yanked: { '1.0.0': '' } },
      'INVALID_VALUE',
      'yanked.1.0.0',
    ],
    ['a name that leaves its folder', parsePluginRecord, { ...PLUGIN, name: '@acme/../x' }, 'INVALID_VALUE', 'name'],
    [
      'a limit of nothing',
      parseRegistryRecord,
      { ...REGISTRY, limits: { fileCount: 0 } },
      'INVALID_VALUE',
      'limits.fileCount',
    ],
  ])('are refused with %s', (...[, parse, record, code, path]) => {
    expect(found(parse, record)).toEqual([[code, path]]);
  });
});

function foundIn(changes: Parameters<typeof versionRecord>[2]): ReturnType<typeof found> {
  return found(parseVersionRecord, versionRecord('@acme/a', '1.0.0', changes));
}

describe('parseVersionRecord', () => {
  it.each([
    ['the author’s checks find', { manifest: { license: 'Beerware 2' } }, 'LICENSE_INVALID', 'license'],
    [
      'an authored spelling',
      { manifest: { type: 'hook', provides: undefined, hooks: [{ onMessage: true }], outputs: [] } },
      'RECORD_NOT_NORMALIZED',
      'hooks',
    ],
    ['a key that normalising drops', { manifest: { verified: false } }, 'RECORD_NOT_NORMALIZED', 'verified'],
    ['dependencies left out', { manifest: { dependencies: undefined } }, 'RECORD_NOT_NORMALIZED', 'dependencies'],
    ['an integrity of another kind', { dist: { integrity: 'sha1-x' } }, 'INVALID_VALUE', 'dist.integrity'],
    ['an archive behind another scheme', { dist: { tarball: 'file:///etc/passwd' } }, 'INVALID_VALUE', 'dist.tarball'],
    ['a size of nothing', { dist: { size: 0 } }, 'INVALID_VALUE', 'dist.size'],
    ['a local time', { publishedAt: '2026-01-01T00:00:00+01:00' }, 'INVALID_VALUE', 'publishedAt'],
  ])('refuses %s', (...[, changes, code, path]) => {
    const findings = foundIn(changes);
    expect(findings.map(([one]) => one)).toEqual([code]);
    expect(findings[0]?.[1]).toContain(path);
  });

  it.each(['text', 5, null, ['a']])('refuses the manifest %j', (manifest) => {
    expect(found(parseVersionRecord, { ...versionRecord('@acme/a', '1.0.0'), manifest })).toEqual([
      ['RECORD_NOT_NORMALIZED', 'manifest'],
    ]);
  });

  it('refuses a record without a manifest', () => {
    const { manifest: _gone, ...rest } = versionRecord('@acme/a', '1.0.0');
    expect(found(parseVersionRecord, rest)).toEqual([['MISSING_KEY', 'manifest']]);
  });

  it('tells what is wrong inside and outside of the manifest together', () => {
    expect(foundIn({ manifest: { license: 'x y' }, publishedAt: 'now' }).map(([code]) => code)).toEqual([
      'INVALID_VALUE',
      'LICENSE_INVALID',
    ]);
  });

  it('reads the list of as many files as an archive may have', () => {
    const [file] = versionRecord('@acme/a', '1.0.0').dist.files;
    const files = Array.from({ length: 5000 }, (_, index) => ({
      size: 1,
      integrity: '',
      ...file,
      path: `dist/assets/icon-${index}.js`,
    }));
    expect(foundIn({ dist: { files, fileCount: files.length } })).toEqual([]);
  });

  it.each([
    ['hosts', 'network', (index: number) => `a${index}`],
    ['variables', 'env', (index: number) => `A${index}`],
  ])('answers at once to many %s', (_what, key, item) => {
    const list = Array.from({ length: 4999 }, (_, index) => item(index));
    const { permissions } = versionRecord('@acme/a', '1.0.0').manifest;
    const started = cpuMs();
    const findings = foundIn({ manifest: { permissions: { ...permissions, [key]: list } } });
    expect(cpuMs() - started).toBeLessThan(3000);
    expect(findings.map(([code]) => code)).toContain('TOO_MANY');
  });
});

describe('a hostile version of one mebibyte', () => {
  it.each([
    ['quotes', '"\n'],
    ['brackets', '['],
    ['keys', 'a: 1\n'],
  ])('is answered in seconds: %s', { timeout: 60_000 }, (_what, part) => {
    const text = part.repeat((1024 * 1024) / part.length);
    const started = cpuMs();
    expect(found(parseVersionRecord, text).length).toBeGreaterThan(0);
    expect(cpuMs() - started).toBeLessThan(20_000);
  });
});

describe('limitsOf', () => {
  it('fills in what a registry does not set', () => {
    expect(limitsOf({ schemaVersion: 1, name: 'x', title: 'x', limits: { fileCount: 7 } })).toEqual({
      archiveBytes: 10_485_760,
      unpackedBytes: 52_428_800,
      fileBytes: 20_971_520,
      fileCount: 7,
    });
  });
});

describe('RESERVED_SCOPES', () => {
  it('are those of the Agent Relay team', () => {
    expect(RESERVED_SCOPES).toEqual(['ar', 'agent-relay', 'agentrelay']);
  });
});

describe('firstDifference', () => {
  it.each([
    [{ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 }, undefined],
    [{ a: 1 }, { a: 2 }, ['a']],
    [{ a: [1, 2] }, { a: [1] }, ['a', 1]],
    [{ a: { b: 1 } }, { a: {} }, ['a', 'b']],
    [{ a: [] }, { a: {} }, ['a']],
    [{ a: null }, { a: {} }, ['a']],
    [{ a: undefined }, {}, ['a']],
    [undefined, {}, []],
    [Number.NaN, Number.NaN, undefined],
    [{ z: 1, a: 1 }, { z: 2, a: 2 }, ['a']],
    [{}, { toString: 1 }, ['toString']],
  ])('of %j and %j is at %j', (a, b, path) => {
    expect(firstDifference(a, b)).toEqual(path);
  });
});
