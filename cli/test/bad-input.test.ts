/** What a user, a registry, a lock and a machine can get wrong, from the outside: an error that says so, and nothing left. */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import type { Lockfile } from '@ar-registry/schemas';
import { validator as isVerify } from '@ar-registry/schemas/validators/cli/verify';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, errorCode } from './support/ar.ts';
import { createProject, LOCK_FILE, PROJECT_FILE, readOnly, type TestProject } from './support/project.ts';

const HELLO = '@acme/hello';
const LARGE = '@acme/large';
const MANY = Array.from({ length: 20 }, (_, index) => `@many/plugin-${index}`);
const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

let registry: ServedRegistry;
/** The same versions with other archives. */
let evil: ServedRegistry;
let project: TestProject;

beforeAll(async () => {
  registry = await serveRegistry([
    { manifest: { version: '1.0.0' } },
    { manifest: { version: '1.1.0' } },
    { manifest: { name: LARGE }, files: { 'data.bin': 'x'.repeat(600_000) } },
    ...MANY.map((name) => ({ manifest: { name } })),
  ]);
  const stolen = { 'dist/index.js': 'steal();\n' };
  evil = await serveRegistry([
    { manifest: { version: '1.0.0' }, files: stolen },
    { manifest: { version: '1.1.0' }, files: stolen },
  ]);
});
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await evil[Symbol.asyncDispose]();
});

beforeEach(() => {
  registry.intercept = undefined;
  project = createProject(registry, { AR_HTTP_TIMEOUT: '5' });
  return () => project[Symbol.dispose]();
});

const staged = (): readonly string[] => {
  const folder = path.join(project.dataDir, 'plugins/staging');
  return fs.existsSync(folder) ? fs.readdirSync(folder) : [];
};

/** What a command ended with; the project is as it was, and nothing is left in the store. */
async function failing(args: readonly string[]): Promise<readonly [number | null, string | undefined]> {
  const before = project.state();
  const refused = await project.refusal(...args);
  expect([project.state(), staged()]).toEqual([before, []]);
  return refused;
}

const dropStore = (): void => fs.rmSync(path.join(project.dataDir, 'plugins/store'), { recursive: true });

function lockOf(name: string): Extract<Lockfile['plugins'][string], { source: 'registry' }> {
  const entry = (JSON.parse(project.read(LOCK_FILE)) as Lockfile).plugins[name];
  if (entry?.source !== 'registry') throw new Error(`${name} is not locked.`);
  return entry;
}

/** Writes another lock of hello. */
function relock(change: object): void {
  project.write(LOCK_FILE, JSON.stringify({ schemaVersion: 1, plugins: { [HELLO]: { ...lockOf(HELLO), ...change } } }));
}

/** Answers what was asked for at `route` in another way. */
function answer(route: string, how: (response: Parameters<NonNullable<ServedRegistry['intercept']>>[1]) => void): void {
  registry.intercept = (request, response) => {
    if (decodeURIComponent((request.url ?? '').slice(1)) !== route) return false;
    how(response);
    return true;
  };
}

/** A disk of its own on `folder`, for as long as `work` takes. */
async function onDisk<T>(folder: string, kilobytes: number, work: () => Promise<T>): Promise<T> {
  fs.mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder]);
  try {
    return await work();
  } finally {
    execFileSync('umount', [folder]);
  }
}

describe('what does not exist', () => {
  it.each([
    ['a plugin', ['install', '@acme/helo'], 1, 'PLUGIN_NOT_FOUND', 'Did you mean @acme/hello?'],
    ['a plugin', ['info', '@acme/helo'], 1, 'PLUGIN_NOT_FOUND', 'Did you mean @acme/hello?'],
    ['a plugin', ['readme', '@acme/helo'], 1, 'PLUGIN_NOT_FOUND', 'Did you mean @acme/hello?'],
    ['a version', ['install', `${HELLO}@9.9.9`], 1, 'VERSION_NOT_FOUND', '1.1.0, 1.0.0'],
    ['a range', ['install', `${HELLO}@^9`], 1, 'VERSION_NOT_FOUND', '1.1.0, 1.0.0'],
    ['a tag', ['install', `${HELLO}@gamma`], 1, 'VERSION_NOT_FOUND', '1.1.0, 1.0.0'],
    ['a version', ['info', `${HELLO}@9.9.9`], 1, 'VERSION_NOT_FOUND', '1.1.0, 1.0.0'],
    ['a type', ['search', 'hello', '--type', 'brigde'], 2, 'USAGE', '--type bridge'],
    ['a type', ['list', '--type', 'brigde'], 2, 'USAGE', '--type bridge'],
  ] as const)('%s is told, with what there is: %j', async (...[_what, args, exit, code, help]) => {
    const ended = await project.ar(...args);
    expect([ended.code, errorCode(ended), project.state()]).toEqual([exit, code, ['', '']]);
    expect(ended.stderr).toContain(help);
  });
});

