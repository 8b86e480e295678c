/** `init`, `validate` and `pack`: from nothing to an archive. */
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { parseManifest } from '@ar-registry/core/manifest';
import { packFolder, readArchive } from '@ar-registry/io/archive';
import { prefixOf } from '@ar-registry/io/osv';
import { serveRegistry } from '@ar-registry/testing/served-registry';
import type { ValidateOutput } from '@ar-registry/schemas';
import { validator as isInit } from '@ar-registry/schemas/validators/cli/init';
import { validator as isPack } from '@ar-registry/schemas/validators/cli/pack';
import { validator as isValidate } from '@ar-registry/schemas/validators/cli/validate';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, type Ended, type Sandbox } from './support/ar.ts';
import { builtPlugin, edit } from './support/plugin.ts';

let sandbox: Sandbox;

beforeEach(() => {
  sandbox = createSandbox();
  return () => sandbox[Symbol.dispose]();
});

const ar = (...args: readonly string[]): Promise<Ended> => sandbox.ar(['plugin', ...args]);
const at = (...names: readonly string[]): string => path.join(sandbox.dir, ...names);

/** Put together here, so that nobody takes this file for one with a secret in it. */
const TOKEN = `ghp_${'aB3'.repeat(12)}`;

/** What `ar plugin … --json` prints of findings and checks, whose form is checked. */
async function checkedBy(...args: readonly string[]): Promise<ValidateOutput> {
  const { stdout } = await ar(...args, '--json');
  const result = isValidate(JSON.parse(stdout));
  if (!result.ok) throw new Error(stdout);
  return result.value;
}

