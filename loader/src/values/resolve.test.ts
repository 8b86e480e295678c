import type { NormalizedManifest } from '@ar-registry/schemas';
import { expect, test } from 'vitest';
import { toCamelCase } from '@ar-registry/core/text';
import { checkRequired, collectValues } from './resolve.ts';

const MANIFEST = {
  name: '@test/p',
  config: { required: ['API_TOKEN'], optional: ['DEFAULT_CHANNEL'] },
} as unknown as NormalizedManifest;
const NONE = { entry: {}, project: {}, env: {} };

test.each([
  ['SLACK_BOT_TOKEN', 'slackBotToken'],
  ['A', 'a'],
  ['S3_URL', 's3Url'],
  ['URL_2', 'url2'],
  ['A__B', 'aB'],
  ['A_', 'a_'],
])('%s is %s to the plugin', (key, name) => {
  expect(toCamelCase(key)).toBe(name);
});

test('either spelling of a key is the same key', () => {
  expect(collectValues(MANIFEST, { ...NONE, entry: { API_TOKEN: 'a' } }).values).toEqual({ apiToken: 'a' });
  expect(collectValues(MANIFEST, { ...NONE, entry: { apiToken: 'a' } }).values).toEqual({ apiToken: 'a' });
});

test('both spellings at once are refused, and the value is not told', () => {
  const entry = { API_TOKEN: 'secret-1', apiToken: 'secret-2' };
  const collect = (): unknown => collectValues(MANIFEST, { ...NONE, entry });
  expect(collect).toThrow(
    expect.objectContaining({
      code: 'PLUGIN_CONFIG_INVALID',
      facts: expect.objectContaining({ key: 'API_TOKEN' }) as object,
    }),
  );
  expect(collect).not.toThrow(/secret/);
});

test('the entry wins over the project, the project over the environment', () => {
  const sources = {
    entry: { API_TOKEN: 'entry' },
    project: { apiToken: 'project', DEFAULT_CHANNEL: 'project' },
    env: { API_TOKEN: 'env', DEFAULT_CHANNEL: 'env', OTHER: 'env' },
  };
  expect(collectValues(MANIFEST, sources)).toEqual({
    values: { apiToken: 'entry', defaultChannel: 'project' },
    fromEnv: [],
  });
});

test('only keys of the manifest are taken from the environment', () => {
  expect(collectValues(MANIFEST, { ...NONE, env: { HOME: '/root', PATH: '/bin', API_TOKEN: 'x' } })).toEqual({
    values: { apiToken: 'x' },
    fromEnv: ['API_TOKEN'],
  });
});

test('null, undefined and empty variables count as not given', () => {
  const sources = {
    entry: { API_TOKEN: null },
    project: { API_TOKEN: undefined },
    env: { API_TOKEN: '', DEFAULT_CHANNEL: '' },
  };
  expect(collectValues(MANIFEST, sources)).toEqual({ values: {}, fromEnv: [] });
});

test('keys that the manifest does not name are passed on as written', () => {
  expect(collectValues(MANIFEST, { ...NONE, entry: { extra_key: 1, Nested: { a: [1] } } }).values).toEqual({
    extra_key: 1,
    Nested: { a: [1] },
  });
});

test('a plugin gets copies', () => {
  const nested = { list: [1] };
  const { values } = collectValues(MANIFEST, { ...NONE, entry: { nested } });
  expect(values).toEqual({ nested });
  expect(values['nested']).not.toBe(nested);
});

test('what is not plain data is refused', () => {
  expect(() => collectValues(MANIFEST, { ...NONE, entry: { apiToken: () => 'x' } })).toThrow(
    expect.objectContaining({ code: 'PLUGIN_CONFIG_INVALID' }),
  );
});

test('a key named __proto__ is a key like any other', () => {
  const entry = JSON.parse('{"__proto__": {"polluted": true}}') as Record<string, unknown>;
  const { values } = collectValues(MANIFEST, { ...NONE, entry });
  expect(Object.getPrototypeOf(values)).toBe(Object.prototype);
  expect(Object.keys(values)).toEqual(['__proto__']);
});

test('every required key that is missing is named', () => {
  const manifest = { ...MANIFEST, config: { required: ['API_TOKEN', 'API_URL'], optional: [] } };
  expect(() => checkRequired(manifest, {})).toThrow(
    expect.objectContaining({
      facts: { plugin: '@test/p', key: 'API_TOKEN', problem: 'is missing; API_URL is missing' },
    }),
  );
  expect(() => checkRequired(manifest, { apiToken: 'x', apiUrl: 'y' })).not.toThrow();
});
