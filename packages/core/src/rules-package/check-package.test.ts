import { describe, expect, it } from 'vitest';
import { isError } from '../findings/index.ts';
import { checkManifest } from '../manifest/index.ts';
import { parseYaml } from '../yaml/index.ts';
import { checkPackage } from './check-package.ts';
import type { PackageFile, PackageView } from './package-view.ts';

describe('a package with everything in place', () => {
  it('has no findings', () => {
    expect(check({})).toEqual([]);
  });

  it('has no findings as an archive either', () => {
    expect(check({ kind: 'archive' })).toEqual([]);
  });
});

describe('files that the manifest names', () => {
  it.each([
    ['main', 'dist/index.js', 'the entry point'],
    ['types', 'dist/index.d.ts', 'the type declarations'],
    ['config.schema', 'config-schema.json', 'the schema of the configuration'],
    ['changelog', 'CHANGELOG.md', 'the changelog'],
  ])('must be packed: %s', (path, file, role) => {
    const [found, ...others] = checkPackage(view({ without: [file] }));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ code: 'FILE_MISSING', facts: { role }, at: { file: 'p/ar-plugin.yaml', path } });
    expect(found?.at.line).toBeGreaterThan(0);
  });

  it('are compared letter by letter, since not every file system forgives', () => {
    expect(check({ without: ['dist/index.js'], files: { 'dist/Index.js': '' } })).toEqual(['FILE_MISSING']);
  });

  it('need not be there before the first build of a folder, except to be packed', () => {
    const built = { without: ['dist/index.js', 'dist/index.d.ts'] };
    expect(check({ ...built, toBeBuilt: true })).toEqual(['NOT_BUILT', 'NOT_BUILT']);
    expect(check(built)).toEqual(['FILE_MISSING', 'FILE_MISSING']);
    expect(check({ without: ['dist/index.js'], toBeBuilt: true })).toEqual(['FILE_MISSING']);
    expect(check({ without: ['config-schema.json'], toBeBuilt: true })).toEqual(['FILE_MISSING']);
  });

  it('may be written without the leading dot', () => {
    expect(check({ yaml: MANIFEST.replace('main: ./dist/index.js', 'main: dist/index.js') })).toEqual([]);
  });

  it('do not include a changelog on the web', () => {
    expect(check({ yaml: MANIFEST.replace('./CHANGELOG.md', 'https://example.com/log') })).toEqual([]);
  });

  it('are skipped where the manifest holds something else', () => {
    expect(check({ yaml: MANIFEST.replace('main: ./dist/index.js', 'main: [1]') })).toEqual([]);
  });
});

function listing(entry: string): string {
  return `${MANIFEST}files: [${JSON.stringify(entry)}]\n`;
}

describe('entries of files', () => {
  it.each(['dist', './dist/', '/dist', 'dist/index.js', '.', 'nothing/*.js', '!secret'])('may be %s', (entry) => {
    expect(check({ yaml: listing(entry) })).toEqual([]);
  });

  it.each(['templates', '../outside', '/etc/passwd', 'dis', 'dist/index', 'a\u001b2J'])(
    'are told where they bring nothing: %j',
    (entry) => {
      expect(check({ yaml: listing(entry) })).toEqual(['FILES_ENTRY_UNUSED']);
    },
  );

  it('are not looked at before the first build, nor in an archive', () => {
    expect(check({ yaml: listing('lib'), toBeBuilt: true })).toEqual([]);
    expect(check({ yaml: listing('lib'), kind: 'archive' })).toEqual([]);
  });
});

describe('README and licence', () => {
  it('tells both at once when both are missing', () => {
    expect(check({ without: ['README.md', 'LICENSE'] })).toEqual(['LICENSE_FILE_MISSING', 'README_MISSING']);
  });

  it.each(['readme.md', 'Readme.md'])('takes %s for a README', (name) => {
    expect(check({ without: ['README.md'], files: { [name]: '' } })).toEqual([]);
  });

  it.each(['docs/README.md', 'README', 'README.txt'])('does not take %s for one', (name) => {
    expect(check({ without: ['README.md'], files: { [name]: '' } })).toEqual(['README_MISSING']);
  });

  it.each(['LICENCE', 'license.md', 'LICENSE-MIT', 'COPYING', 'UNLICENSE.txt'])('takes %s for a licence', (name) => {
    expect(check({ without: ['LICENSE'], files: { [name]: '' } })).toEqual([]);
  });

  it.each(['licenses/MIT', 'licensed.js'])('does not take %s for one', (name) => {
    expect(check({ without: ['LICENSE'], files: { [name]: '' } })).toEqual(['LICENSE_FILE_MISSING']);
  });
});

