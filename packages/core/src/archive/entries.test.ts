import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ArchiveEntry, type ArchiveProblem, checkEntries, pathInPackage } from './entries.ts';
import { archiveLimits } from './limits.ts';

const MANIFEST = file('package/ar-plugin.yaml');
const LIMITS = archiveLimits({ fileBytes: 100, unpackedBytes: 250, fileCount: 6 });

function file(path: string, more: Partial<ArchiveEntry> = {}): ArchiveEntry {
  return { kind: 'file', path, sizeBytes: 1, mode: 0o644, ...more };
}

function folder(path: string, mode = 0o755): ArchiveEntry {
  return { kind: 'folder', path, sizeBytes: 0, mode };
}

function check(...entries: readonly ArchiveEntry[]): readonly ArchiveProblem[] {
  return checkEntries([MANIFEST, ...entries], LIMITS);
}

function tooLarge(...entries: readonly ArchiveEntry[]): readonly number[] {
  return check(...entries).flatMap((problem) => (problem.kind === 'too-large' ? [problem.limit] : []));
}

describe('an archive that may be unpacked', () => {
  test('holds files and folders below the top folder', () => {
    expect(check(folder('package/'), folder('package/lib'), file('package/lib/a.js'))).toEqual([]);
  });

  test('may name a folder after what is in it', () => {
    expect(check(file('package/lib/a.js'), folder('package/lib/'))).toEqual([]);
  });

  test('may hold the source of a native addon where npm clients do not look for it', () => {
    expect(check(file('package/native/binding.gyp'))).toEqual([]);
  });

  test('may have a folder that hands down its group, as shared folders do', () => {
    expect(check(folder('package/lib', 0o2775))).toEqual([]);
  });
});

describe('an archive that is refused', () => {
  test.each([
    ['the top folder as a file', file('package')],
    ['a file beside the top folder', file('packages/a.js')],
    ['a folder beside the top folder', folder('other/')],
    ['a path that climbs', file('package/../a.js')],
    ['an empty name', file('package/')],
    ['a set-user-id file', file('package/a', { mode: 0o4755 })],
    ['a sticky file', file('package/a', { mode: 0o1644 })],
    ['the manifest in capitals', file('package/AR-PLUGIN.YAML')],
    ['the manifest again', MANIFEST],
    ['settings for npm', file('package/.npmrc')],
    ['secrets in a folder', file('package/lib/.ENV.production')],
    ['what npm clients build', file('package/binding.gyp')],
    ['what npm clients build, in other letters', file('package/Addon.GYP')],
  ])('holds %s', (_, entry) => {
    expect(check(entry).map(({ kind }) => kind)).toContain('invalid');
  });

  test('holds no manifest', () => {
    expect(checkEntries([file('package/a.js')], LIMITS)).toHaveLength(1);
    expect(checkEntries([folder('package/ar-plugin.yaml')], LIMITS)).toHaveLength(1);
  });

  test('holds a file where another one needs a folder, in either order and letter case', () => {
    expect(check(file('package/lib'), file('package/lib/a.js'))).not.toEqual([]);
    expect(check(file('package/LIB/a.js'), file('package/lib'))).not.toEqual([]);
  });

  test('holds folders that are one where letter case does not count', () => {
    expect(check(file('package/lib/a.js'), file('package/Lib/b.js'))).not.toEqual([]);
  });

  test('is told with all its problems, in the order of its entries', () => {
    const problems = check(file('a.js'), file('package/b\\c.js'), file('package/d.js', { mode: 0o6755 }));
    expect(problems).toHaveLength(3);
  });
});

describe('an archive that is too large', () => {
  test('has a file above the limit', () => {
    expect(tooLarge(file('package/a', { sizeBytes: 100 }))).toEqual([]);
    expect(tooLarge(file('package/a', { sizeBytes: 101 }))).toEqual([100]);
  });

  test('has files that are too much together', () => {
    const half = { sizeBytes: 83 };
    expect(tooLarge(file('package/a', half), file('package/b', half), file('package/c', half))).toEqual([]);
    expect(tooLarge(file('package/a', half), file('package/b', half), file('package/c', { sizeBytes: 84 }))).toEqual([
      250,
    ]);
  });

  test('has too many entries, of which none is looked at', () => {
    const evil = Array.from({ length: 6 }, () => file('../evil'));
    expect(check(...evil)).toEqual([{ kind: 'too-large', what: expect.any(String), limit: 6 }]);
    expect(tooLarge(...evil.slice(1))).toEqual([]);
  });
});

test('no two accepted files are one where letter case does not count', () => {
  const name = fc.constantFrom('a', 'A', 'b', 'ß', 'SS', 'ss', 'é', 'É');
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `package/${names.join('/')}`);
  fc.assert(
    fc.property(fc.array(path, { maxLength: 5 }), (paths) => {
      fc.pre(check(...paths.map((each) => file(each))).length === 0);
      expect(new Set(paths.map((each) => each.toUpperCase())).size).toBe(paths.length);
    }),
  );
});

test('a path in the package is what follows the top folder', () => {
  expect(pathInPackage('package/lib/a.js')).toBe('lib/a.js');
  expect(pathInPackage('package/')).toBeUndefined();
  expect(pathInPackage('packages/a.js')).toBeUndefined();
});