describe('a registry', () => {
  const download = routes.download(HELLO, '1.1.0');
  const archive = (): Buffer => Buffer.from(registry.files.get(download) ?? []);

  it.each([routes.plugin(HELLO), routes.version(HELLO, '1.1.0'), download])(
    'that falls silent is given up: %s',
    async (route) => {
      using hasty = createProject(registry, { AR_HTTP_TIMEOUT: '0.3' });
      answer(route, () => undefined);
      expect(await hasty.refusal('install', HELLO)).toEqual([4, 'REGISTRY_UNREACHABLE']);
      expect(hasty.state()).toEqual(['', '']);
    },
  );

  it.each([routes.plugin(HELLO), routes.version(HELLO, '1.1.0')])('that sends HTML is none: %s', async (route) => {
    answer(route, (response) => void response.end('<!doctype html><title>Log in</title>'));
    expect(await failing(['install', HELLO])).toEqual([4, 'REGISTRY_RESPONSE_INVALID']);
  });

  it('that sends HTML in place of an archive is found out', async () => {
    answer(download, (response) => void response.end('<!doctype html><title>Log in</title>'));
    expect(await failing(['install', HELLO])).toEqual([3, 'INTEGRITY_MISMATCH']);
  });

  it('that breaks off in the middle of an archive is told', async () => {
    answer(download, (response) => {
      response.writeHead(200, { 'content-length': archive().length });
      response.write(archive().subarray(0, 100), () => response.destroy());
    });
    expect(await failing(['install', HELLO])).toEqual([4, 'REGISTRY_UNREACHABLE']);
  });

  it('that sends half of an archive as if it were all is found out', async () => {
    answer(download, (response) => void response.end(archive().subarray(0, 100)));
    expect(await failing(['install', HELLO])).toEqual([3, 'INTEGRITY_MISMATCH']);
  });

  it('that sends more than it said is stopped', async () => {
    answer(download, (response) => void response.end(Buffer.concat([archive(), Buffer.alloc(1)])));
    expect(await failing(['install', HELLO])).toEqual([3, 'REGISTRY_RESPONSE_TOO_LARGE']);
  });

  it('may have its archives at another host, which gets no token and is not believed', async () => {
    const seen: unknown[] = [];
    evil.intercept = (request, response) => {
      seen.push(request.headers.authorization);
      if (request.url !== '/good.tgz') return false;
      response.end(archive());
      return true;
    };
    using own = createProject(registry, { AR_TOKEN_ACME: 's3cr3t', AR_REGISTRY: '' });
    const registries = { default: { url: registry.url, tokenEnv: 'AR_TOKEN_ACME' } };
    own.write(PROJECT_FILE, JSON.stringify({ schemaVersion: 1, registries, plugins: {} }));
    const before = own.state();
    answer(download, (response) => void response.writeHead(302, { location: `${evil.url}/${download}` }).end());
    const refused = await own.refusal('install', HELLO);
    expect([3, 4]).toContain(refused[0]);
    expect(['INTEGRITY_MISMATCH', 'REGISTRY_RESPONSE_TOO_LARGE']).toContain(refused[1]);
    expect(own.state()).toEqual(before);
    answer(download, (response) => void response.writeHead(302, { location: `${evil.url}/good.tgz` }).end());
    expect((await own.ar('install', HELLO)).code).toBe(0);
    expect(own.read(LOCK_FILE)).toContain(`"url": "${registry.url}/${download}"`);
    expect([seen.length, new Set(seen)]).toEqual([2, new Set([undefined])]);
    evil.intercept = undefined;
  });

  it('that changes a published version is found out by whoever has it: install, update, restore', async () => {
    expect((await project.ar('install', `${HELLO}@1.0.0`)).code).toBe(0);
    const state = project.state();
    // The same address with other files: what the user sees when a registry was taken over.
    registry.intercept = (request, response) => {
      response.end(evil.files.get(decodeURIComponent((request.url ?? '').slice(1))) ?? '');
      return true;
    };
    expect(await failing(['install', `${HELLO}@1.0.0`])).toEqual([3, 'INTEGRITY_MISMATCH']);
    expect(await failing(['install', `${HELLO}@1.0.0`, '--dry-run'])).toEqual([3, 'INTEGRITY_MISMATCH']);
    expect(await failing(['update'])).toEqual([3, 'INTEGRITY_MISMATCH']);
    dropStore();
    const restored = await failing(['install']);
    expect([3, restored[1]]).toEqual([
      restored[0],
      expect.stringMatching(/^(?:INTEGRITY_MISMATCH|REGISTRY_RESPONSE_TOO_LARGE)$/),
    ]);
    expect(project.state()).toEqual(state);
  });
});