describe('the scope', () => {
  it.each(['@ar/x', '@agent-relay/x', '@agentrelai/x'])('is warned about, and no error, for %s', (name) => {
    const findings = checkPackage(view({ yaml: MANIFEST.replace('@acme/hello', name) }));
    expect(findings.map(({ code }) => code)).toEqual(['SCOPE_RESTRICTED']);
    expect(findings.some(isError)).toBe(false);
  });

  it.each(['@arc/x', '@relay/x'])('is nothing special for %s', (name) => {
    expect(check({ yaml: MANIFEST.replace('@acme/hello', name) })).toEqual([]);
  });
});

describe('contents', () => {
  it.each(['aux.js', 'a/../../x', 'dist/DIST/index.js\u202e', 'dist/INDEX.JS'])('refuses the path %j', (name) => {
    expect(check({ files: { [name]: '' } })).toEqual(['PACKAGE_REFUSED']);
  });

  it('refuses a file that is too large', () => {
    const files = new Map(view({}).files).set('dist/big.wasm', { sizeBytes: 21 * 1024 * 1024 });
    expect(checkPackage({ ...view({}), files }).map(({ code }) => code)).toEqual(['PACKAGE_REFUSED']);
  });

  it('accepts the largest file that is allowed', () => {
    const files = new Map(view({}).files).set('dist/big.wasm', { sizeBytes: 20 * 1024 * 1024 });
    expect(checkPackage({ ...view({}), files })).toEqual([]);
  });
});

describe('dependencies beside those of package.json', () => {
  const withDependencies = MANIFEST.replace('main:', 'dependencies:\n  left: ^1.0.0\nmain:');

  it('accepts the same in both', () => {
    expect(check({ yaml: withDependencies, packageJson: { dependencies: { left: '^1.0.0' } } })).toEqual([]);
  });

  it('warns of one that will not be installed', () => {
    const findings = checkPackage(view({ packageJson: { dependencies: { left: '^1.0.0' } } }));
    expect(findings).toMatchObject([
      { code: 'DEPENDENCY_NOT_DECLARED', facts: { dependency: 'left' }, at: { file: 'p/package.json' } },
    ]);
  });

  it('warns of another range, and of another version', () => {
    const packageJson = { version: '2.0.0', dependencies: { left: '^2.0.0' } };
    expect(check({ yaml: withDependencies, packageJson })).toEqual(['PACKAGE_JSON_DIFFERS', 'PACKAGE_JSON_DIFFERS']);
  });

  it('accepts a peer of the manifest', () => {
    const yaml = MANIFEST.replace('main:', 'peerDependencies:\n  agent-relay: ^1.3.0\nmain:');
    expect(check({ yaml, packageJson: { dependencies: { 'agent-relay': '^1.3.0' } } })).toEqual([]);
  });

  it('skips what is not of its form, and is not misled by names that every object has', () => {
    expect(check({ packageJson: { version: 1, dependencies: [] } })).toEqual([]);
    expect(check({ packageJson: { dependencies: { constructor: '^1.0.0' } } })).toEqual(['DEPENDENCY_NOT_DECLARED']);
  });
});

describe('the lock of the dependencies', () => {
  const yaml = MANIFEST.replace('main:', 'dependencies:\n  left: ^1.0.0\nmain:');
  const lock = {
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { left: '^1.0.0' } },
      'node_modules/left': { version: '1.2.0', integrity: INTEGRITY },
    },
  };

  it('is made when a folder is packed, so a folder may lack it', () => {
    expect(check({ yaml })).toEqual([]);
  });

  it('is in an archive', () => {
    expect(check({ kind: 'archive', yaml })).toEqual(['PACKAGE_REFUSED']);
    const files = { 'ar-deps.lock.json': JSON.stringify(lock) };
    expect(check({ kind: 'archive', yaml, files })).toEqual([]);
  });

  it.each([
    ['is no JSON', '{'],
    ['is for other ranges', JSON.stringify({ ...lock, packages: { ...lock.packages, '': {} } })],
    [
      'comes from git',
      JSON.stringify({
        ...lock,
        packages: {
          ...lock.packages,
          'node_modules/left': { version: '1.2.0', integrity: INTEGRITY, resolved: 'git+ssh://git@host/x.git' },
        },
      }),
    ],
  ])('is refused where it %s', (_what, text) => {
    const codes = check({ kind: 'archive', yaml, files: { 'ar-deps.lock.json': text } });
    expect(new Set(codes)).toEqual(new Set(['PACKAGE_REFUSED']));
  });
});

