import type { PluginManifest } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/normalized-manifest';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringifyRecord } from '../yaml/index.ts';
import { normalizeManifest, parseManifest } from './index.ts';

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
const envKey = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,10}$/);
const few = <T>(item: fc.Arbitrary<T>) => fc.uniqueArray(item, { maxLength: 3 });
const flags = (...keys: readonly string[]) => {
  const map = fc.record(Object.fromEntries(keys.map((key) => [key, fc.boolean()])), { requiredKeys: [] });
  return fc.oneof(
    map,
    map.map((all) => Object.entries(all).map(([key, value]) => ({ [key]: value }))),
  );
};
const destination = fc.oneof(
  fc.array(word, { minLength: 1, maxLength: 3 }),
  fc
    .array(word, { minLength: 1, maxLength: 3 })
    .chain((parts) => fc.constantFrom(parts.join('|'), parts.join(' | '), parts.join('  |'))),
);

const byType = fc.oneof(
  fc.record(
    {
      type: fc.constant('bridge'),
      provides: few(fc.record({ bidirectional: fc.boolean(), external: word, internal: word })),
    },
    { requiredKeys: ['type'] },
  ),
  fc.record(
    {
      type: fc.constant('storage'),
      implements: fc.constantFrom([], ['StorageAdapter']),
      features: flags('messages', 'sessions', 'summaries', 'dlq'),
    },
    { requiredKeys: ['type'] },
  ),
  fc.record(
    {
      type: fc.constant('memory'),
      implements: fc.constantFrom([], ['MemoryAdapter']),
      features: flags('semantic_search', 'metadata_filter', 'namespaces'),
    },
    { requiredKeys: ['type'] },
  ),
  fc.record(
    {
      type: fc.constant('policy'),
      implements: fc.constantFrom([], ['PolicyEngine']),
      features: flags('roles', 'permissions', 'rate_limiting', 'audit_log'),
    },
    { requiredKeys: ['type'] },
  ),
  fc.record(
    {
      type: fc.constant('hook'),
      hooks: flags('onMessage', 'onConnect', 'onDisconnect'),
      outputs: fc.array(fc.record({ format: word, destination }), { maxLength: 3 }),
    },
    { requiredKeys: ['type'] },
  ),
  fc.record(
    {
      type: fc.constant('widget'),
      displays: few(
        fc.record({
          type: fc.constantFrom('chart', 'metric', 'table', 'text'),
          data: fc.stringMatching(/^[a-z][a-z0-9_]{0,10}$/),
        }),
      ),
    },
    { requiredKeys: ['type'] },
  ),
);

const common = fc.record(
  {
    name: word.map((base) => `@acme/x${base}`),
    version: fc.tuple(fc.nat(), fc.nat(), fc.nat()).map((parts) => parts.join('.')),
    description: fc.string({ minLength: 1, maxLength: 40 }),
    author: fc.record({ name: word, email: fc.constant('a@b.c') }, { requiredKeys: ['name'] }),
    repository: fc.constant({ type: 'git', url: 'https://example.com/x' }),
    license: fc.constantFrom('MIT', '(MIT OR Apache-2.0)'),
    main: fc.constantFrom('./dist/index.js', 'index.js'),
    types: fc.constant('./dist/index.d.ts'),
    config: fc.record(
      {
        schema: fc.constant('./schema.json'),
        required: few(envKey.map((key) => `R${key}`)),
        optional: few(envKey.map((key) => `O${key}`)),
      },
      { requiredKeys: [] },
    ),
    dependencies: fc.dictionary(word, fc.constantFrom('1', '^2.0.0', '*'), { maxKeys: 3 }),
    peerDependencies: fc.dictionary(word, fc.constantFrom('1', '^2.0.0', '*'), { maxKeys: 3 }),
    tags: few(word),
    category: word,
    minVersion: fc.constant('1.3.0'),
    files: few(word),
    permissions: fc.record(
      {
        network: fc.constantFrom([], ['a.com']),
        filesystem: fc.record({ read: few(word) }, { requiredKeys: [] }),
        workers: fc.boolean(),
        env: few(envKey),
      },
      { requiredKeys: [] },
    ),
    verified: fc.constant(false),
  },
  { requiredKeys: ['name', 'version', 'description', 'author', 'repository', 'license', 'main'] },
);

/** Every valid manifest, in every spelling. */
const manifest = fc.tuple(common, byType).map(([rest, own]) => ({ ...rest, ...own }) as unknown as PluginManifest);

describe('normalizeManifest', () => {
  it('is what the schema of records and documents describes', () => {
    fc.assert(
      fc.property(manifest, (authored) => {
        expect(parseManifest(stringifyRecord(authored), 'x').findings).toEqual([]);
        expect(validator(normalizeManifest(authored)).ok).toBe(true);
      }),
    );
  });

  it('changes nothing the second time, and is a valid manifest itself', () => {
    fc.assert(
      fc.property(manifest, (authored) => {
        const once = normalizeManifest(authored);
        const again = parseManifest(stringifyRecord(once), 'x');
        expect(again.findings).toEqual([]);
        expect(stringifyRecord(again.manifest ?? {})).toBe(stringifyRecord(once));
      }),
    );
  });

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(manifest, (authored) => {
        const turned = Object.fromEntries(Object.entries(authored).toReversed()) as unknown as PluginManifest;
        expect(stringifyRecord(normalizeManifest(turned))).toBe(stringifyRecord(normalizeManifest(authored)));
      }),
    );
  });

  it('does not change its argument', () => {
    fc.assert(
      fc.property(manifest, (authored) => {
        const before = JSON.stringify(authored);
        normalizeManifest(authored);
        expect(JSON.stringify(authored)).toBe(before);
      }),
    );
  });

  it('never gives a destination that its schema would refuse', () => {
    const long = fc.stringMatching(/^[a-z0-9-]{1,80}(?: \| [a-z0-9-]{1,80}){0,20}$/);
    fc.assert(
      fc.property(long, (text) => {
        const authored = { ...BASE, type: 'hook', outputs: [{ format: 'json', destination: text }] };
        const parsed = parseManifest(stringifyRecord(authored), 'x');
        expect(parsed.manifest === undefined || validator(parsed.manifest).ok).toBe(true);
      }),
    );
  });
});

const BASE = {
  name: '@acme/hello',
  version: '1.0.0',
  description: 'x',
  author: { name: 'A' },
  repository: { type: 'git', url: 'https://example.com/x' },
  license: 'MIT',
  main: 'index.js',
};
