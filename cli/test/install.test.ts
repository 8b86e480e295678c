/** `ar plugin install`, `list` and `remove` as a user runs them: processes, a project on disk, a registry on loopback. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { validator as isInstall } from '@ar-registry/schemas/validators/cli/install';
import { validator as isList } from '@ar-registry/schemas/validators/cli/list';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PROGRAM } from './support/ar.ts';

const HELLO = '@acme/hello';
const [FILE, ...FIRST] = PROGRAM;

let registry: ServedRegistry;
let folder: string;
let project: string;

beforeAll(async () => {
  registry = await serveRegistry([
    { manifest: { version: '1.0.0' } },
    { manifest: { version: '1.1.0' }, files: { 'dist/index.js': 'export default { version: 2 };\n' } },
    {
      manifest: { version: '2.0.0' },
      status: {
        yanked: { '2.0.0': 'loses messages' },
        deprecated: { '1.0.0': 'old' },
        distTags: { latest: '1.1.0', beta: '1.0.0' },
      },
    },
    {
      manifest: {
        name: '@acme/tool',
        permissions: {
          network: ['example.com'],
          filesystem: { read: [], write: [] },
          childProcess: ['git'],
          nativeAddons: false,
          workers: false,
          codeGeneration: false,
          env: [],
        },
      },
    },
    {
      manifest: {
        name: '@acme/net',
        permissions: {
          network: ['example.com'],
          filesystem: { read: [], write: [] },
          childProcess: [],
          nativeAddons: false,
          workers: false,
          codeGeneration: false,
          env: [],
        },
      },
    },
  ]);
});

afterAll(() => registry[Symbol.asyncDispose]());

beforeEach(() => {
  registry.intercept = undefined;
  registry.requests.length = 0;
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ar-install-'));
  project = path.join(folder, 'project');
  fs.mkdirSync(project);
  return () => fs.rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[]) {
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    AGENT_RELAY_DATA_DIR: path.join(folder, 'data'),
    AR_REGISTRY: registry.url,
  };
  const child = spawn(FILE, [...FIRST, 'plugin', ...args], {
    cwd: project,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
  return { child, ended };
}

const ar = (...args: readonly string[]): Promise<Ended> => start(args).ended;

function codeOf({ stderr }: Ended): string | undefined {
  return /error\[([A-Z_]+)\]/.exec(stderr)?.[1];
}

const exists = (name: string): boolean => fs.existsSync(path.join(project, name));
const read = (name: string): string => (exists(name) ? fs.readFileSync(path.join(project, name), 'utf8') : '');

/** Everything below the project and the data folder that an interrupted command could leave. */
function leftovers(): readonly string[] {
  const staging = path.join(folder, 'data/plugins/staging');
  const inProject = fs.readdirSync(project).filter((name) => !/^ar-plugins\.(?:yaml|lock)$/.test(name));
  return [...inProject, ...(fs.existsSync(staging) ? fs.readdirSync(staging) : [])];
}

const untouched = (): unknown => [exists('ar-plugins.yaml'), exists('ar-plugins.lock'), leftovers()];

interface Lock {
  readonly plugins: Readonly<Record<string, { readonly version: string; readonly integrity?: string }>>;
}
const lockedVersion = (): string | undefined =>
  (JSON.parse(read('ar-plugins.lock') || '{"plugins":{}}') as Lock).plugins[HELLO]?.version;

async function installed(): Promise<readonly { name: string; version: string; wanted: string; enabled: boolean }[]> {
  const { stdout } = await ar('list', '--json');
  const result = isList(JSON.parse(stdout));
  if (!result.ok) throw new Error(stdout);
  return result.value.plugins.filter((one) => 'wanted' in one);
}