interface Found {
  readonly code: string;
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** Findings of `ar plugin validate … --json`, whose form is checked. */
async function validate(...args: readonly string[]): Promise<{ code: number | null; findings: readonly Found[] }> {
  const { code, stdout } = await ar('validate', ...args, '--json');
  const result = isValidate(JSON.parse(stdout));
  if (!result.ok) throw new Error(stdout);
  expect(code).toBe(result.value.ok ? 0 : 1);
  return { code, findings: result.value.findings };
}

describe('init', () => {
  it.each(['bridge', 'storage', 'memory', 'policy', 'hook', 'widget'])(
    'writes a %s that lacks nothing but its build',
    async (type) => {
      const { code, stdout } = await ar('init', 'thing', '--type', type, '--json');
      expect(code).toBe(0);
      const result = isInit(JSON.parse(stdout));
      expect(result.ok && result.value).toMatchObject({ folder: 'thing', name: '@ada-lovelace/thing', type });
      expect(result.ok && result.value.files).toContain('src/index.ts');
      expect((await validate('thing')).findings.map(({ code: found }) => found)).toEqual(['NOT_BUILT']);
      expect(fs.statSync(at('thing')).mode & 0o777).toBe(0o777 & ~process.umask());
    },
  );

  it('takes name, author and licence from whoever says them', async () => {
    await ar('init', 'a/b/My Plugin', '--type', 'hook', '--author', 'Bob: "B" #1', '--license', 'Apache-2.0');
    const manifest = fs.readFileSync(at('a/b/My Plugin/ar-plugin.yaml'), 'utf8');
    for (const text of ['@ada-lovelace/my-plugin', 'Apache-2.0']) expect(manifest).toContain(text);
    expect((await validate('a/b/My Plugin')).findings.map(({ code }) => code)).toEqual(['NOT_BUILT']);
  });

  it.each([
    ['thing', 'cd thing'],
    ['Ünï-code', 'cd Ünï-code'],
    ['Ünï code', 'cd "Ünï code"'],
    ["it's", `cd "it's"`],
    ['a $(b)', "cd 'a $(b)'"],
  ])('says how to go to %s', async (folder, line) => {
    const { stdout } = await ar('init', folder, '--type', 'hook', '--name', '@acme/thing');
    expect(stdout.split('\n').map((text) => text.trim())).toContain(line);
  });

  it('needs no git at all', async () => {
    fs.rmSync(path.join(sandbox.home, '.gitconfig'));
    await ar('init', 'x', '--type', 'hook');
    expect(fs.readFileSync(at('x/ar-plugin.yaml'), 'utf8')).toContain('@my-org/x');
  });

  it('fills a folder that is empty, such as this one', async () => {
    fs.mkdirSync(at('empty'));
    const { code } = await sandbox.ar(['plugin', 'init', 'empty', '--type', 'hook']);
    expect(code).toBe(0);
    expect(fs.existsSync(at('empty/ar-plugin.yaml'))).toBe(true);
  });

  it.each([
    ['a folder with a file', 'full', [], 'FOLDER_NOT_EMPTY', 1],
    ['a name that is none', 'x', ['--name', 'Hello'], 'NAME_INVALID', 2],
    ['a licence that is none', 'x', ['--license', 'Whatever 1.0'], 'FINDINGS', 1],
    ['a file in its place', 'file', [], 'FILE_ACCESS', 4],
  ])('refuses %s and writes nothing', async (...[_what, folder, options, error, code]) => {
    fs.mkdirSync(at('full'));
    fs.writeFileSync(at('full/keep.txt'), '');
    fs.writeFileSync(at('file'), '');
    const ended = await ar('init', folder, '--type', 'hook', ...options);
    expect([errorCode(ended), ended.code]).toEqual([error, code]);
    expect(fs.readdirSync(sandbox.dir).toSorted()).toEqual(['.home', 'file', 'full']);
    expect(fs.readdirSync(at('full'))).toEqual(['keep.txt']);
  });
});

describe('validate', () => {
  it('finds nothing wrong with a plugin that was built', async () => {
    await builtPlugin(sandbox);
    expect(await ar('validate', 'hello')).toMatchObject({ code: 0, stdout: '@acme/hello@0.1.0 is valid.\n' });
  });

  it('tells all at once, of the manifest and of the package, with place, caret and remedy', async () => {
    const dir = await builtPlugin(sandbox);
    edit(path.join(dir, 'ar-plugin.yaml'), /license: .*/, 'license: NONE-SUCH\nlicens: MIT');
    edit(path.join(dir, 'ar-plugin.yaml'), /version: .*/, 'version: "1.0"');
    fs.rmSync(path.join(dir, 'README.md'));
    fs.rmSync(path.join(dir, 'dist'), { recursive: true });
    const { findings } = await validate('./hello');
    expect(findings.map(({ code }) => code).toSorted()).toEqual([
      'LICENSE_INVALID',
      'NOT_BUILT',
      'PACKAGE_JSON_DIFFERS',
      'README_MISSING',
      'UNKNOWN_KEY',
      'VERSION_INVALID',
    ]);
    expect(new Set(findings.map(({ file }) => file))).toEqual(new Set(['hello/ar-plugin.yaml']));
    const { stdout } = await ar('validate', './hello');
    const line = findings.find(({ code }) => code === 'UNKNOWN_KEY')?.line;
    expect(stdout).toContain(`hello/ar-plugin.yaml:${line}:1 error UNKNOWN_KEY `);
    expect(stdout).toMatch(new RegExp(`  ${line} \\| licens: MIT\n +\\| \\^\nhelp: Did you mean license\\?`));
    expect(stdout).toContain('is not valid: 4 errors, 2 warnings.');
  });

  it('lets warnings pass', async () => {
    await builtPlugin(sandbox, '@ar/hello');
    const { code, findings } = await validate('hello');
    expect(code).toBe(0);
    expect(findings.map((found) => found.code)).toEqual(['SCOPE_RESTRICTED']);
  });

  it('says nothing of a reserved scope to whom the registry has as the plugin’s owner, and only to them', async () => {
    const owners = [{ login: 'ada', id: 1 }];
    await using registry = await serveRegistry([{ manifest: { name: '@ar/hello' }, trust: 'official', owners }]);
    await builtPlugin(sandbox, '@ar/hello');
    await builtPlugin(sandbox, '@ar/new');
    await ar('pack', 'hello', '--out', 'hello.tgz');
    const toldTo = async (account: string, ...args: readonly string[]): Promise<readonly string[]> => {
      const env = { AR_REGISTRY: registry.url, AR_PUBLISHER: account };
      const { stdout } = await sandbox.ar(['plugin', 'validate', ...args, '--json'], env);
      const { findings, ok } = JSON.parse(stdout) as ValidateOutput;
      expect(ok).toBe(true);
      return findings.map(({ code }) => code);
    };
    expect(await toldTo('ada:1', 'hello', '--offline')).toContain('SCOPE_RESTRICTED');
    for (const target of ['hello', 'hello.tgz', 'hello/ar-plugin.yaml'])
      expect(await toldTo('ada:1', target)).toEqual([]);
    // Whoever has a name has not its number.
    expect(await toldTo('ada:2', 'hello')).toContain('SCOPE_RESTRICTED');
    expect(await toldTo('', 'hello')).toContain('SCOPE_RESTRICTED');
    expect(await toldTo('ada:1', 'new')).toContain('SCOPE_RESTRICTED');
    await sandbox.git('config', '--global', 'ar.publisher', 'ada:1');
    expect(await toldTo('', 'hello')).toEqual([]);
  });

  it('checks a manifest alone for what it says alone', async () => {
    const dir = await builtPlugin(sandbox);
    fs.rmSync(path.join(dir, 'dist'), { recursive: true });
    expect(await validate('hello/ar-plugin.yaml')).toMatchObject({ code: 0, findings: [] });
    fs.writeFileSync(at('broken.yaml'), 'name: [\n');
    expect((await validate('broken.yaml')).findings).toMatchObject([{ code: 'YAML_SYNTAX', file: 'broken.yaml' }]);
  });

  it.each([
    ['a link', (dir: string) => fs.symlinkSync('/etc/passwd', path.join(dir, 'dist/passwd'))],
    ['a package.json that is none', (dir: string) => fs.writeFileSync(path.join(dir, 'package.json'), '{')],
  ])('refuses %s in the package', async (_what, spoil) => {
    spoil(await builtPlugin(sandbox));
    expect((await validate('hello')).findings.map(({ code }) => code)).toContain('PACKAGE_REFUSED');
  });

  it('takes the current folder where none is named', async () => {
    expect(errorCode(await ar('validate'))).toBe('FILE_NOT_FOUND');
  });

  it.each(['missing', 'missing/ar-plugin.yaml', 'missing.tgz'])('of %s is an error', async (target) => {
    const ended = await ar('validate', target);
    expect([errorCode(ended), ended.code]).toEqual(['FILE_NOT_FOUND', 1]);
  });

  it('finds what the code does and secrets in it, in a folder and in its archive alike', async () => {
    const dir = await builtPlugin(sandbox);
    const file = path.join(dir, 'dist/index.js');
    fs.appendFileSync(file, `\nexport const run = (text) => eval(text);\nexport const token = '${TOKEN}';\n`);
    const inFolder = await checkedBy('validate', 'hello');
    expect(inFolder.ok).toBe(false);
    expect(inFolder.findings.map(({ code, file: name }) => `${code} ${name}`)).toEqual([
      'CODE_GENERATED hello/dist/index.js',
      'SECRET_FOUND hello/dist/index.js',
    ]);
    expect(inFolder.checks?.map(({ id, result }) => `${id} ${result}`)).toEqual([
      'package pass',
      'scan fail',
      'dependencies pass',
      'secrets fail',
    ]);
    const packed = await packFolder(dir, packing());
    fs.writeFileSync(at('x.tgz'), packed.bytes);
    const inArchive = await checkedBy('validate', 'x.tgz');
    expect(places(inArchive)).toEqual(places(inFolder));
    const { stdout } = await ar('validate', 'hello');
    expect(stdout).not.toContain(TOKEN.slice(4, 20));
    expect(stdout).toContain('eval(text)');
  });

  it('has the same keys in every finding, and prints no place that is not known', async () => {
    const dir = await builtPlugin(sandbox);
    fs.rmSync(path.join(dir, 'README.md'));
    const { findings } = await checkedBy('validate', 'hello');
    expect(findings).toMatchObject([{ code: 'README_MISSING', line: 1, column: 1, path: '' }]);
    expect((await ar('validate', 'hello')).stdout).toContain('hello/ar-plugin.yaml error README_MISSING');
  });

  it('does not look into what is not there for a manifest alone', async () => {
    await builtPlugin(sandbox);
    expect(await checkedBy('validate', 'hello/ar-plugin.yaml')).not.toHaveProperty('checks');
  });

  it('says what it could not check, and does not fail for it', async () => {
    await withDependency('left', '^1.0.0');
    fs.writeFileSync(at('hello/ar-deps.lock.json'), lockOf('1.2.0'));
    const { checks, ok } = await checkedBy('validate', 'hello', '--osv', 'nowhere');
    expect(ok).toBe(true);
    expect(checks?.find(({ id }) => id === 'dependencies')).toMatchObject({ result: 'could-not-run' });
    const { stdout } = await ar('validate', 'hello', '--osv', 'nowhere');
    expect(stdout).toContain('Not checked: dependencies.');
  });

  it('finds vulnerable dependencies in a snapshot', async () => {
    await withDependency('left', '^1.0.0');
    writeSnapshot(at('known'), 'left');
    for (const [version, codes] of [
      ['1.2.0', ['DEPENDENCY_VULNERABLE']],
      ['1.3.0', []],
    ] as const) {
      fs.writeFileSync(at('hello/ar-deps.lock.json'), lockOf(version));
      const { findings } = await checkedBy('validate', 'hello', '--osv', 'known');
      expect(findings.map(({ code }) => code)).toEqual(codes);
    }
  });

  it('keeps control characters of a manifest off the terminal', async () => {
    fs.writeFileSync(at('evil.yaml'), 'name: "\\e[2Jx\\x07"\n"\\e]0;x\\x07k": 1\n\u001b[31m: 2\n');
    const { stdout, stderr } = await ar('validate', 'evil.yaml');
    // oxlint-disable-next-line no-control-regex -- controls are what must not be there
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});

describe('pack', () => {
  it('writes the same bytes each time, and an archive that validates', async () => {
    await builtPlugin(sandbox);
    const { code, stdout } = await ar('pack', 'hello', '--json');
    expect(code).toBe(0);
    const result = isPack(JSON.parse(stdout));
    expect(result.ok && result.value).toMatchObject({ name: '@acme/hello', file: 'acme-hello-0.1.0.tgz' });
    expect((await ar('pack', 'hello', '--out', 'out/again.tgz')).code).toBe(0);
    expect(fs.readFileSync(at('out/again.tgz'))).toEqual(fs.readFileSync(at('acme-hello-0.1.0.tgz')));
    expect(await validate('out/again.tgz')).toMatchObject({ code: 0, findings: [] });
    const { files } = await readArchive(fs.readFileSync(at('out/again.tgz')));
    expect(result.ok && result.value.files.map(({ path: file }) => file)).toEqual([...files.keys()]);
  });

  it('refuses what validate refuses, lists it, and writes nothing', async () => {
    const dir = await builtPlugin(sandbox);
    fs.rmSync(path.join(dir, 'README.md'));
    const ended = await ar('pack', 'hello', '--json');
    expect([errorCode(ended), ended.code]).toEqual(['FINDINGS', 1]);
    expect(ended.stderr).toContain('README_MISSING');
    expect(JSON.parse(ended.stdout)).toMatchObject({
      error: { code: 'FINDINGS' },
      findings: [{ code: 'README_MISSING' }],
    });
    expect(fs.readdirSync(sandbox.dir).toSorted()).toEqual(['.home', 'hello']);
  });

  it('refuses code and secrets that the registry will refuse', async () => {
    const dir = await builtPlugin(sandbox);
    fs.appendFileSync(path.join(dir, 'dist/index.js'), `\nexport const token = '${TOKEN}';\n`);
    const ended = await ar('pack', 'hello', '--json');
    expect([errorCode(ended), ended.code]).toEqual(['FINDINGS', 1]);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      findings: [{ code: 'SECRET_FOUND', file: 'hello/dist/index.js' }],
    });
    expect(fs.existsSync(at('acme-hello-0.1.0.tgz'))).toBe(false);
  });

  it('refuses a broken archive in one sentence', async () => {
    fs.writeFileSync(at('x.tgz'), 'no archive');
    expect((await validate('x.tgz')).findings).toMatchObject([{ code: 'PACKAGE_REFUSED', file: 'x.tgz' }]);
  });
});

describe('pack, with npm dependencies', () => {
  it('locks them once, packs the lock, and needs no network after that', async () => {
    await using npm = await npmRegistry({ left: ['1.0.0', '1.2.0'] });
    const dir = await withDependency('left', '^1.0.0');
    const first = await sandbox.ar(['plugin', 'pack', 'hello', '--out', 'a.tgz'], npm.env);
    expect(first).toMatchObject({ code: 0 });
    expect(first.stderr).toContain('ar-deps.lock.json');
    const lock = JSON.parse(fs.readFileSync(path.join(dir, 'ar-deps.lock.json'), 'utf8')) as object;
    expect(lock).toMatchObject({ packages: { 'node_modules/left': { version: '1.2.0' } } });
    expect(JSON.stringify(lock)).not.toContain('127.0.0.1');
    const { files } = await readArchive(fs.readFileSync(at('a.tgz')));
    expect([...files.keys()]).toContain('ar-deps.lock.json');
    const offline = { npm_config_registry: 'http://127.0.0.1:9', AR_REGISTRY: 'http://127.0.0.1:9' };
    expect((await sandbox.ar(['plugin', 'pack', 'hello', '--out', 'b.tgz'], offline)).code).toBe(0);
    expect(fs.readFileSync(at('b.tgz'))).toEqual(fs.readFileSync(at('a.tgz')));
    expect(await validate('a.tgz', '--registry', 'http://127.0.0.1:9')).toMatchObject({ code: 0 });
  });

  it('makes a new lock once the old one does not fit any more', async () => {
    await using npm = await npmRegistry({ left: ['1.0.0', '2.0.0'] });
    const dir = await withDependency('left', '^1.0.0');
    await sandbox.ar(['plugin', 'pack', 'hello'], npm.env);
    edit(path.join(dir, 'ar-plugin.yaml'), 'left: ^1.0.0', 'left: ^2.0.0');
    expect((await sandbox.ar(['plugin', 'pack', 'hello'], npm.env)).code).toBe(0);
    const lock = JSON.parse(fs.readFileSync(path.join(dir, 'ar-deps.lock.json'), 'utf8')) as object;
    expect(lock).toMatchObject({ packages: { 'node_modules/left': { version: '2.0.0' } } });
  });

  it('says what npm said where they cannot be locked, and leaves the folder alone', async () => {
    await using npm = await npmRegistry({ left: ['1.0.0'] });
    const dir = await withDependency('right', '^1.0.0');
    const ended = await sandbox.ar(['plugin', 'pack', 'hello'], npm.env);
    expect([errorCode(ended), ended.code]).toEqual(['DEPENDENCY_LOCK_FAILED', 4]);
    expect(ended.stderr).toContain('right');
    expect(fs.existsSync(path.join(dir, 'ar-deps.lock.json'))).toBe(false);
  });

  it('needs npm', async () => {
    await withDependency('left', '^1.0.0');
    const ended = await sandbox.ar(['plugin', 'pack', 'hello'], { PATH: '/nowhere' });
    expect([errorCode(ended), ended.code]).toEqual(['COMMAND_NOT_FOUND', 4]);
  });
});

function places({ findings }: ValidateOutput): readonly unknown[] {
  return findings.map(({ code, line, column }) => [code, line, column]);
}

function lockOf(version: string): string {
  const integrity = `sha512-${'A'.repeat(86)}==`;
  const packages = { '': { dependencies: { left: '^1.0.0' } }, 'node_modules/left': { version, integrity } };
  return JSON.stringify({ lockfileVersion: 3, packages });
}

/** A snapshot of today in which all versions of `name` before 1.3.0 are vulnerable. */
function writeSnapshot(folder: string, name: string): void {
  const takenAt = new Date().toISOString();
  const ranges = [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.3.0' }] }];
  const record = { id: 'GHSA-1', modified: takenAt, affected: [{ package: { ecosystem: 'npm', name }, ranges }] };
  const prefix = prefixOf(name, 1);
  const write = (file: string, document: object): void => {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), JSON.stringify({ schemaVersion: 1, ...document }));
  };
  write('osv/npm/snapshot.json', { source: 'a test', takenAt, records: 1, parts: 'p', prefixLength: 1 });
  write(`osv/npm/p/${prefix}.json`, { packages: { [name]: [record] } });
}

