/** Several registries, offline, a folder, a proxy and a certificate authority of one's own, as people use them: processes and servers. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { LOCK_FILE, routes } from '@ar-registry/core/layout';
import type { Lockfile } from '@ar-registry/schemas';
import { validator as isList } from '@ar-registry/schemas/validators/cli/list';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, PROGRAM, type Ended, type Sandbox } from './support/ar.ts';

const HELLO = '@acme/hello';

let open: ServedRegistry;
let inner: ServedRegistry;
let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = createSandbox();
  open = await serveRegistry([
    { manifest: { version: '9.0.0' } },
    { manifest: { name: '@else/tool' }, trust: 'official' },
  ]);
  inner = await serveRegistry([{ manifest: { version: '1.0.0' } }]);
});
afterEach(async () => {
  await open[Symbol.asyncDispose]();
  await inner[Symbol.asyncDispose]();
  sandbox[Symbol.dispose]();
});

const ar = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  sandbox.ar(['plugin', ...args], env);

function writeProject(registries: object): void {
  const text = JSON.stringify({ schemaVersion: 1, registries, plugins: {} });
  fs.writeFileSync(path.join(sandbox.dir, 'ar-plugins.yaml'), text);
}

function writeUserConfig(registries: object): void {
  const folder = path.join(sandbox.home, '.config', 'agent-relay');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'config.yaml'), JSON.stringify({ schemaVersion: 1, registries }));
}

function lock(): Lockfile['plugins'] {
  return (JSON.parse(fs.readFileSync(path.join(sandbox.dir, LOCK_FILE), 'utf8')) as Lockfile).plugins;
}

const bound = (): object => ({ inner: { url: inner.url, scopes: ['@acme'] } });

describe('a scope that is bound', () => {
  it.each(['project', 'user'])('by the %s is asked from its registry, whatever --registry says', async (whose) => {
    (whose === 'project' ? writeProject : writeUserConfig)(bound());
    const { code, stdout } = await ar(['install', HELLO, '@else/tool', '--json', '--registry', open.url]);
    expect(code).toBe(0);
    expect(stdout).toContain('"version": "1.0.0"');
    expect(lock()).toMatchObject({
      [HELLO]: { version: '1.0.0', registry: inner.url },
      '@else/tool': { registry: open.url },
    });
    expect(open.requests.filter((route) => route.includes('@acme'))).toEqual([]);
  });

  it('is not asked elsewhere where its registry has no such plugin, or is gone', async () => {
    writeProject(bound());
    inner.files.delete(routes.plugin(HELLO));
    expect(errorCode(await ar(['install', HELLO, '--registry', open.url]))).toBe('PLUGIN_NOT_FOUND');
    await inner[Symbol.asyncDispose]();
    expect(errorCode(await ar(['info', HELLO, '--registry', open.url]))).toBe('REGISTRY_UNREACHABLE');
    expect(open.requests.filter((route) => route.includes('@acme/hello'))).toEqual([]);
  });

  it('is counted and rated by its registry alone', async () => {
    writeProject(bound());
    for (const command of [
      ['info', HELLO, '--stats'],
      ['stats', HELLO],
    ])
      expect((await ar([...command, '--registry', open.url])).code).toBe(0);
    expect(inner.requests).toEqual(expect.arrayContaining([routes.reviews(HELLO), routes.statsPlugin(HELLO)]));
    expect(open.requests.filter((route) => route.includes('@acme'))).toEqual([]);
  });

  it('is not restored from a lock that names another registry', async () => {
    expect((await ar(['install', HELLO, '--registry', open.url])).code).toBe(0);
    const file = path.join(sandbox.dir, 'ar-plugins.yaml');
    const text = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, `${text}registries: ${JSON.stringify(bound())}\n`);
    const ended = await ar(['install']);
    expect([errorCode(ended), ended.code]).toEqual(['LOCK_MISMATCH', 1]);
    expect(ended.stderr).toContain(inner.url);
  });

  it('is not restored from an address that its registry does not name', async () => {
    writeUserConfig(bound());
    expect((await ar(['install', HELLO])).code).toBe(0);
    const file = path.join(sandbox.dir, LOCK_FILE);
    const text = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, text.replace(`"url": "${inner.url}`, `"url": "${open.url}`));
    fs.rmSync(path.join(sandbox.home, '.agent-relay', 'plugins', 'store'), { recursive: true });
    const ended = await ar(['install']);
    expect([errorCode(ended), ended.code]).toEqual(['LOCK_ADDRESS_REFUSED', 3]);
    expect(open.requests).toEqual([]);
    fs.writeFileSync(file, text);
    expect((await ar(['install'])).code).toBe(0);
  });

  it('by the user is widened by no project: no mirror, no token', async () => {
    const seen: unknown[] = [];
    for (const served of [open, inner])
      served.intercept = (request) => {
        seen.push(request.headers.authorization);
        return false;
      };
    const { url } = inner;
    writeUserConfig({ mine: { url, scopes: ['@acme'] } });
    writeProject({ helper: { url: `${url}/`, mirrors: [open.url], tokenEnv: 'AR_TOKEN_X', scopes: ['@acme'] } });
    expect((await ar(['info', HELLO], { AR_TOKEN_X: 's3cr3t' })).code).toBe(0);
    await inner[Symbol.asyncDispose]();
    for (const args of [
      ['info', HELLO],
      ['install', HELLO],
      ['readme', HELLO, '--registry', url],
    ])
      expect(errorCode(await ar(args, { AR_TOKEN_X: 's3cr3t' }))).toBe('REGISTRY_UNREACHABLE');
    expect([open.requests, new Set(seen)]).toEqual([[], new Set([undefined])]);
  });

  it('twice, differently, is refused', async () => {
    writeProject(bound());
    writeUserConfig({ other: { url: open.url, scopes: ['@acme'] } });
    const ended = await ar(['info', HELLO]);
    expect([errorCode(ended), ended.code]).toEqual(['REGISTRY_CONFLICT', 3]);
  });

  it('has the token of its registry, from the environment, and nobody sees it', async () => {
    const seen: string[] = [];
    inner.intercept = (request, response) => {
      seen.push(request.headers.authorization ?? '');
      if (request.headers.authorization === 'Bearer s3cr3t') return false;
      response.writeHead(401).end();
      return true;
    };
    writeProject({ inner: { url: inner.url, scopes: ['@acme'], tokenEnv: 'AR_TOKEN_ACME' } });
    const refused = await ar(['info', HELLO, '--registry', open.url]);
    expect(errorCode(refused)).toBe('REGISTRY_UNAUTHORIZED');
    expect(refused.stderr).toContain('AR_TOKEN_ACME');
    const { code, stdout, stderr } = await ar(['install', HELLO, '--verbose', '--registry', open.url], {
      AR_TOKEN_ACME: 's3cr3t',
    });
    expect(code).toBe(0);
    const written = fs.readFileSync(path.join(sandbox.dir, LOCK_FILE), 'utf8');
    expect(stdout + stderr + written).not.toContain('s3cr3t');
    expect(new Set(seen)).toEqual(new Set(['', 'Bearer s3cr3t']));
  });

  it('of a project cannot have a secret of another name', async () => {
    writeProject({ evil: { url: inner.url, scopes: ['@acme'], tokenEnv: 'GITHUB_TOKEN' } });
    expect(errorCode(await ar(['info', HELLO], { GITHUB_TOKEN: 's3cr3t' }))).toBe('FILE_INVALID');
    writeProject({ evil: { url: inner.url, scopes: ['@acme'], tokenEnv: 'AR_TOKEN_WORK' } });
    writeUserConfig({ work: { url: 'https://work.example', tokenEnv: 'AR_TOKEN_WORK' } });
    const ended = await ar(['info', HELLO], { AR_TOKEN_WORK: 's3cr3t' });
    expect([errorCode(ended), ended.code]).toEqual(['REGISTRY_TOKEN_REFUSED', 3]);
    expect(inner.requests).toEqual([]);
  });
});

describe('a lock that leads to a registry that nobody asks here', () => {
  it('is restored, and that is said: the archive is vouched for by nothing but the lock', async () => {
    const store = path.join(sandbox.home, '.agent-relay', 'plugins', 'store');
    expect((await ar(['install', HELLO, '--registry', inner.url])).code).toBe(0);
    fs.rmSync(store, { recursive: true });
    expect((await ar(['install', '--registry', inner.url])).stderr).not.toContain(inner.url);
    fs.rmSync(store, { recursive: true });
    for (const more of [['--dry-run'], ['--json']]) {
      const { code, stderr } = await ar(['install', '--registry', open.url, ...more]);
      expect([code, stderr]).toEqual([0, expect.stringMatching(/^warning: @acme\/hello /)]);
      expect(stderr).toContain(inner.url);
    }
    // What is there already is fetched from nowhere.
    expect((await ar(['install', '--registry', open.url])).stderr).toBe('');
  });
});

describe('the name of a registry', () => {
  it.each(['https://registry.example', 'registry.example', './built', 'C:', '__proto__', ''])(
    'cannot be taken for an address: %j',
    async (name) => {
      writeProject(Object.fromEntries([[name, { url: inner.url }]]));
      expect(errorCode(await ar(['info', HELLO, '--registry', open.url]))).toBe('FILE_INVALID');
      writeProject({});
      writeUserConfig(Object.fromEntries([[name, { url: inner.url }]]));
      expect(errorCode(await ar(['info', HELLO, '--registry', open.url]))).toBe('FILE_INVALID');
      expect(inner.requests).toEqual([]);
    },
  );

  it('is given in place of an address', async () => {
    writeProject({ 'Team_1-a': { url: open.url } });
    expect((await ar(['info', HELLO, '--registry', 'Team_1-a'])).code).toBe(0);
  });
});

describe('a mirror', () => {
  it('is asked where the registry is gone, which --verbose tells', async () => {
    writeUserConfig({ default: { url: 'http://127.0.0.1:9', mirrors: [open.url] } });
    const { code, stderr } = await ar(['install', HELLO, '--verbose']);
    expect(code).toBe(0);
    expect(stderr).toContain(`asking its mirror ${open.url}`);
    expect((await ar(['info', HELLO])).stderr).not.toContain('mirror');
  });
});

describe('offline', () => {
  it('everything works that was done before, and what is missing is named', async () => {
    const env = { AR_REGISTRY: open.url };
    for (const args of [
      ['search', 'hello'],
      ['info', HELLO],
      ['readme', HELLO],
      ['install', HELLO],
    ])
      expect((await ar(args, env)).code).toBe(0);
    await open[Symbol.asyncDispose]();
    for (const args of [
      ['search', 'hello'],
      ['info', HELLO],
      ['readme', HELLO],
      ['install', HELLO],
      ['install'],
      ['list', '--official'],
    ])
      expect(await ar([...args, '--offline'], env)).toMatchObject({ code: 0, stderr: '' });
    const ended = await ar(['info', '@else/tool', '--offline'], env);
    expect([errorCode(ended), ended.code]).toEqual(['OFFLINE_NOT_CACHED', 4]);
    expect(ended.stderr).toContain('@else/tool');
  });
});

describe('a folder', () => {
  it.each([
    ['./ge baut', '--registry'],
    ['file', '--registry'],
    ['./ge baut', 'AR_REGISTRY'],
    ['./ge baut', 'ar-plugins.yaml'],
  ])('with a built registry is one: %s in %s', async (written, where) => {
    const folder = path.join(sandbox.dir, 'ge baut');
    for (const [route, bytes] of open.files) {
      fs.mkdirSync(path.dirname(path.join(folder, route)), { recursive: true });
      fs.writeFileSync(path.join(folder, route), bytes);
    }
    const address = written === 'file' ? `file://${folder.replace(' ', '%20')}/` : written;
    if (where === 'ar-plugins.yaml') writeProject({ default: { url: address } });
    const options = where === '--registry' ? ['--registry', address] : [];
    const { code } = await ar(['install', HELLO, ...options], where === 'AR_REGISTRY' ? { AR_REGISTRY: address } : {});
    expect(code).toBe(0);
    const registry = './ge baut';
    expect(lock()[HELLO]).toMatchObject({ registry, url: `${registry}/${routes.download(HELLO, '9.0.0')}` });
    expect((await ar(['install'])).code).toBe(0);
    // On another machine, where the folder lies elsewhere and nothing is in the store.
    using elsewhere = createSandbox();
    const project = path.join(elsewhere.dir, 'für alle');
    fs.cpSync(folder, path.join(project, 'ge baut'), { recursive: true });
    for (const name of ['ar-plugins.yaml', LOCK_FILE])
      fs.copyFileSync(path.join(sandbox.dir, name), path.join(project, name));
    fs.rmSync(folder, { recursive: true });
    const restored = await elsewhere.ar(['plugin', 'install', '--project', project, '--offline', '--json']);
    expect([restored.code, restored.stderr]).toEqual([0, '']);
    expect(restored.stdout).toContain('"version": "9.0.0"');
  });

  it('without a network has no mirrors elsewhere', async () => {
    writeProject({ default: { url: './gone', mirrors: [open.url] } });
    expect((await ar(['info', HELLO])).code).toBe(0);
    open.requests.length = 0;
    expect(errorCode(await ar(['info', HELLO, '--offline']))).toBe('REGISTRY_UNREACHABLE');
    expect(open.requests).toEqual([]);
  });
});

describe('a certificate authority of one’s own', () => {
  it('is trusted with NODE_EXTRA_CA_CERTS, and not without', async () => {
    const [key, certificate] = ['key.pem', 'ca.pem'].map((name) => path.join(sandbox.dir, name)) as [string, string];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    execFileSync('openssl', [...made, '-keyout', key, '-out', certificate, ...subject], { stdio: 'ignore' });
    const options = { key: fs.readFileSync(key), cert: fs.readFileSync(certificate) };
    const server = https.createServer(options, (request, response) => {
      const body = open.files.get(decodeURIComponent((request.url ?? '').slice(1)));
      response.writeHead(body ? 200 : 404).end(body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const env = { AR_REGISTRY: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
    const [trusted, not] = [
      await ar(['info', HELLO], { ...env, NODE_EXTRA_CA_CERTS: certificate }),
      await ar(['info', HELLO], env),
    ];
    server.closeAllConnections();
    server.close();
    expect([trusted.code, errorCode(not)]).toEqual([0, 'REGISTRY_UNREACHABLE']);
    expect(not.stderr).toContain('certificate');
  });
});

describe('the project', () => {
  it('of the user is meant by --global, from wherever', async () => {
    const env = { AR_REGISTRY: open.url };
    expect((await ar(['install', HELLO, '--global'], env)).code).toBe(0);
    expect(fs.existsSync(path.join(sandbox.dir, 'ar-plugins.yaml'))).toBe(false);
    const listed = isList(JSON.parse((await ar(['list', '--global', '--json'], env)).stdout));
    expect(listed.ok && listed.value.plugins).toMatchObject([{ name: HELLO, registry: open.url }]);
    expect(errorCode(await ar(['list', '--global', '--project', '.']))).toBe('USAGE');
  });

  it.skipIf(process.getuid?.() !== 0)('is none that another user put there', async () => {
    const file = path.join(sandbox.dir, 'ar-plugins.yaml');
    const below = path.join(sandbox.dir, 'below');
    fs.mkdirSync(below);
    writeProject({ default: { url: inner.url } });
    fs.chownSync(file, 12_345, 12_345);
    const inside = (cwd: string): Promise<Ended> =>
      sandbox.start('sh', ['-c', `cd "${cwd}" && exec "$0" "$@"`, ...PROGRAM, 'plugin', 'info', HELLO], {
        AR_REGISTRY: open.url,
      }).ended;
    const above = await inside(below);
    expect(above.code).toBe(0);
    expect(above.stderr).toContain(`${file} is not used`);
    const here = await inside(sandbox.dir);
    expect([errorCode(here), here.code]).toEqual(['PROJECT_FOREIGN', 3]);
    expect((await ar(['info', HELLO, '--project', '.'], { AR_REGISTRY: open.url })).code).toBe(0);
  });
});

describe('list', () => {
  it.each([
    [['--official'], ['@else/tool']],
    [['--verified'], []],
    [['--official', '--verified'], ['@else/tool']],
    [['--available'], [HELLO, '@else/tool']],
    [
      ['--type', 'hook'],
      [HELLO, '@else/tool'],
    ],
    [['--type', 'storage'], []],
    [['--category', 'nothing'], []],
    [['--tag', 'nothing'], []],
  ])('with %j browses the registry', async (options, names) => {
    const { stdout } = await ar(['list', ...options, '--json'], { AR_REGISTRY: open.url });
    const result = isList(JSON.parse(stdout));
    expect(result.ok && result.value).toMatchObject({ total: names.length, plugins: names.map((name) => ({ name })) });
  });
});

describe('info', () => {
  it('names its registry, and its downloads where they are asked for', async () => {
    const env = { AR_REGISTRY: open.url };
    expect(JSON.parse((await ar(['info', HELLO, '--json'], env)).stdout)).toMatchObject({ registry: open.url });
    expect(open.requests).not.toContain(routes.search);
    expect(JSON.parse((await ar(['info', HELLO, '--stats', '--json'], env)).stdout)).toMatchObject({ downloads: 0 });
    expect((await ar(['info', HELLO, '--stats'], env)).stdout).toMatch(/Downloads +0 in the last 30 days/);
  });
});