describe('install', () => {
  it.each([
    [HELLO, '1.1.0', '^1.1.0'],
    [`${HELLO}@1.0.0`, '1.0.0', '1.0.0'],
    [`${HELLO}@^1`, '1.1.0', '^1'],
    [`${HELLO}@>=1 <1.1`, '1.0.0', '>=1 <1.1'],
    [`${HELLO}@beta`, '1.0.0', '^1.0.0'],
  ])('%s', async (spec, version, wanted) => {
    const ended = await ar('install', spec, '--json');
    expect(ended.code).toBe(0);
    const output = isInstall(JSON.parse(ended.stdout));
    expect(output.ok && output.value.installed).toMatchObject([{ name: HELLO, version, from: registry.url }]);
    expect(await installed()).toMatchObject([{ name: HELLO, version, wanted }]);
    expect(leftovers()).toEqual([]);
  });

  it('puts the files where the lock says, with the modes of the archive', async () => {
    await ar('install', HELLO);
    const store = path.join(folder, 'data/plugins/store');
    const file = fs
      .readdirSync(store, { recursive: true, encoding: 'utf8' })
      .find((name) => name.endsWith('package/dist/index.js'));
    expect(fs.readFileSync(path.join(store, file ?? ''), 'utf8')).toBe('export default { version: 2 };\n');
  });

  it('says what did not change, and asks the store instead of the registry', async () => {
    await ar('install', HELLO);
    registry.requests.length = 0;
    const { stdout } = await ar('install', HELLO, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ installed: [], unchanged: [{ name: HELLO }] });
    expect(registry.requests.filter((route) => route.endsWith('/download'))).toEqual([]);
  });

  it('keeps what the user wrote into ar-plugins.yaml', async () => {
    fs.writeFileSync(
      path.join(project, 'ar-plugins.yaml'),
      `# ours\nschemaVersion: 1\nplugins:\n  # greets\n  "${HELLO}":\n    range: 1.0.0\n    enabled: false\n    config: { greeting: hi } # ours too\n`,
    );
    expect((await ar('install', `${HELLO}@^1`)).code).toBe(0);
    const text = read('ar-plugins.yaml');
    expect(text).toMatch(/^# ours\n/);
    expect(text).toContain(
      `  # greets\n  "${HELLO}":\n    range: ^1\n    enabled: false\n    config: { greeting: hi } # ours too\n`,
    );
  });

  it('restores from the lock, asking for nothing but what is revoked', async () => {
    await ar('install', `${HELLO}@1.0.0`);
    fs.rmSync(path.join(folder, 'data'), { recursive: true });
    registry.requests.length = 0;
    const { code, stdout } = await ar('install', '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { installed: [{ name: HELLO, version: '1.0.0' }] }]);
    const asked = registry.requests.filter((route) => !/trust|config/.test(route));
    expect(asked).toEqual(['api/v1/advisories.json', `api/v1/plugins/${HELLO}/1.0.0/download`]);
  });

  it('fails to restore what the lock does not name', async () => {
    await ar('install', HELLO);
    fs.writeFileSync(path.join(project, 'ar-plugins.lock'), '{"schemaVersion":1,"plugins":{}}');
    const ended = await ar('install');
    expect([ended.code, codeOf(ended)]).toEqual([1, 'LOCK_MISMATCH']);
  });

  it('fails to restore what the lock has otherwise than it is wanted', async () => {
    await ar('install', `${HELLO}@1.0.0`);
    for (const [from, to] of [
      ['range: 1.0.0', 'range: ^2.0.0'],
      ['range: ^2.0.0', 'path: ./hello'],
    ] as const) {
      fs.writeFileSync(path.join(project, 'ar-plugins.yaml'), read('ar-plugins.yaml').replace(from, to));
      const ended = await ar('install');
      expect([ended.code, codeOf(ended)]).toEqual([1, 'LOCK_MISMATCH']);
    }
  });

  it('mends files of the store that were changed', async () => {
    await ar('install', HELLO);
    const store = path.join(folder, 'data/plugins/store');
    const name = fs
      .readdirSync(store, { recursive: true, encoding: 'utf8' })
      .find((file) => file.endsWith('dist/index.js'));
    const file = path.join(store, name ?? '');
    fs.writeFileSync(file, 'stolen()');
    expect((await ar('install')).code).toBe(0);
    expect(fs.readFileSync(file, 'utf8')).toBe('export default { version: 2 };\n');
  });

  it('reads what people write by hand: no `enabled`, nothing below `plugins`', async () => {
    await ar('install', HELLO);
    fs.writeFileSync(
      path.join(project, 'ar-plugins.yaml'),
      `schemaVersion: 1\nplugins:\n  "${HELLO}": { range: ^1 }\n`,
    );
    expect(await installed()).toMatchObject([{ name: HELLO, enabled: true }]);
    fs.writeFileSync(path.join(project, 'ar-plugins.yaml'), 'schemaVersion: 1\nplugins:\n');
    expect(await installed()).toEqual([]);
    expect((await ar('install', HELLO)).code).toBe(0);
    expect(await installed()).toMatchObject([{ name: HELLO }]);
  });

  it('links a folder and unpacks an archive', async () => {
    const own = path.join(folder, 'own');
    fs.mkdirSync(own);
    fs.writeFileSync(
      path.join(own, 'ar-plugin.yaml'),
      'name: "@me/own"\nversion: 0.1.0\ntype: hook\ndescription: Mine\nauthor: { name: Me }\nrepository: { type: git, url: "https://example.com/own.git" }\nlicense: MIT\nmain: ./index.js\n',
    );
    expect((await ar('install', '../own')).code).toBe(0);
    fs.writeFileSync(
      path.join(folder, 'hello.tgz'),
      registry.files.get(`api/v1/plugins/${HELLO}/1.0.0/download`) ?? '',
    );
    expect((await ar('install', '../hello.tgz')).code).toBe(0);
    expect(await installed()).toMatchObject([
      { name: HELLO, version: '1.0.0', wanted: '../hello.tgz' },
      { name: '@me/own', version: '0.1.0', wanted: '../own' },
    ]);
  });

  it('changes nothing in a dry run', async () => {
    const { code, stdout } = await ar('install', HELLO, '--dry-run', '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { installed: [{ name: HELLO, version: '1.1.0' }] }]);
    expect([exists('ar-plugins.yaml'), exists('ar-plugins.lock'), leftovers()]).toEqual([false, false, []]);
  });

  it('warns of a deprecated version', async () => {
    expect((await ar('install', `${HELLO}@1.0.0`)).stderr).toContain('old');
  });
});

describe('permissions', () => {
  it('are recorded where nobody can be asked and a sandbox enforces them', async () => {
    expect((await ar('install', '@acme/net')).code).toBe(0);
    expect(read('ar-plugins.yaml')).toContain('example.com');
  });

  it('that could undo the sandbox need --yes', async () => {
    const refused = await ar('install', '@acme/tool');
    expect([refused.code, codeOf(refused), exists('ar-plugins.lock')]).toEqual([1, 'PERMISSIONS_NOT_GRANTED', false]);
    expect((await ar('install', '@acme/tool', '--yes')).code).toBe(0);
  });
});

describe('remove', () => {
  it('takes a plugin out of both files', async () => {
    await ar('install', HELLO, '@acme/net');
    const { code, stdout } = await ar('remove', HELLO, '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { removed: [{ name: HELLO, version: '1.1.0' }] }]);
    expect(await installed()).toMatchObject([{ name: '@acme/net' }]);
  });

  it('suggests what was meant', async () => {
    await ar('install', HELLO);
    const ended = await ar('remove', '@acme/helo');
    expect([ended.code, codeOf(ended)]).toEqual([1, 'NOT_INSTALLED']);
    expect(ended.stderr).toContain(HELLO);
  });
});

describe('what goes wrong', () => {
  const NOTHING = [false, false, []];
  const download = `api/v1/plugins/${HELLO}/1.1.0/download`;

  it.each([
    ['an unknown plugin', '@acme/helo', 'PLUGIN_NOT_FOUND', 1] as const,
    ['an unknown version', `${HELLO}@9`, 'VERSION_NOT_FOUND', 1],
    ['a yanked version', `${HELLO}@2.0.0`, 'VERSION_YANKED', 1],
    ['a name without a scope', 'hello', 'SPEC_INVALID', 2],
    ['a folder that is not there', './absent', 'FILE_NOT_FOUND', 1],
    ['an unknown option', '--fast', 'USAGE', 2],
  ])('%s', async (...[, spec, code, exit]) => {
    const ended = await ar('install', spec);
    expect([ended.code, codeOf(ended)]).toEqual([exit, code]);
    expect(untouched()).toEqual(NOTHING);
  });

  it('an archive that is not what was published', async () => {
    registry.intercept = (request, response) => {
      if (request.url !== `/${download}`) return false;
      const bytes = Buffer.from(registry.files.get(download) ?? []);
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      response.writeHead(200).end(bytes);
      return true;
    };
    const ended = await ar('install', HELLO);
    expect([ended.code, codeOf(ended), untouched()]).toEqual([3, 'INTEGRITY_MISMATCH', NOTHING]);
  });

  it('an archive without end', async () => {
    registry.intercept = (request, response) => {
      if (request.url !== `/${download}`) return false;
      response.writeHead(200);
      const more = (): void =>
        void (response.destroyed || (response.write(Buffer.alloc(64 * 1024)), setImmediate(more)));
      more();
      return true;
    };
    const ended = await ar('install', HELLO);
    expect([ended.code, codeOf(ended), untouched()]).toEqual([3, 'REGISTRY_RESPONSE_TOO_LARGE', NOTHING]);
  });

  it('a registry that is down', async () => {
    const ended = await ar('install', HELLO, '--registry', 'http://127.0.0.1:1');
    expect([ended.code, codeOf(ended), untouched()]).toEqual([4, 'REGISTRY_UNREACHABLE', NOTHING]);
  });

  it('a web page in place of a registry', async () => {
    registry.intercept = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Log in</title>');
      return true;
    };
    const ended = await ar('install', HELLO);
    expect([ended.code, codeOf(ended), untouched()]).toEqual([4, 'REGISTRY_RESPONSE_INVALID', NOTHING]);
  });

  it('one of two: nothing is installed', async () => {
    const ended = await ar('install', '@acme/net', `${HELLO}@9`);
    expect([ended.code, codeOf(ended), untouched()]).toEqual([1, 'VERSION_NOT_FOUND', NOTHING]);
  });

  it('a broken ar-plugins.yaml', async () => {
    fs.writeFileSync(path.join(project, 'ar-plugins.yaml'), 'schemaVersion: 1\nplugins: [oops]\n');
    const ended = await ar('install', HELLO);
    expect([ended.code, codeOf(ended)]).toEqual([1, 'FILE_INVALID']);
    expect(read('ar-plugins.yaml')).toBe('schemaVersion: 1\nplugins: [oops]\n');
  });

  it('Ctrl-C while waiting for the registry', async () => {
    const asked = new Promise<void>((resolve) => {
      registry.intercept = (request) => {
        if (request.url !== `/${download}`) return false;
        resolve();
        return true; // and never answers
      };
    });
    const { child, ended } = start(['install', HELLO]);
    await asked;
    child.kill('SIGINT');
    expect([(await ended).code, untouched()]).toEqual([130, NOTHING]);
  });
});

describe('two at once', () => {
  it('lose nothing', async () => {
    const ends = await Promise.all([
      ar('install', HELLO),
      ar('install', '@acme/net'),
      ar('install', '@acme/tool', '--yes'),
    ]);
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect((await installed()).map(({ name }) => name)).toEqual([HELLO, '@acme/net', '@acme/tool']);
  });
});

describe('kill -9', () => {
  const ROUNDS = 32;

  it(`at ${ROUNDS} random moments leaves the old or the new state`, { timeout: 300_000 }, async () => {
    await ar('install', `${HELLO}@1.0.0`);
    const began = performance.now();
    await ar('install', `${HELLO}@1.1.0`);
    const fullMs = performance.now() - began;
    const seen = new Set<string>();
    // A staircase: later after the old state, earlier after the new one. So most kills hit around the switch itself,
    // on a machine of whatever speed.
    let delayMs = fullMs * 0.6;
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = lockedVersion();
      const after = before === '1.0.0' ? '1.1.0' : '1.0.0';
      // A store that is empty half of the time, so that unpacking is interrupted as well.
      if (round % 2 === 0) fs.rmSync(path.join(folder, 'data/plugins/store'), { recursive: true, force: true });
      const { child, ended } = start(['install', `${HELLO}@${after}`]);
      const timer = setTimeout(() => child.kill('SIGKILL'), delayMs * (0.9 + 0.2 * Math.random()));
      await ended;
      clearTimeout(timer);
      for (const file of ['ar-plugins.yaml', 'ar-plugins.lock']) expect(read(file)).not.toBe('');
      const [plugin] = await installed();
      if (!plugin) throw new Error('The plugin is gone.');
      expect([before, after]).toContain(plugin.version);
      expect([plugin.wanted, lockedVersion()]).toEqual([plugin.version, plugin.version]);
      const isNew = plugin.version === after;
      delayMs *= isNew ? 0.85 : 1.15;
      seen.add(isNew ? 'new' : 'old');
    }
    expect(seen).toEqual(new Set(['old', 'new']));
    expect((await ar('install')).code).toBe(0);
  });
});

describe('an output that is full', () => {
  it.skipIf(!fs.existsSync('/dev/full'))('is the disk’s fault, not a bug', async () => {
    const full = fs.openSync('/dev/full', 'w');
    try {
      const env = { PATH: process.env['PATH'], HOME: folder };
      const child = spawn(FILE, [...FIRST, 'plugin', 'list'], {
        cwd: project,
        env,
        stdio: ['ignore', full, 'pipe'],
      });
      let stderr = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      const code = await new Promise((resolve) => child.once('close', resolve));
      expect([code, /error\[([A-Z_]+)\]/.exec(stderr)?.[1]]).toEqual([4, 'DISK_FULL']);
    } finally {
      fs.closeSync(full);
    }
  });
});
