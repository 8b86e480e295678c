import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import categories from '../v1/categories-record.schema.json' with { type: 'json' };
import common from '../v1/common.schema.json' with { type: 'json' };
import journal from '../v1/journal.schema.json' with { type: 'json' };
import lockfile from '../v1/lockfile.schema.json' with { type: 'json' };
import normalized from '../v1/normalized-manifest.schema.json' with { type: 'json' };
import manifest from '../v1/plugin-manifest.schema.json' with { type: 'json' };
import plugin from '../v1/plugin-record.schema.json' with { type: 'json' };
import project from '../v1/project.schema.json' with { type: 'json' };
import registry from '../v1/registry-record.schema.json' with { type: 'json' };
import scope from '../v1/scope-record.schema.json' with { type: 'json' };
import status from '../v1/status-record.schema.json' with { type: 'json' };
import storeEntry from '../v1/store-entry.schema.json' with { type: 'json' };
import version from '../v1/version-record.schema.json' with { type: 'json' };
import { MANIFEST_KEYS, MANIFEST_KEYS_BY_TYPE } from './index.ts';

const SCHEMAS = {
  common,
  manifest,
  normalized,
  plugin,
  registry,
  scope,
  status,
  version,
  categories,
  lockfile,
  project,
  journal,
  storeEntry,
};

/** Where each regular expression of the schemas stands, and its source. */
function patternsOf(value: unknown, path: string): readonly (readonly [string, string])[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) =>
    key === 'pattern' && typeof item === 'string' ? [[path, item] as const] : patternsOf(item, `${path}/${key}`),
  );
}

const PATTERNS = [
  ...new Map(patternsOf(SCHEMAS, '').map(([path, pattern]) => [pattern, [path, pattern] as const])).values(),
];

const LENGTH = 64 * 1024;
/** What repeats in a text that is meant to be slow to match. */
const PARTS = [
  'a',
  'A',
  '0',
  '1',
  '-',
  '.',
  '/',
  '\\',
  ' ',
  '@',
  ':',
  '$',
  '{',
  '|',
  '_',
  '..',
  '../',
  './',
  'a.',
  'a-',
  '1.',
  '0-',
  'a/',
  'a|',
  'a |',
  ' |',
  'a@',
  '://',
  'https://',
  '${A}',
  '-a',
  '0.0.0-',
  'a.a-',
  '-0.',
  '\u2028',
  '日',
  '👍',
];
const HEADS = [
  '',
  '@',
  '@a/',
  '1.0.0-',
  '1.0.0-a.',
  'https://',
  'git@',
  'a@',
  '${',
  '*.',
  '[',
  'sha512-',
  'AR-2026-',
  './',
  'file |',
];

describe('the regular expressions of the schemas', () => {
  it('are found', () => {
    expect(PATTERNS.length).toBeGreaterThan(20);
  });

  it.each(PATTERNS)('of %s take a moment for 64 KiB of anything', (_path, pattern) => {
    // As the validators compile them.
    const regex = new RegExp(pattern, 'u');
    let slowest = 0;
    for (const head of HEADS)
      for (const part of PARTS)
        for (const tail of ['', '!', '\n']) {
          const text = head + part.repeat(LENGTH / part.length) + tail;
          const started = performance.now();
          regex.test(text);
          slowest = Math.max(slowest, performance.now() - started);
        }
    expect(slowest).toBeLessThan(250);
  });

  it.each(PATTERNS)('of %s match whole values', (_path, pattern) => {
    expect(pattern.startsWith('^')).toBe(true);
    expect(pattern.endsWith('$')).toBe(true);
  });
});

describe('paths inside a package', () => {
  const packagePath = new RegExp(common.$defs.packagePath.pattern, 'u');
  const permissionPath = new RegExp(common.$defs.permissionPath.pattern, 'u');

  it('never lead out of it, whatever is between the slashes', () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '',
      'a',
      '...',
      '/',
      '\n',
      '\r',
      '\u2028',
      '\u2029',
      '\u0085',
      '\\',
      '\u0000',
      '..a',
      'a..',
      ' ',
      '..\\',
    );
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join('/')),
        (path) => {
          const leaves = path.startsWith('/') || path.split(/[/\\]/).includes('..');
          expect(leaves && packagePath.test(path)).toBe(false);
          expect(leaves && permissionPath.test(path)).toBe(false);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('hold nothing that a terminal obeys or hides', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (path) => {
        expect(packagePath.test(path) && /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2066-\u2069]/u.test(path)).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('records and files', () => {
  const strict = { manifest, plugin, registry, scope, status, version, categories, lockfile, project };

  it.each(Object.entries(strict))('that people submit refuse what they do not know: %s', (_name, schema) => {
    const refuses = 'additionalProperties' in schema ? schema.additionalProperties : schema.unevaluatedProperties;
    expect(refuses).toBe(false);
  });

  it.each(
    Object.entries({ plugin, registry, scope, status, version, categories, lockfile, project, journal, storeEntry }),
  )('name the version of their format: %s', (_name, schema) => {
    expect(schema.required).toContain('schemaVersion');
  });

  it.each(Object.entries(SCHEMAS))('are served at their own address: %s', (_name, schema) => {
    expect(schema.$id).toMatch(/^https:\/\/[^/]+\/schemas\/v1\/[a-z-]+\.schema\.json$/);
  });
});

describe('the keys of the manifest', () => {
  it('are those of the schema', () => {
    expect(MANIFEST_KEYS).toEqual(Object.keys(manifest.properties).toSorted());
    expect(Object.keys(MANIFEST_KEYS_BY_TYPE).toSorted()).toEqual(common.$defs.pluginType.enum.toSorted());
  });
});