/** What packing would take, whatever is in it. */
function packing(): Parameters<typeof packFolder>[1] {
  const manifestText = fs.readFileSync(at('hello/ar-plugin.yaml'), 'utf8');
  const { manifest, authored } = parseManifest(manifestText, 'ar-plugin.yaml');
  if (!manifest) throw new Error('the manifest is not valid');
  return { manifest, manifestText, files: authored?.files, packageJson: { type: 'module' } };
}

async function withDependency(name: string, range: string): Promise<string> {
  const dir = await builtPlugin(sandbox);
  edit(path.join(dir, 'ar-plugin.yaml'), 'main:', `dependencies:\n  ${name}: ${range}\nmain:`);
  return dir;
}

/** npm's registry, as far as `npm install --package-lock-only` asks it. */
async function npmRegistry(packages: Readonly<Record<string, readonly string[]>>) {
  const server = http.createServer((request, response) => {
    const name = decodeURIComponent((request.url ?? '').slice(1));
    const versions = packages[name];
    if (!versions) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"Not found"}');
      return;
    }
    const dist = { integrity: `sha512-${'A'.repeat(86)}==`, tarball: `http://127.0.0.1/${name}.tgz` };
    const entries = versions.map((version) => [version, { name, version, dist }] as const);
    const packument = { name, 'dist-tags': { latest: versions.at(-1) }, versions: Object.fromEntries(entries) };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(packument));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    env: { npm_config_registry: registry, npm_config_fetch_retries: '0', AR_REGISTRY: 'http://127.0.0.1:9' },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
