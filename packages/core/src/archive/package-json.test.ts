import type { NormalizedManifest } from '@ar-registry/schemas';
import { expect, test } from 'vitest';
import { type AuthorPackageJson, isGeneratedPackageJson, packageJsonText } from './package-json.ts';

const MANIFEST: NormalizedManifest = {
  name: '@acme/hello',
  version: '1.2.3',
  type: 'hook',
  description: 'Greets',
  author: { name: 'Ada', email: 'ada@example.com' },
  repository: { url: 'https://example.com/hello.git', type: 'git' },
  license: 'MIT',
  main: './dist/index.js',
  types: './dist/index.d.ts',
  config: { required: [], optional: [] },
  dependencies: { zod: '^4.0.0', ajv: '^8.0.0' },
  peerDependencies: {},
  tags: ['greeting'],
  homepage: 'https://example.com',
  bugs: 'https://example.com/issues',
  permissions: {
    network: [],
    filesystem: { read: [], write: [] },
    childProcess: [],
    nativeAddons: false,
    workers: false,
    codeGeneration: false,
    env: [],
  },
  hooks: {},
  outputs: [],
};

const generate = (author?: AuthorPackageJson): unknown => JSON.parse(packageJsonText(MANIFEST, author));

test('what the registry decides on comes from the manifest, sorted, with a trailing newline', () => {
  expect(packageJsonText(MANIFEST)).toMatchInlineSnapshot(`
    "{
      "author": {
        "email": "ada@example.com",
        "name": "Ada"
      },
      "bugs": {
        "url": "https://example.com/issues"
      },
      "dependencies": {
        "ajv": "^8.0.0",
        "zod": "^4.0.0"
      },
      "description": "Greets",
      "homepage": "https://example.com",
      "keywords": [
        "greeting"
      ],
      "license": "MIT",
      "main": "./dist/index.js",
      "name": "@acme/hello",
      "repository": {
        "type": "git",
        "url": "https://example.com/hello.git"
      },
      "type": "module",
      "types": "./dist/index.d.ts",
      "version": "1.2.3"
    }
    "
  `);
});

test('nothing that runs, and nothing the manifest decides, is taken from the author’s package.json', () => {
  const author = {
    type: 'module',
    name: 'other',
    version: '9.9.9',
    scripts: { postinstall: 'evil' },
    devDependencies: { evil: '*' },
    optionalDependencies: { evil: '*' },
    bundleDependencies: ['evil'],
    dependencies: { evil: '*' },
    gypfile: true,
  };
  expect(generate(author)).toEqual(generate());
});

test('how Node.js resolves the modules is taken from the author, and the order of conditions is kept', () => {
  const text = packageJsonText(MANIFEST, {
    type: 'commonjs',
    exports: { '.': { types: './t.d.ts', import: './i.js', default: './d.js' } },
    imports: { '#x': './x.js' },
    engines: { node: '>=22' },
    bin: { hello: './cli.js' },
  });
  expect(JSON.parse(text)).toMatchObject({ type: 'commonjs', engines: { node: '>=22' }, bin: { hello: './cli.js' } });
  expect(text.indexOf('"types": "./t.d.ts"')).toBeLessThan(text.indexOf('"import"'));
  expect(text.indexOf('"import"')).toBeLessThan(text.indexOf('"default"'));
});

test('a package.json without a type leaves the type to Node.js, as it was for the author', () => {
  expect(generate({ name: 'other' })).not.toHaveProperty('type');
});

test.each([{ type: 'evil' }, { type: 7 }, { exports: 7 }, { bin: [1] }, { engines: 'node' }, { imports: null }])(
  'a field of the wrong shape is left out: %j',
  (author) => {
    expect(generate({ ...author })).not.toHaveProperty(Object.keys(author));
  },
);

test('empty dependencies are left out', () => {
  const empty = { ...MANIFEST, dependencies: {}, tags: [] };
  const generated: unknown = JSON.parse(packageJsonText(empty));
  expect(generated).not.toHaveProperty('dependencies');
  expect(generated).not.toHaveProperty('peerDependencies');
  expect(generated).not.toHaveProperty('keywords');
});

test.each<AuthorPackageJson | undefined>([
  undefined,
  {},
  { type: 'commonjs', exports: { import: './i.js', 10: './ten.js', default: './d.js' }, bin: './cli.js' },
  { imports: { '#x': './x.js' }, engines: { node: '>=22' }, scripts: { postinstall: 'evil' } },
])('what is generated is known as that: %j', (author) => {
  expect(isGeneratedPackageJson(packageJsonText(MANIFEST, author), MANIFEST)).toBe(true);
});

const GENERATED = packageJsonText(MANIFEST);

test.each([
  ['a script', GENERATED.replace('"type"', '"scripts": {\n    "postinstall": "evil"\n  },\n  "type"')],
  ['another dependency', GENERATED.replace('"zod"', '"evil": "*",\n    "zod"')],
  ['a dependency less', packageJsonText({ ...MANIFEST, dependencies: {} })],
  ['another version', packageJsonText({ ...MANIFEST, version: '9.9.9' })],
  ['a key twice', GENERATED.replace('"type"', '"type": "commonjs",\n  "type"')],
  ['another spelling', JSON.stringify(JSON.parse(GENERATED))],
  ['a byte order mark', `\uFEFF${GENERATED}`],
  ['no JSON', '{'],
  ['nothing', ''],
  ['a list', '[]'],
  ['folds without end', `{"exports":${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
])('what is made by hand is not: %s', (_, text) => {
  expect(isGeneratedPackageJson(text, MANIFEST)).toBe(false);
});
