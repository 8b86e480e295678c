import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toFindingDocument, type Finding } from '../findings/index.ts';
import { MAX_FINDINGS, stringifyRecord } from '../yaml/index.ts';
import { parseManifest } from './index.ts';
import { cpuMs } from '../../test/cpu-time.ts';

const VALID = {
  name: '@acme/hello',
  version: '1.0.0',
  type: 'bridge',
  description: 'Says hello',
  author: { name: 'Acme' },
  repository: { type: 'git', url: 'https://example.com/acme/hello.git' },
  license: 'MIT',
  main: './dist/index.js',
};

function text(changes: object): string {
  const entries = Object.entries({ ...VALID, ...changes }).filter(([, value]) => value !== undefined);
  return stringifyRecord(Object.fromEntries(entries));
}

function findings(changes: object | string): readonly Finding[] {
  return parseManifest(typeof changes === 'string' ? changes : text(changes), 'ar-plugin.yaml').findings;
}

/** Code and path of every finding. */
function found(changes: object | string): readonly (readonly [string, string | undefined])[] {
  return findings(changes).map(({ code, at }) => [code, at.path]);
}

const many = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `t${index}`);

describe('keys that every JavaScript object has', () => {
  it.each(['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty'])('are unknown: %s', (key) => {
    const yaml = `${Object.entries(MINIMAL)
      .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
      .join('\n')}\n${key}: 1\n`;
    const parsed = parseManifest(yaml, 'ar-plugin.yaml');
    expect(parsed.findings.map(({ code, at }) => [code, at.path])).toEqual([['UNKNOWN_KEY', key]]);
    expect(parsed.manifest).toBeUndefined();
  });
});

const MINIMAL = {
  name: '@acme/hello',
  version: '1.0.0',
  type: 'hook',
  description: 'Greets',
  author: { name: 'Acme' },
  repository: { type: 'git', url: 'https://example.com/hello.git' },
  license: 'MIT',
  main: './index.js',
};

