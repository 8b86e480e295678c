import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_LOCK, parseProjectFile, type ProjectState } from '../install/index.ts';
import { parseManifest } from '../manifest/index.ts';
import {
  configKey,
  configKeysOf,
  createConfigCheck,
  describeType,
  holdsCredentials,
  maskValue,
  parseConfigSchema,
  parseConfigValue,
  planConfig,
  type ConfigDescription,
} from './index.ts';

const NAME = '@acme/hello';
const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['url'],
  properties: {
    url: { type: 'string' },
    retries: { type: 'integer', minimum: 1, maximum: 9 },
    mode: { enum: ['full', 'none'] },
    nested: { type: 'object', properties: { deep: { type: 'array', items: { type: 'integer' } } } },
    secretSauce: { type: 'string' },
    publicToken: { type: 'string', writeOnly: false },
    pin: { type: 'string', format: 'password' },
  },
};

function manifestOf(keys: readonly string[]) {
  const { manifest } = parseManifest(
    `name: "${NAME}"\nversion: 1.0.0\ntype: hook\ndescription: x\nauthor: { name: A }\nrepository: { type: git, url: "https://example.com/x.git" }\nlicense: MIT\nmain: ./x.js\nconfig: { required: [URL], optional: [${keys.join(', ')}] }\n`,
    'x',
  );
  if (!manifest) throw new Error('no manifest');
  return manifest;
}

const KEYS = ['RETRIES', 'MODE', 'NESTED', 'SECRET_SAUCE', 'PUBLIC_TOKEN', 'PIN', 'API_TOKEN', 'SIGNING_KEY'];

async function describePlugin(): Promise<ConfigDescription> {
  return {
    plugin: NAME,
    keys: configKeysOf(manifestOf(KEYS), SCHEMA),
    check: await createConfigCheck(NAME, SCHEMA),
  };
}

async function valueOf(typed: string, text: string, current = {}): Promise<unknown> {
  const description = await describePlugin();
  return parseConfigValue(description, configKey(description, typed), { text, current });
}

describe('keys', () => {
  it('are those of the manifest, then those that only the schema has', () => {
    const keys = configKeysOf(manifestOf([]), { properties: { extra: {}, url: { type: 'string' } } });
    expect(keys.map(({ key, variable, required }) => [key, variable, required])).toEqual([
      ['url', 'URL', true],
      ['extra', undefined, false],
    ]);
  });

  it('are secrets by mark or by name, unless the mark says no', async () => {
    const secret = (await describePlugin()).keys.filter((key) => key.secret).map(({ key }) => key);
    expect(secret).toEqual(['pin', 'apiToken', 'signingKey']);
  });

  it('are found in both spellings, and by nothing else', async () => {
    const description = await describePlugin();
    expect(configKey(description, 'SECRET_SAUCE')).toBe(configKey(description, 'secretSauce'));
    for (const typed of ['constructor', '__proto__', 'retris', ''])
      expect(() => configKey(description, typed)).toThrow(expect.objectContaining({ code: 'CONFIG_KEY_UNKNOWN' }));
  });

  it.each([
    [{ type: 'integer', minimum: 1, maximum: 9 }, 'integer, at least 1, at most 9'],
    [{ enum: ['a', 1] }, 'a | 1'],
    [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, 'integer or string'],
    [{}, ''],
    [{ anyOf: 'x', type: 7 }, ''],
  ])('may be %j: %s', (schema, text) => {
    expect(describeType({ key: 'x', required: false, secret: false, schema })).toBe(text);
  });
});

describe('holdsCredentials', () => {
  it.each(['postgres://u:p@h/db', 'see redis://:p@h', 'https://a:b@c', { a: ['https://a:b@c'] }])('in %j', (value) => {
    expect(holdsCredentials(value)).toBe(true);
  });

  it.each(['https://example.com', 'https://example.com/a:b@c', 'git@github.com:a/b', 'https://user@host', 7, null])(
    'not in %j',
    (value) => {
      expect(holdsCredentials(value)).toBe(false);
    },
  );
});

describe('a secret inside of a value', () => {
  const schema = {
    properties: {
      password: { type: 'string' },
      pin: { type: 'integer', writeOnly: true },
      token: { type: 'object' },
      hosts: { items: { properties: { secret: {} } } },
    },
  };

  it.each([
    [{ password: 'hush' }, { password: '***' }],
    [
      { user: 'me', pin: 7 },
      { user: 'me', pin: '***' },
    ],
    [{ hosts: [{ name: 'a', secret: 'hush' }] }, { hosts: [{ name: 'a', secret: '***' }] }],
    [{ url: ['https://a:b@c'] }, { url: ['https://a:***@c'] }],
  ])('is found in %j, and masked', (value, masked) => {
    expect(holdsCredentials(value, schema)).toBe(true);
    expect(maskValue(value, schema)).toEqual(masked);
  });

  it.each([{ user: 'me', token: { limit: 4 } }, ['a'], 'text', 7, null, undefined, { hosts: [] }])(
    'is not found in %j, which stays as it is',
    (value) => {
      expect(holdsCredentials(value, schema)).toBe(false);
      expect(maskValue(value, schema)).toEqual(value);
    },
  );
});