describe('the schema of the configuration', () => {
  it.each([
    ['no JSON', '{ "type": "object", }'],
    ['no object', '[]'],
    ['text', '"object"'],
    ['of another type', '{ "type": "array" }'],
    ['without a type', '{ "properties": {} }'],
    ['with a wrong keyword', '{ "type": "object", "properties": { "botToken": { "minLength": "3" } } }'],
    ['with a type that is none', '{ "type": "object", "properties": { "botToken": { "type": "text" } } }'],
    ['asynchronous', '{ "type": "object", "$async": true }'],
    [
      'with a reference to the web',
      '{ "type": "object", "properties": { "botToken": { "$ref": "https://x.example/" } } }',
    ],
    ['with a broken pattern', '{ "type": "object", "properties": { "botToken": { "pattern": "(" } } }'],
    ['with a value that is not declared', '{ "type": "object", "properties": { "token": {} } }'],
    ['with a key in capitals', '{ "type": "object", "properties": { "BOT_TOKEN": {} } }'],
    ['that demands what is not declared', '{ "type": "object", "required": ["token"] }'],
    ['too large', JSON.stringify({ type: 'object', description: 'x'.repeat(65 * 1024) })],
  ])('is refused: %s', (_what, text) => {
    const findings = checkPackage(view({ files: { 'config-schema.json': text } }));
    expect(findings.map(({ code }) => code)).toEqual(['CONFIG_SCHEMA_INVALID']);
    expect(findings[0]?.at.file).toBe('p/config-schema.json');
  });

  it('says where in the file it is wrong, and what was probably meant', () => {
    const text = '{\n  "type": "object",\n  "properties": {\n    "botTokn": {}\n  }\n}\n';
    const [found] = checkPackage(view({ files: { 'config-schema.json': text } }));
    expect(found?.at).toMatchObject({ line: 4, column: 5, path: 'properties.botTokn' });
    expect(JSON.stringify(found?.facts)).toContain('botToken');
  });

  it.each([
    '{ "type": "object" }',
    '{ "type": "object", "additionalProperties": false, "properties": { "botToken": true, "poolMax": { "type": ["integer", "null"], "minimum": 1 } } }',
    '{ "type": "object", "properties": { "botToken": { "$ref": "#/$defs/token" } }, "$defs": { "token": { "pattern": "^x" } }, "x-note": 1 }',
    '{ "type": "object", "properties": { "botToken": { "default": { "pattern": "(" } } } }',
  ])('is accepted: %s', (text) => {
    expect(check({ files: { 'config-schema.json': text } })).toEqual([]);
  });

  it('is refused where its depth would overflow the stack of whoever compiles it', () => {
    const deep = `${'{"not":'.repeat(4000)}true${'}'.repeat(4000)}`;
    const text = `{ "type": "object", "properties": { "botToken": ${deep} } }`;
    expect(check({ files: { 'config-schema.json': text } })).toEqual(['CONFIG_SCHEMA_INVALID']);
  });
});

const INTEGRITY = `sha512-${'A'.repeat(86)}==`;

const MANIFEST = `name: "@acme/hello"
version: 1.0.0
type: bridge
description: Says hello
author: { name: Acme }
repository: { type: git, url: "https://example.com/acme/hello.git" }
license: MIT
main: ./dist/index.js
types: ./dist/index.d.ts
changelog: ./CHANGELOG.md
config:
  schema: ./config-schema.json
  required: [BOT_TOKEN]
  optional: [POOL_MAX]
`;

const FILES: Readonly<Record<string, string>> = {
  'ar-plugin.yaml': '',
  'README.md': '',
  LICENSE: '',
  'CHANGELOG.md': '',
  'config-schema.json': '{ "type": "object", "properties": { "botToken": { "type": "string" } } }',
  'dist/index.js': '',
  'dist/index.d.ts': '',
  'package.json': '',
};

interface Changes {
  readonly toBeBuilt?: boolean;
  readonly kind?: PackageView['kind'];
  readonly yaml?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly without?: readonly string[];
  readonly packageJson?: Readonly<Record<string, unknown>>;
}

function check(changes: Changes): readonly string[] {
  return checkPackage(view(changes)).map(({ code }) => code);
}

function view({
  kind = 'folder',
  yaml = MANIFEST,
  files = {},
  without = [],
  packageJson,
  toBeBuilt = false,
}: Changes): PackageView {
  const parsed = parseYaml(yaml, 'p/ar-plugin.yaml');
  if (!parsed.ok) throw new Error('The manifest of the test is not YAML.');
  // Rules must cope with manifests that their schema refuses, but those of this test are meant to be valid.
  const { source } = checkManifest(parsed.file);
  if (!source) throw new Error('The manifest of the test has no places.');
  const present = Object.entries({ ...FILES, ...files }).filter(([path]) => !without.includes(path));
  return {
    kind,
    manifest: source.value as PackageView['manifest'],
    placeOf: source.placeOf,
    files: new Map(present.map(([path, text]): [string, PackageFile] => [path, { sizeBytes: text.length, text }])),
    toBeBuilt,
    nameOf: (path) => `p/${path}`,
    ...(packageJson === undefined ? {} : { packageJson }),
  };
}