describe('a lock', () => {
  const DIGEST = `sha512-${'A'.repeat(86)}==`;

  it.each([
    ['another hash', { integrity: DIGEST }, 3, 'INTEGRITY_MISMATCH'],
    ['another list of files', { files: DIGEST }, 3, 'PACKAGE_MISMATCH'],
    ['another version', { version: '1.0.5' }, 3, 'PACKAGE_MISMATCH'],
    ['an address elsewhere', { url: 'http://127.0.0.1:9/x.tgz' }, 3, 'LOCK_ADDRESS_REFUSED'],
    ['a registry elsewhere', { registry: 'http://127.0.0.1:9' }, 3, 'LOCK_ADDRESS_REFUSED'],
    ['a version out of range', { version: '2.0.0' }, 1, 'LOCK_MISMATCH'],
    ['no version', { version: undefined }, 1, 'FILE_INVALID'],
    ['a hash that is none', { integrity: 'sha1-x' }, 1, 'FILE_INVALID'],
    ['a source that is none', { source: 'web' }, 1, 'FILE_INVALID'],
  ] as const)('edited by hand to %s is refused', async (...[_what, change, exit, code]) => {
    expect((await project.ar('install', `${HELLO}@^1`)).code).toBe(0);
    relock(change);
    dropStore();
    expect(await failing(['install'])).toEqual([exit, code]);
  });

  it('edited to a version that its package is not is found out where the package is in the store already', async () => {
    expect((await project.ar('install', `${HELLO}@^1`)).code).toBe(0);
    relock({ version: '1.2.0' });
    registry.requests.length = 0;
    expect(await failing(['install'])).toEqual([3, 'PACKAGE_MISMATCH']);
    expect(registry.requests).toEqual([]);
    const verified = await project.json(isVerify, 'verify');
    expect([verified.code, verified.value]).toMatchObject([
      3,
      { ok: false, plugins: [{ state: 'mislabelled', version: '1.2.0', packaged: `${HELLO}@1.1.0 (hook)` }] },
    ]);
    const { stdout } = await project.ar('doctor', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      checks: expect.arrayContaining([expect.objectContaining({ id: 'store', result: 'fail' })]),
    });
    relock({ type: 'bridge', version: '1.1.0' });
    expect((await project.json(isVerify, 'verify')).value.plugins).toMatchObject([{ state: 'mislabelled' }]);
    relock({ type: 'hook' });
    expect((await project.json(isVerify, 'verify')).code).toBe(0);
  });

  it.each([
    ['of a newer version', '{"schemaVersion":2,"plugins":{}}', 'FILE_TOO_NEW'],
    ['with a merge conflict', '{\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n}\n', 'FILE_MERGE_CONFLICT'],
    [
      'with a merge conflict and Windows’ line ends',
      '{\r\n<<<<<<< a\r\n=======\r\n>>>>>>> b\r\n}',
      'FILE_MERGE_CONFLICT',
    ],
    ['with a comma too many', '{"schemaVersion":1,"plugins":{},}', 'FILE_INVALID'],
    ['that is empty', '', 'FILE_INVALID'],
    ['that is null', 'null', 'FILE_INVALID'],
    ['with a name that is none', '{"schemaVersion":1,"plugins":{"__proto__":null,"../x":{}}}', 'FILE_INVALID'],
    ['that is no text', '\u0000\ufffd', 'FILE_INVALID'],
  ])('%s is refused by whoever reads it, and stays as it is', async (_what, text, code) => {
    project.write(PROJECT_FILE, `schemaVersion: 1\nplugins:\n  "${HELLO}": { range: ^1 }\n`);
    project.write(LOCK_FILE, text);
    for (const args of [['install'], ['install', HELLO], ['list'], ['update'], ['remove', HELLO], ['verify']])
      expect(await failing(args)).toEqual([1, code]);
  });

  it('that lacks a plugin is what is said, not that the plugin was not fetched', async () => {
    project.write(PROJECT_FILE, `schemaVersion: 1\nplugins:\n  "${HELLO}": { range: ^1 }\n`);
    expect(await failing(['config', 'list', HELLO])).toEqual([1, 'LOCK_MISMATCH']);
    expect((await project.ar('install', HELLO)).code).toBe(0);
    dropStore();
    expect(await failing(['config', 'list', HELLO])).toEqual([1, 'PLUGIN_NOT_FETCHED']);
  });
});