describe('parseConfigValue', () => {
  it.each([
    ['retries', '5', 5],
    ['url', '5', '5'],
    ['url', 'null', 'null'],
    ['mode', 'full', 'full'],
    ['nested', '{"deep":[1]}', { deep: [1] }],
  ])('reads %s %s', async (key, text, value) => {
    expect(await valueOf(key, text)).toEqual(value);
  });

  it.each([
    ['retries', '99', 'retries'],
    ['retries', 'many', 'retries'],
    ['mode', 'half', 'mode'],
    ['nested', '{"deep":[1,"x"]}', 'nested.deep.1'],
  ])('refuses %s %s and names %s', async (key, text, named) => {
    await expect(valueOf(key, text)).rejects.toMatchObject({ code: 'CONFIG_VALUE_INVALID', facts: { key: named } });
  });

  it('does not mind what else is wrong', async () => {
    expect(await valueOf('retries', '5', { mode: 'half', unknown: 1, RETRIES: 'x' })).toBe(5);
  });

  it('refuses secrets without repeating them', async () => {
    for (const [key, text] of [
      ['API_TOKEN', 'hush'],
      ['url', 'https://u:hush@host'],
    ] as const) {
      const refused = valueOf(key, text);
      await expect(refused).rejects.toMatchObject({ code: 'CONFIG_SECRET' });
      await expect(refused).rejects.not.toThrow(/hush/);
    }
  });
});

describe('a hostile schema', () => {
  it.each(['{', '[]', 'null', '"x"', '{"$async":true}'])('%s cannot be used', (text) => {
    expect(() => parseConfigSchema(NAME, text)).toThrow(expect.objectContaining({ code: 'PLUGIN_CONFIG_INVALID' }));
  });

  it.each([
    { $ref: 'https://example.com/x' },
    { type: 'nonsense' },
    { pattern: '(' },
    { properties: { x: { $ref: '#/nowhere' } } },
  ])('%j does not compile', async (schema) => {
    await expect(createConfigCheck(NAME, schema)).rejects.toMatchObject({ code: 'PLUGIN_CONFIG_INVALID' });
  });

  it('that refers to itself ends', async () => {
    const check = await createConfigCheck(NAME, { $ref: '#' });
    expect(() => check({})).toThrow(expect.objectContaining({ code: 'PLUGIN_CONFIG_INVALID' }));
  });

  it('names keys without what they would do to a terminal', async () => {
    const check = await createConfigCheck(NAME, { properties: { 'a\u001b[2J': { type: 'string' } } });
    expect(JSON.stringify(check({ 'a\u001b[2J': 1 }))).not.toContain('u001b');
  });
});

describe('planConfig', () => {
  const text = `schemaVersion: 1\nplugins:\n  "${NAME}":\n    range: ^1\n    config:\n      RETRIES: 2 # few\n      mode: full # all\n`;
  const state: ProjectState = { wanted: parseProjectFile(text, 'x'), lock: EMPTY_LOCK, text };

  it('changes single values and keeps comments and spelling', async () => {
    const description = await describePlugin();
    const { changed, change } = planConfig(state, NAME, new Map([[configKey(description, 'retries'), 3]]));
    expect([changed, change?.projectText]).toEqual([['retries'], text.replace('2 # few', '3 # few')]);
  });

  it('takes values out, and the whole map with the last of them', async () => {
    const description = await describePlugin();
    const edits = new Map(['retries', 'mode'].map((key) => [configKey(description, key), undefined]));
    expect(planConfig(state, NAME, edits).change?.projectText).not.toContain('config');
  });

  it('changes nothing where the value is there', async () => {
    const edits = new Map([[configKey(await describePlugin(), 'mode'), 'full']]);
    expect(planConfig(state, NAME, edits)).toEqual({ changed: [], change: undefined });
  });

  it('is read back as it was set, whatever it holds', async () => {
    const key = configKey(await describePlugin(), 'nested');
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 3 }).filter((value) => value !== null),
        (value) => {
          const { change } = planConfig(state, NAME, new Map([[key, value]]));
          const read: { nested?: unknown } | undefined = parseProjectFile(change?.projectText ?? '', 'x').plugins[NAME]
            ?.config;
          expect(JSON.stringify(read?.nested)).toBe(JSON.stringify(value));
        },
      ),
    );
  });
});