describe('parseManifest', () => {
  it('finds nothing in a minimal manifest', () => {
    expect(found({})).toEqual([]);
  });

  it.each([
    ['MISSING_KEY', 'license', { license: undefined }, {}],
    ['MISSING_KEY', 'author.name', { author: {} }, { author: { name: 'A' } }],
    [
      'MISSING_KEY',
      'provides[0].internal',
      { provides: [{ external: 'a' }] },
      { provides: [{ external: 'a', internal: 'b' }] },
    ],
    ['UNKNOWN_KEY', 'licence', { licence: 'MIT' }, {}],
    ['UNKNOWN_KEY', 'config.require', { config: { require: [] } }, { config: { required: [] } }],
    [
      'UNKNOWN_KEY',
      'permissions.filesystem.execute',
      { permissions: { filesystem: { execute: [] } } },
      { permissions: { filesystem: { read: [] } } },
    ],
    ['UNKNOWN_KEY', 'dependencies.PG', { dependencies: { PG: '1' } }, { dependencies: { pg: '1' } }],
    [
      'UNKNOWN_KEY',
      'features.speed',
      { type: 'storage', features: { speed: true } },
      { type: 'storage', features: { dlq: true } },
    ],
    [
      'UNKNOWN_KEY',
      'features[0].speed',
      { type: 'storage', features: [{ speed: true }] },
      { type: 'storage', features: [{ dlq: true }] },
    ],
    ['KEY_OF_OTHER_TYPE', 'hooks', { hooks: { onMessage: true } }, { type: 'hook', hooks: { onMessage: true } }],
    ['WRONG_TYPE', 'description', { description: 5 }, { description: '5' }],
    ['WRONG_TYPE', 'version', { version: 1 }, { version: '1.0.0' }],
    ['WRONG_TYPE', 'name', { name: null }, {}],
    ['WRONG_TYPE', 'tags', { tags: 'a' }, { tags: ['a'] }],
    ['WRONG_TYPE', 'permissions.workers', { permissions: { workers: 'yes' } }, { permissions: { workers: true } }],
    ['WRONG_TYPE', 'dependencies.pg', { dependencies: { pg: 8 } }, { dependencies: { pg: '8' } }],
    ['INVALID_VALUE', 'type', { type: 'brigde' }, { type: 'bridge' }],
    ['INVALID_VALUE', 'type', { type: 'constructor' }, {}],
    ['INVALID_VALUE', 'description', { description: '' }, { description: 'x' }],
    ['INVALID_VALUE', 'description', { description: 'x'.repeat(301) }, { description: 'x'.repeat(300) }],
    ['INVALID_VALUE', 'main', { main: '../index.js' }, { main: './a..b/index.js' }],
    ['INVALID_VALUE', 'main', { main: '/etc/passwd' }, { main: 'etc/passwd' }],
    ['INVALID_VALUE', 'main', { main: 'a/../../x' }, { main: 'a/.../x' }],
    ['INVALID_VALUE', 'main', { main: 'a\\..\\x' }, { main: 'a/x' }],
    ['INVALID_VALUE', 'main', { main: 'x\u2028/../../../etc/passwd' }, { main: 'x/etc/passwd' }],
    ['INVALID_VALUE', 'main', { main: 'x\n/../../../etc/passwd' }, {}],
    ['INVALID_VALUE', 'main', { main: './a\u202eb.js' }, { main: './ab.js' }],
    [
      'INVALID_VALUE',
      'permissions.listen[0]',
      { permissions: { listen: ['0.0.0.0:0'] } },
      { permissions: { listen: ['127.0.0.1:0'] } },
    ],
    [
      'INVALID_VALUE',
      'permissions.listen[0]',
      { permissions: { listen: ['3000'] } },
      { permissions: { listen: ['127.0.0.1:3000'] } },
    ],
    [
      'INVALID_VALUE',
      'permissions.listen[0]',
      { permissions: { listen: ['0.0.0.0'] } },
      { permissions: { listen: ['0.0.0.0:8080'] } },
    ],
    [
      'INVALID_VALUE',
      'permissions.listen[0]',
      { permissions: { listen: ['example.com:80'] } },
      { permissions: { listen: ['localhost:80'] } },
    ],
    [
      'INVALID_VALUE',
      'permissions.listen[0]',
      { permissions: { listen: ['*:80'] } },
      { permissions: { listen: ['[::]:80'] } },
    ],
    [
      'INVALID_VALUE',
      'permissions.listen[0]',
      { permissions: { listen: ['127.0.0.1:080'] } },
      { permissions: { listen: ['127.0.0.1:80'] } },
    ],
    [
      'INVALID_VALUE',
      'permissions.listen[0]',
      { permissions: { listen: ['unix:/run/s'] } },
      { permissions: { listen: ['[::1]:80'] } },
    ],
    [
      'INVALID_VALUE',
      'permissions.filesystem.read[0]',
      { permissions: { filesystem: { read: ['..'] } } },
      { permissions: { filesystem: { read: ['.'] } } },
    ],
    [
      'INVALID_VALUE',
      'permissions.filesystem.read[0]',
      { permissions: { filesystem: { read: ['a\u2029/../b'] } } },
      { permissions: { filesystem: { read: ['a/b'] } } },
    ],
    [
      'INVALID_VALUE',
      'permissions.filesystem.write[0]',
      { permissions: { filesystem: { write: ['$HOME'] } } },
      { permissions: { filesystem: { write: [] } } },
    ],
    [
      'INVALID_VALUE',
      'permissions.network[0]',
      { permissions: { network: ['*'] } },
      { permissions: { network: ['*.a.com', 'localhost:5432', '[::1]:80'] } },
    ],
    [
      'INVALID_VALUE',
      'permissions.network[0]',
      { permissions: { network: ['https://a.com'] } },
      { permissions: { network: ['a.com:443'] } },
    ],
    [
      'INVALID_VALUE',
      'permissions.childProcess[0]',
      { permissions: { childProcess: ['rm -rf /'] } },
      { permissions: { childProcess: ['git'] } },
    ],
    ['INVALID_VALUE', 'config.required[0]', { config: { required: ['token'] } }, { config: { required: ['TOKEN'] } }],
    ['INVALID_VALUE', 'minVersion', { minVersion: '1.3' }, { minVersion: '1.3.0' }],
    ['INVALID_VALUE', 'changelog', { changelog: 'javascript:alert(1)' }, { changelog: './CHANGELOG.md' }],
    ['INVALID_VALUE', 'changelog', { changelog: '../CHANGELOG.md' }, { changelog: 'https://example.com/changes' }],
    ['INVALID_VALUE', 'homepage', { homepage: 'javascript:alert(1)' }, { homepage: 'https://example.com/ä?x=1#y' }],
    ['INVALID_VALUE', 'homepage', { homepage: 'https://a/"><script>' }, { homepage: 'http://localhost:8080' }],
    ['INVALID_VALUE', 'bugs', { bugs: 'https://a/\u001b[2J' }, { bugs: 'https://a/(b)[c]' }],
    ['INVALID_VALUE', 'minVersion', { minVersion: '99999999999999999999.0.0' }, { minVersion: '999999999999999.0.0' }],
    ['INVALID_VALUE', 'repository.type', { repository: { type: 'svn', url: 'https://a.b' } }, {}],
    [
      'INVALID_VALUE',
      'repository.url',
      { repository: { type: 'git', url: '-oProxyCommand@a:b' } },
      { repository: { type: 'git', url: 'git@a.b:c' } },
    ],
    ['INVALID_VALUE', 'features', { type: 'storage', features: 'all' }, { type: 'storage', features: {} }],
    [
      'INVALID_VALUE',
      'outputs[0].destination',
      { type: 'hook', outputs: [{ format: 'json', destination: 5 }] },
      { type: 'hook', outputs: [{ format: 'json', destination: 'file' }] },
    ],
    [
      'INVALID_VALUE',
      'outputs[0].destination',
      { type: 'hook', outputs: [{ format: 'json', destination: 'a|' }] },
      { type: 'hook', outputs: [{ format: 'json', destination: 'a|b' }] },
    ],
    [
      'INVALID_VALUE',
      'outputs[0].destination',
      { type: 'hook', outputs: [{ format: 'json', destination: [] }] },
      { type: 'hook', outputs: [{ format: 'json', destination: ['a'] }] },
    ],
    ['DUPLICATE_ITEM', 'tags[1]', { tags: ['a', 'a'] }, { tags: ['a', 'b'] }],
    ['TOO_MANY', 'tags', { tags: many(21) }, { tags: many(20) }],
    [
      'TOO_MANY',
      'features[0]',
      { type: 'storage', features: [{ dlq: true, messages: true }] },
      { type: 'storage', features: [{ dlq: true }, { messages: true }] },
    ],
    ['NAME_INVALID', 'name', { name: '@acme/Hello' }, { name: '@acme/hello' }],
    ['NAME_INVALID', 'name', { name: '@acme/con' }, { name: '@acme/cons' }],
    ['VERSION_INVALID', 'version', { version: '1.0' }, { version: '1.0.0-beta.1' }],
    ['VERSION_INVALID', 'version', { version: '1.0.0+build' }, { version: '1.0.0' }],
    ['LICENSE_INVALID', 'license', { license: 'Beerware 2' }, { license: '(MIT OR Apache-2.0) AND BSD-3-Clause' }],
    ['LICENSE_INVALID', 'license', { license: 'x'.repeat(200) }, { license: 'LicenseRef-mine' }],
    ['SET_BY_REGISTRY', 'verified', { verified: true }, { verified: false }],
    ['SET_BY_REGISTRY', 'official', { official: 'yes' }, { official: false }],
    [
      'DEPENDENCY_RANGE_INVALID',
      'dependencies.pg',
      { dependencies: { pg: 'git+https://a.b/c' } },
      { dependencies: { pg: '^8.0.0' } },
    ],
    [
      'DEPENDENCY_RANGE_INVALID',
      'peerDependencies.pg',
      { peerDependencies: { pg: 'latest' } },
      { peerDependencies: { pg: '*' } },
    ],
    [
      'DEPENDENCY_RANGE_INVALID',
      'dependencies.constructor',
      { dependencies: { constructor: 'file:..' } },
      { dependencies: { constructor: '1' } },
    ],
    [
      'CONFIG_KEY_TWICE',
      'config.optional[0]',
      { config: { required: ['A'], optional: ['A'] } },
      { config: { required: ['A'], optional: ['B'] } },
    ],
    [
      'PERMISSION_KEY_UNKNOWN',
      'permissions.listen[0]',
      { permissions: { listen: ['${HOST}:${PORT}'] }, config: { optional: ['PORT'] } },
      { permissions: { listen: ['${HOST}:${PORT}'] }, config: { optional: ['HOST', 'PORT'] } },
    ],
    [
      'PERMISSION_KEY_UNKNOWN',
      'permissions.network[0]',
      { permissions: { network: ['${DB}'] } },
      { permissions: { network: ['${DB}'] }, config: { optional: ['DB'] } },
    ],
    [
      'PERMISSION_KEY_UNKNOWN',
      'permissions.filesystem.write[1]',
      { permissions: { filesystem: { write: ['a', '${DIR}'] } } },
      { permissions: { filesystem: { write: ['a', '${DIR}'] } }, config: { required: ['DIR'] } },
    ],
  ] as const)('says %s of %s for the one and nothing for the other', (...[code, path, wrong, right]) => {
    expect(found(wrong)).toEqual([[code, path]]);
    expect(found(right)).toEqual([]);
  });

  it('tells all errors at once, in the order of the file', () => {
    expect(found('name: hello\nversion: 1\ntype: hook\nlicence: MIT\n').map(([code]) => code)).toEqual([
      ...Array.from({ length: 5 }, () => 'MISSING_KEY'),
      'NAME_INVALID',
      'WRONG_TYPE',
      'UNKNOWN_KEY',
    ]);
  });

  it('says each thing once', () => {
    expect(found({ name: 'Hello', version: 'v1', verified: true, features: { x: 1 } })).toEqual([
      ['NAME_INVALID', 'name'],
      ['VERSION_INVALID', 'version'],
      ['SET_BY_REGISTRY', 'verified'],
      ['KEY_OF_OTHER_TYPE', 'features'],
    ]);
  });

  it.each([
    ['licence', 'license', { licence: 'MIT' }],
    ['descripton', 'description', { descripton: 'x' }],
    ['requird', 'required', { config: { requird: [] } }],
    ['netwrok', 'network', { permissions: { netwrok: [] } }],
    ['externl', 'external', { provides: [{ externl: 'a', internal: 'b' }] }],
  ])('suggests for %s the key %s', (key, suggestion, changes) => {
    const unknown = findings(changes).find(({ code }) => code === 'UNKNOWN_KEY');
    expect(unknown?.facts).toEqual({ key, suggestion });
  });

  it('names the types that a key is for', () => {
    expect(findings({ implements: [] })[0]?.facts).toEqual({
      key: 'implements',
      type: 'bridge',
      belongsTo: ['storage', 'memory', 'policy'],
    });
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('takes the type %s for no type', (type) => {
    expect(found({ type, provides: [], qwerty: 1 }).map(([code]) => code)).toContain('INVALID_VALUE');
  });

  it.each([
    ['a number', '1.0', 'name: "@a/b"\nversion: 1.0\n', [2, 10]],
    ['a wrong item', 'B', 'name: "@a/b"\nconfig:\n  required:\n    - A\n    - b\n', [5, 7]],
    ['an unknown key', 'x', 'name: "@a/b"\r\nconfig:\r\n  x: 1\r\n', [3, 3]],
    ['a value behind a byte order mark', 'x', '\ufeffname: x\n', [1, 7]],
    ['a value behind wide characters', 'x', '# 説明\ndescription: {"説明": 1}\n', [2, 14]],
    ['a key whose value is empty', 'x', 'tags:\nname: "@a/b"\n', [1, 6]],
    ['a dependency called 0', 'x', 'dependencies:\n  a: 1.x\n  "0": 5\n', [3, 8]],
  ])('places %s', (...[, , yaml, place]) => {
    const at = findings(yaml).find(({ code }) => code !== 'MISSING_KEY')?.at;
    expect([at?.line, at?.column]).toEqual(place);
    expect(at?.frame).toContain('^');
  });

  it('gives the manifest as written beside the normal form', () => {
    const { authored, manifest } = parseManifest(text({ files: ['dist'] }), 'ar-plugin.yaml');
    expect(authored?.files).toEqual(['dist']);
    expect(manifest).not.toHaveProperty('files');
  });

  it('gives no manifest where something is wrong', () => {
    expect(parseManifest(text({ verified: true }), 'ar-plugin.yaml')).not.toHaveProperty('manifest');
    expect(parseManifest('- a', 'ar-plugin.yaml')).not.toHaveProperty('manifest');
  });
});

/** Items with commas between, until there are `limit` characters. */
function list(item: (index: number) => string, limit: number): string {
  const items: string[] = [];
  for (let size = 0; size < limit; size += (items.at(-1)?.length ?? 0) + 1) items.push(item(items.length));
  return items.slice(0, -2).join(',');
}

describe('hostile manifests', () => {
  const key = fc.oneof(
    fc.constantFrom(
      ...Object.keys(VALID),
      'tags',
      'permissions',
      'config',
      'dependencies',
      'features',
      'hooks',
      'outputs',
      'constructor',
      '__proto__',
    ),
    fc.string({ unit: 'binary', maxLength: 10 }),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 3 }),
    ),
  }));

  it('never make it throw, whatever they hold', () => {
    fc.assert(
      fc.property(fc.dictionary(key, value), (data) => {
        const parsed = parseManifest(stringifyRecord({ ...VALID, ...data }), 'ar-plugin.yaml');
        expect(parsed.manifest === undefined).toBe(parsed.findings.length > 0);
        for (const one of parsed.findings) toFindingDocument(one);
      }),
      { numRuns: 1000 },
    );
  });

  it('bring nothing into a message that a terminal obeys', () => {
    fc.assert(
      fc.property(fc.dictionary(key, value), (data) => {
        for (const one of parseManifest(stringifyRecord({ ...VALID, ...data }), 'ar-plugin.yaml').findings) {
          const { message, remedy, path } = toFindingDocument(one);
          expect(message + remedy + path + (one.at.frame ?? '').replace('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
          expect(message.length).toBeLessThan(1000);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['hosts', `permissions: {network: [${list((index) => `a${index}`, 32_000)}]}`],
    ['wrong hosts', `permissions: {network: [${list((index) => `A${index}`, 32_000)}]}`],
    [
      'configuration values',
      `config: {required: [${list((index) => `A${index}`, 30_000)}], optional: [${list((index) => `A${index}`, 30_000)}]}`,
    ],
    ['dependencies', `dependencies: {${list((index) => `a${index}: x`, 50_000)}}`],
    ['wrong dependencies', `dependencies: {${list((index) => `A${index}: 1`, 50_000)}}`],
    ['outputs', `type: hook\noutputs: [${list(() => '{format: 1, destination: 3}', 60_000)}]`],
    ['features', `type: storage\nfeatures: [${list(() => '{x: 1}', 40_000)}]`],
    ['unknown keys', list((index) => `a${index}: 1`, 40_000).replaceAll(',', '\n')],
    ['brackets in the licence', `license: "${'('.repeat(60_000)}"`],
    ['one long name', `name: "@${'a'.repeat(60_000)}"`],
    ['one long version', `version: "${'1.'.repeat(30_000)}"`],
    ['one long range', `dependencies: {a: "${'1 || '.repeat(10_000)}"}`],
    ['one long address', `homepage: "https://${'a/'.repeat(30_000)}"`],
    ['one long path', `main: "${'a/'.repeat(30_000)}.."`],
    ['one long destination', `type: hook\noutputs: [{format: a, destination: "${'a |'.repeat(20_000)}"}]`],
  ])('are answered at once: many %s', (_what, yaml) => {
    const started = cpuMs();
    const all = findings(yaml);
    expect(cpuMs() - started).toBeLessThan(3000);
    expect(all.length).toBeGreaterThan(0);
    expect(all.length).toBeLessThanOrEqual(MAX_FINDINGS);
  });
});
