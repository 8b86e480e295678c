import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NormalizedManifest } from '@ar-registry/schemas';
import { afterAll, expect, test } from 'vitest';
import { applySchema, createConfigChecks } from './schema.ts';

const dir = mkdtempSync(join(tmpdir(), 'ar-schema-'));
afterAll(() => rmSync(dir, { recursive: true }));

const MANIFEST = {
  name: '@test/p',
  config: { schema: 'schema.json', required: ['API_TOKEN'], optional: ['RETRIES', 'VERBOSE', 'URL'] },
} as unknown as NormalizedManifest;

let files = 0;

function check(schema: unknown, values: Record<string, unknown>): Promise<Record<string, unknown>> {
  const file = join(dir, `${(files += 1)}.json`);
  writeFileSync(file, typeof schema === 'string' ? schema : JSON.stringify(schema));
  return applySchema({ manifest: MANIFEST, file, checks: createConfigChecks() }, values);
}

const SCHEMA = {
  type: 'object',
  required: ['apiToken'],
  additionalProperties: false,
  properties: {
    apiToken: { type: 'string', pattern: '^tok-' },
    retries: { type: 'integer', minimum: 0, default: 3 },
    verbose: { type: 'boolean', default: false },
    url: { type: 'string', format: 'uri' },
    nested: { type: 'object', properties: { deep: { type: 'array', items: { type: 'number' } } } },
  },
};

test('text becomes what the schema asks for, and defaults are filled in', async () => {
  const values = { apiToken: 'tok-1', retries: '5', verbose: 'true' };
  expect(await check(SCHEMA, values)).toEqual({ apiToken: 'tok-1', retries: 5, verbose: true });
  expect(await check(SCHEMA, { apiToken: 'tok-1' })).toEqual({ apiToken: 'tok-1', retries: 3, verbose: false });
  expect(values.retries).toBe('5');
});

test.each([
  ['a missing key', {}, 'API_TOKEN'],
  ['a value against the pattern', { apiToken: 'secret-value' }, 'API_TOKEN'],
  ['a value of another type', { apiToken: 'tok-1', retries: 'secret-value' }, 'RETRIES'],
  ['a value against the format', { apiToken: 'tok-1', url: 'secret value' }, 'URL'],
  ['a key that the schema excludes', { apiToken: 'tok-1', other: 'secret-value' }, 'other'],
  ['a nested value', { apiToken: 'tok-1', nested: { deep: [1, 'secret-value'] } }, 'nested.deep.1'],
])('%s is told by its key, never by its value', async (_, values, key) => {
  const checking = check(SCHEMA, values);
  await expect(checking).rejects.toMatchObject({ code: 'PLUGIN_CONFIG_INVALID', facts: { key } });
  await expect(checking).rejects.not.toThrow(/secret/);
});

test('all problems are told at once', async () => {
  await expect(check(SCHEMA, { retries: -1 })).rejects.toMatchObject({
    facts: { key: 'API_TOKEN', problem: expect.stringContaining('RETRIES') as string },
  });
});

test.each([['https://json-schema.org/draft/2020-12/schema'], ['http://json-schema.org/draft-07/schema#']])(
  'a schema that names %s works',
  async ($schema) => {
    expect(await check({ $schema, ...SCHEMA }, { apiToken: 'tok-1' })).toMatchObject({ retries: 3 });
  },
);

const deep = (levels: number): string => `${'{"not":'.repeat(levels)}{}${'}'.repeat(levels)}`;

test.each([
  ['is not JSON', '{'],
  ['is a list', '[]'],
  ['refers to another document', { $ref: 'https://example.com/schema.json' }],
  ['refers to a file', { $ref: 'file:///etc/passwd' }],
  ['refers to itself without end', { $ref: '#' }],
  ['is asynchronous', { $async: true }],
  ['has an asynchronous part', { properties: { apiToken: { $async: true, type: 'string' } } }],
  ['has a pattern that is none', { properties: { apiToken: { pattern: '(' } } }],
  ['has a keyword of a wrong type', { properties: 7 }],
  ['nests without measure', deep(20_000)],
  ['is too large', JSON.stringify({ description: 'x'.repeat(256 * 1024) })],
])('a schema that %s is refused as such', async (_, schema) => {
  await expect(check(schema, { apiToken: 'x' })).rejects.toMatchObject({
    code: 'PLUGIN_CONFIG_INVALID',
    facts: { key: 'config.schema' },
  });
});

test('a schema that does not exist is refused as such', async () => {
  await expect(
    applySchema({ manifest: MANIFEST, file: join(dir, 'none.json'), checks: createConfigChecks() }, {}),
  ).rejects.toMatchObject({
    facts: { key: 'config.schema' },
  });
});

test('what is no file is refused as a schema', async () => {
  // A pipe, say, would be waited for for ever.
  await expect(applySchema({ manifest: MANIFEST, file: dir, checks: createConfigChecks() }, {})).rejects.toMatchObject({
    code: 'PLUGIN_CONFIG_INVALID',
    facts: { key: 'config.schema' },
  });
});

test('a schema cannot reach the prototypes of the process', async () => {
  const schema =
    '{"properties": {"__proto__": {"default": {"polluted": true}}, "constructor": {"properties": {"prototype": {"default": {"polluted": true}}}}}}';
  await check(schema, { apiToken: 'x' }).catch(() => undefined);
  expect({}).not.toHaveProperty('polluted');
});

test('a schema that is changed counts at once, and one that is not is compiled once', async () => {
  const file = join(dir, 'changing.json');
  const checks = createConfigChecks();
  const known = { manifest: MANIFEST, file, checks };
  writeFileSync(file, JSON.stringify({ properties: { retries: { type: 'integer', default: 3 } } }));
  expect(await applySchema(known, {})).toEqual({ retries: 3 });
  expect(await applySchema(known, { retries: '4' })).toEqual({ retries: 4 });
  expect(await checks.of(MANIFEST.name, '{}')).toBe(await checks.of(MANIFEST.name, '{}'));
  writeFileSync(file, JSON.stringify({ properties: { retries: { maximum: 3 } } }));
  await expect(applySchema(known, { retries: 4 })).rejects.toMatchObject({ code: 'PLUGIN_CONFIG_INVALID' });
});

test.each([
  [{ type: 5 }],
  [{ properties: { a: { type: 'strin' } } }],
  [{ properties: { a: { minimum: 'x' } } }],
  [{ properties: 5 }],
  [{ $defs: { a: { items: 5 } } }],
  [{ allOf: [] }],
])('a schema that is none is refused: %j', async (schema) => {
  await expect(check(schema, {})).rejects.toMatchObject({ facts: { key: 'config.schema' } });
});
