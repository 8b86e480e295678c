import type { Lockfile } from '@ar-registry/schemas';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasCode } from '../errors/index.ts';
import { EMPTY_LOCK, formatLockfile, parseLockfile, type LockEntry } from './index.ts';

const integrity = fc
  .uint8Array({ minLength: 64, maxLength: 64 })
  .map((bytes) => `sha512-${Buffer.from(bytes).toString('base64')}`);
const version = fc.tuple(fc.nat(), fc.nat(), fc.nat()).map((parts) => parts.join('.'));
const type = fc.constantFrom('bridge', 'storage', 'memory', 'policy', 'hook', 'widget');
const text = fc.string();
const entry = fc.oneof(
  fc.record({
    source: fc.constant('registry'),
    version,
    type,
    trust: fc.constantFrom('official', 'verified', 'community'),
    url: text,
    registry: text,
    integrity,
    files: integrity,
  }),
  fc.record({ source: fc.constant('archive'), version, type, path: text, integrity, files: integrity }),
  fc.record({ source: fc.constant('folder'), version, type, path: text }),
) as unknown as fc.Arbitrary<LockEntry>;
const name = fc.stringMatching(/^@[a-z][a-z0-9-]{0,8}\/[a-z][a-z0-9-]{0,8}$/);
const lock = fc.dictionary(name, entry, { maxKeys: 5 }).map((plugins): Lockfile => ({ schemaVersion: 1, plugins }));

function refusal(written: string): string | undefined {
  try {
    parseLockfile(written, 'ar-plugins.lock');
    return undefined;
  } catch (error) {
    if (hasCode(error, 'FILE_INVALID')) return error.facts.problem;
    throw error;
  }
}

function turned<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).toReversed()) as T;
}

describe('the lockfile', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(lock, (one) => {
        expect(parseLockfile(formatLockfile(one), 'x')).toEqual(one);
      }),
    );
  });

  it('is the same bytes for the same content', () => {
    fc.assert(
      fc.property(lock, (one) => {
        const entries = Object.entries(one.plugins).map(([key, value]) => [key, turned(value)]);
        const other: Lockfile = {
          schemaVersion: 1,
          plugins: turned(Object.fromEntries(entries) as Lockfile['plugins']),
        };
        expect(formatLockfile(other)).toBe(formatLockfile(one));
      }),
    );
  });

  it('is pleasant to merge: one key a line, in a fixed order, with a line feed at the end', () => {
    const plugins = {
      '@b/b': { path: './b', version: '1.0.0', type: 'hook', source: 'folder' },
      '@a/a': { path: './a', type: 'hook', version: '1.0.0', source: 'folder' },
    } as const;
    expect(formatLockfile({ schemaVersion: 1, plugins })).toBe(
      `{\n  "schemaVersion": 1,\n  "plugins": {\n${['a', 'b'].map((key) => `    "@${key}/${key}": {\n      "source": "folder",\n      "version": "1.0.0",\n      "type": "hook",\n      "path": "./${key}"\n    }`).join(',\n')}\n  }\n}\n`,
    );
  });

  it('keeps what a newer version of this program wrote beside', () => {
    const plugins = { '@a/a': { source: 'folder', version: '1.0.0', type: 'hook', path: '.', zeta: 1, alpha: 2 } };
    const read = parseLockfile(JSON.stringify({ schemaVersion: 1, plugins }), 'x');
    expect(Object.keys(JSON.parse(formatLockfile(read)).plugins['@a/a'])).toEqual([
      'source',
      'version',
      'type',
      'path',
      'alpha',
      'zeta',
    ]);
  });

  it('may begin with a byte order mark, as editors of Windows write it, and with no two', () => {
    const written = formatLockfile(EMPTY_LOCK);
    expect(parseLockfile(`\uFEFF${written}`, 'ar-plugins.lock')).toEqual(EMPTY_LOCK);
    expect(refusal(`\uFEFF\uFEFF${written}`)).toBe('it is not JSON');
  });

  it('is empty where there is no file', () => {
    expect(parseLockfile(undefined, 'x')).toBe(EMPTY_LOCK);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{}',
    '{"schemaVersion":0,"plugins":{}}',
    '{"schemaVersion":"2","plugins":{}}',
    '{"schemaVersion":1,"plugins":{},"more":1}',
    '{"schemaVersion":1,"plugins":{"hello":{"source":"folder","version":"1.0.0","type":"hook","path":"."}}}',
    '{"schemaVersion":1,"plugins":{"__proto__":{"source":"folder","version":"1.0.0","type":"hook","path":"."}}}',
    '{"schemaVersion":1,"plugins":{"@a/a":{"source":"magic","version":"1.0.0","type":"hook","path":"."}}}',
    '{"schemaVersion":1,"plugins":{"@a/a":{"source":"registry","version":"1.0.0","type":"hook"}}}',
    '{"schemaVersion":1,"plugins":{"@a/a":{"source":"archive","version":"1.0.0","type":"hook","path":".","integrity":"sha1-x","files":"sha1-x"}}}',
    '{"schemaVersion":1,"plugins":{"@a/a":{"source":"folder","version":"99999999999999999999.0.0","type":"hook","path":"."}}}',
  ])('is refused where it is %s', (written) => {
    expect(refusal(written)).toBeTypeOf('string');
  });

  it('tells what is no JSON from what has another form', () => {
    expect(refusal('<<<<<<< HEAD')).toBe('it is not JSON');
    expect(refusal('[]')).not.toBe('it is not JSON');
  });

  it('with a merge that was not resolved is told apart from one that is broken', () => {
    const merged = '{\n<<<<<<< HEAD\n  "schemaVersion": 1,\n=======\n  "schemaVersion": 1,\n>>>>>>> theirs\n}\n';
    expect(() => parseLockfile(merged, 'x')).toThrow(expect.objectContaining({ code: 'FILE_MERGE_CONFLICT' }));
    expect(() => parseLockfile(merged.replaceAll('\n', '\r\n'), 'x')).toThrow(
      expect.objectContaining({ code: 'FILE_MERGE_CONFLICT' }),
    );
  });

  it('of a newer version asks for a newer program', () => {
    expect(() => parseLockfile('{"schemaVersion":2,"plugins":[]}', 'x')).toThrow(
      expect.objectContaining({ code: 'FILE_TOO_NEW', facts: { file: 'x', schemaVersion: 2 } }),
    );
  });

  it('is refused without handing on what a key would do to a terminal', () => {
    expect(refusal('{"schemaVersion":1,"plugins":{"\\u001b[2J":1}}')).not.toMatch(/\p{Cc}/u);
  });

  it('is read or refused, whatever it holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (written) => {
        expect(refusal(written)).not.toBe('');
      }),
    );
  });
});