describe('a home', () => {
  it.each([
    ['HOME', '', '.config/agent-relay'],
    ['HOME', '.', '.config/agent-relay'],
    ['XDG_CONFIG_HOME', '.', 'agent-relay'],
    ['XDG_CONFIG_HOME', './', 'agent-relay'],
  ])('is never the current folder: %s=%j', async (variable, value, folder) => {
    using sandbox = createSandbox();
    const config = path.join(sandbox.dir, folder, 'config.yaml');
    fs.mkdirSync(path.dirname(config), { recursive: true });
    fs.writeFileSync(config, JSON.stringify({ schemaVersion: 1, registries: { default: { url: evil.url } } }));
    evil.requests.length = 0;
    const env = { [variable]: value, AGENT_RELAY_DATA_DIR: path.join(sandbox.dir, 'data'), AR_REGISTRY: 'default' };
    await sandbox.ar(['plugin', 'info', HELLO], env);
    expect(evil.requests).toEqual([]);
  });

  it('is where data goes if XDG_DATA_HOME is relative', async () => {
    using sandbox = createSandbox();
    const env = { XDG_DATA_HOME: '.', AR_REGISTRY: registry.url };
    expect((await sandbox.ar(['plugin', 'install', HELLO], env)).code).toBe(0);
    expect(fs.existsSync(path.join(sandbox.home, '.agent-relay/plugins/store'))).toBe(true);
    expect(fs.existsSync(path.join(sandbox.dir, 'agent-relay'))).toBe(false);
  });

  it('is not stood in for by a relative AGENT_RELAY_DATA_DIR', async () => {
    using sandbox = createSandbox();
    const ended = await sandbox.ar(['plugin', 'list'], { AGENT_RELAY_DATA_DIR: 'data' });
    expect([errorCode(ended), ended.code]).toEqual(['DATA_DIR_RELATIVE', 2]);
  });

  it.skipIf(!isRoot)('that nobody knows is asked for, and not needed where everything is said', ({ skip }) => {
    using sandbox = createSandbox();
    fs.chmodSync(sandbox.dir, 0o777);
    // The bundle of the tests is for their user alone.
    const main = path.resolve(import.meta.dirname, '../src/main.ts');
    const asUnknown = (env: Readonly<Record<string, string>>, ...args: readonly string[]): readonly unknown[] => {
      const options = { cwd: sandbox.dir, env, uid: 54_321, gid: 54_321, encoding: 'utf8' } as const;
      const { status, stderr } = spawnSync(process.execPath, args, options);
      return [status, /error\[([A-Z_]+)\]/.exec(stderr ?? '')?.[1]];
    };
    if (asUnknown({}, '-e', `fs.accessSync(${JSON.stringify(main)})`)[0] !== 0) skip('the sources are private');
    const list = (env: Readonly<Record<string, string>>): readonly unknown[] =>
      asUnknown(env, '--conditions=ar-source', main, 'plugin', 'list');
    expect(list({})).toEqual([4, 'HOME_UNKNOWN']);
    const folders = { AGENT_RELAY_DATA_DIR: `${sandbox.dir}/data`, XDG_CONFIG_HOME: `${sandbox.dir}/config` };
    expect([list(folders), list({ HOME: sandbox.dir })]).toEqual([
      [0, undefined],
      [0, undefined],
    ]);
  });
});

describe('a folder that cannot be written to', () => {
  it('is told: the project, and the data', async () => {
    expect(await readOnly(project.dir, () => failing(['install', HELLO]))).toEqual([4, 'FILE_ACCESS']);
    expect(await readOnly(project.dataDir, () => failing(['install', LARGE]))).toEqual([4, 'FILE_ACCESS']);
  });

  it('is no hindrance where nothing needs to be written', async () => {
    expect((await project.ar('install', HELLO)).code).toBe(0);
    const codes = await readOnly(project.dir, () =>
      readOnly(project.dataDir, async () => [
        (await project.ar('install')).code,
        (await project.ar('list')).code,
        (await project.ar('info', HELLO)).code,
        (await project.ar('verify')).code,
      ]),
    );
    expect(codes).toEqual([0, 0, 0, 0]);
  });
});

describe.skipIf(!isRoot)('a disk', () => {
  it('that is full is told, and has nothing of the plugin: that of the data', async () => {
    const ended = await onDisk(project.dataDir, 400, () => failing(['install', LARGE]));
    expect(ended).toEqual([4, 'DISK_FULL']);
  });

  it('that is full is told, and leaves the project as it was: that of the project', async () => {
    const ended = await onDisk(project.dir, 64, async () => {
      expect((await project.ar('install', `${HELLO}@1.0.0`)).code).toBe(0);
      const free = path.join(project.dir, 'fill');
      spawnSync('dd', ['if=/dev/zero', `of=${free}`, 'bs=1024']);
      return failing(['install', HELLO]);
    });
    expect(ended).toEqual([4, 'DISK_FULL']);
  });

  it('may be another than that of the store', async () => {
    await onDisk(project.dir, 1024, async () => {
      expect(fs.statSync(project.dir).dev).not.toBe(fs.statSync(path.dirname(project.dataDir)).dev);
      for (const args of [['install', HELLO], ['install'], ['verify'], ['update'], ['remove', HELLO]])
        expect((await project.ar(...args)).code).toBe(0);
    });
  });
});

describe('a path', () => {
  it('may hold spaces, umlauts and what shells and URLs make something of', async () => {
    using sandbox = createSandbox();
    const base = path.join(sandbox.dir, 'für alle & „Jörg“ #1 %20 $HOME');
    const dir = path.join(base, 'pro jekt');
    fs.mkdirSync(dir, { recursive: true });
    const env = { AR_REGISTRY: registry.url, HOME: base, AGENT_RELAY_DATA_DIR: path.join(base, 'dä ta') };
    const ar = async (...args: readonly string[]): Promise<number | null> =>
      (await sandbox.ar(['plugin', ...args, '--project', dir], env)).code;
    for (const args of [['install', `${HELLO}@1.0.0`], ['update', '--latest'], ['verify'], ['list'], ['install']])
      expect(await ar(...args)).toBe(0);
    fs.cpSync(path.join(base, 'dä ta/plugins/store'), path.join(base, 'copy'), { recursive: true });
    expect(await ar('remove', HELLO)).toBe(0);
  });
});

describe('20 installations at once', () => {
  it('of one project all end well, and lose nothing', { timeout: 180_000 }, async () => {
    const ends = await Promise.all(MANY.map((name) => project.ar('install', name)));
    expect(ends.map(({ code, stderr }) => [code, stderr])).toEqual(MANY.map(() => [0, expect.any(String)]));
    const lock = JSON.parse(project.read(LOCK_FILE)) as Lockfile;
    expect(Object.keys(lock.plugins)).toEqual(MANY.toSorted());
    expect([(await project.ar('install')).code, (await project.ar('verify')).code, staged()]).toEqual([0, 0, []]);
  });
});
