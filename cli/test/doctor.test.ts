/** `doctor` where all is well, and where each thing is broken that it looks at. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { LOCK_FILE, PROJECT_FILE } from '@ar-registry/core/layout';
import type { DoctorOutput } from '@ar-registry/schemas';
import { validator as isDoctor } from '@ar-registry/schemas/validators/cli/doctor';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, type Sandbox } from './support/ar.ts';

const HELLO = '@acme/hello';

let registry: ServedRegistry;
let sandbox: Sandbox;

beforeAll(async () => {
  registry = await serveRegistry([{ manifest: { version: '1.0.0' } }]);
});
afterAll(() => registry[Symbol.asyncDispose]());
beforeEach(() => {
  sandbox = createSandbox();
  return () => sandbox[Symbol.dispose]();
});

type Found = Readonly<Record<string, DoctorOutput['checks'][number]>>;

async function examine(
  env: Readonly<Record<string, string>> = {},
  options: readonly string[] = [],
): Promise<{ readonly code: number | null; readonly ok: boolean; readonly found: Found }> {
  const { code, stdout } = await sandbox.ar(['plugin', 'doctor', '--json', ...options], {
    AR_REGISTRY: registry.url,
    ...env,
  });
  const result = isDoctor(JSON.parse(stdout));
  if (!result.ok) throw new Error(stdout);
  const { ok, checks } = result.value;
  return { code, ok, found: Object.fromEntries(checks.map((check) => [check.id, check])) };
}

const inSandbox = (...parts: readonly string[]): string => path.join(sandbox.dir, ...parts);
const inData = (...parts: readonly string[]): string => path.join(sandbox.home, '.agent-relay', ...parts);

function writeRelay(version: string): void {
  fs.mkdirSync(inSandbox('node_modules', 'agent-relay'), { recursive: true });
  fs.writeFileSync(
    inSandbox('node_modules', 'agent-relay', 'package.json'),
    JSON.stringify({ version, bin: 'cli.js' }),
  );
}

/** Every file of the user's home and of the project, with its content. */
function snapshot(): readonly (readonly [string, string])[] {
  const all = fs.readdirSync(sandbox.dir, { recursive: true, withFileTypes: true });
  return all
    .map((one) => path.join(one.parentPath, one.name))
    .toSorted()
    .map((file) => [file, fs.statSync(file).isDirectory() ? '' : fs.readFileSync(file, 'utf8')]);
}

describe('doctor', () => {
  it('finds nothing wrong where nothing is', async () => {
    expect((await sandbox.ar(['plugin', 'install', HELLO], { AR_REGISTRY: registry.url })).code).toBe(0);
    writeRelay('1.6.0');
    const { code, ok, found } = await examine();
    expect([code, ok]).toEqual([0, true]);
    for (const id of [
      'node',
      'git',
      'npm',
      'data-folder',
      'permissions',
      'leftovers',
      'registry',
      'project',
      'lock',
      'store',
      'advisories',
      'agent-relay',
    ])
      expect([id, found[id]?.result]).toEqual([id, 'pass']);
    expect(fs.readdirSync(inData('plugins')).filter((name) => name.startsWith('.doctor'))).toEqual([]);
    const { stdout } = await sandbox.ar(['plugin', 'doctor'], { AR_REGISTRY: registry.url });
    expect(stdout).toContain('agent-relay 1.6.0');
    expect(stdout).toContain(' wants 1 plugin.');
  });

  it('names what is missing around it', async () => {
    const { code, found } = await examine({ PATH: sandbox.dir });
    expect(code).toBe(0);
    for (const id of ['git', 'npm', 'path', 'agent-relay']) expect(found[id]).toMatchObject({ result: 'warn' });
  });

  it.each([
    ['the registry is gone', 'registry', { AR_REGISTRY: 'http://127.0.0.1:9' }, () => undefined],
    ['the address is none', 'registry', { AR_REGISTRY: 'ftp://x' }, () => undefined],
    ['a project file is broken', 'project', {}, () => fs.writeFileSync(inSandbox(PROJECT_FILE), 'plugins: [')],
    ['a lock is broken', 'project', {}, () => fs.writeFileSync(inSandbox(LOCK_FILE), '{')],
    ['agent-relay is too new', 'agent-relay', {}, () => writeRelay('2.0.0-beta.1')],
    [
      'others can read the token',
      'permissions',
      {},
      () => {
        fs.mkdirSync(path.join(sandbox.home, '.config', 'agent-relay'), { recursive: true });
        fs.writeFileSync(path.join(sandbox.home, '.config', 'agent-relay', 'credentials.json'), '{}', { mode: 0o644 });
      },
    ],
    [
      'something is wanted and not locked, which install refuses too',
      'lock',
      {},
      () => {
        fs.writeFileSync(inSandbox(PROJECT_FILE), `schemaVersion: 1\nplugins:\n  "${HELLO}": { range: "^1" }\n`);
      },
    ],
    [
      'everybody can write to the store',
      'permissions',
      {},
      () => {
        fs.mkdirSync(inData('plugins', 'store'), { recursive: true });
        fs.chmodSync(inData('plugins', 'store'), 0o777);
      },
    ],
    ['the data folder is a file', 'data-folder', {}, () => fs.writeFileSync(inData(), '')],
  ])('fails where %s', async (...[, id, env, break_]) => {
    break_();
    const { code, ok, found } = await examine(env);
    expect([code, ok, found[id]?.result]).toEqual([1, false, 'fail']);
    expect(found[id]?.remedy).toMatch(/^[A-Z]/);
  });

  it('warns of what is locked and not installed, locked and not wanted, and left behind', async () => {
    expect((await sandbox.ar(['plugin', 'install', HELLO], { AR_REGISTRY: registry.url })).code).toBe(0);
    fs.rmSync(inData('plugins', 'store'), { recursive: true });
    fs.mkdirSync(inData('plugins', 'staging', 'old'), { recursive: true });
    fs.utimesSync(inData('plugins', 'staging', 'old'), 0, 0);
    const { code, found } = await examine();
    expect([code, found['store']?.result, found['leftovers']?.result]).toEqual([0, 'warn', 'warn']);
    expect(found['leftovers']?.remedy).toContain('ar plugin cache prune');
    expect((await sandbox.ar(['plugin', 'cache', 'prune'])).code).toBe(0);
    expect((await examine()).found['leftovers']?.result).toBe('pass');
    fs.writeFileSync(inSandbox(PROJECT_FILE), 'schemaVersion: 1\nplugins: {}\n');
    expect((await examine()).found['lock']).toMatchObject({ result: 'warn', remedy: expect.stringContaining(HELLO) });
  });

  it('refuses the lock that install refuses: of another range than is wanted', async () => {
    expect((await sandbox.ar(['plugin', 'install', HELLO], { AR_REGISTRY: registry.url })).code).toBe(0);
    const file = inSandbox(PROJECT_FILE);
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('^1.0.0', '^2'));
    const { code, found } = await examine();
    expect([code, found['lock']?.result]).toEqual([1, 'fail']);
    const refused = await sandbox.ar(['plugin', 'install'], { AR_REGISTRY: registry.url });
    expect([errorCode(refused), refused.stderr]).toEqual(['LOCK_MISMATCH', expect.stringContaining('^2')]);
    expect(refused.stderr).toContain(found['lock']?.message);
  });

  it('tells of a merge conflict in the lock once', async () => {
    expect((await sandbox.ar(['plugin', 'install', HELLO], { AR_REGISTRY: registry.url })).code).toBe(0);
    const lock = fs.readFileSync(inSandbox(LOCK_FILE), 'utf8');
    fs.writeFileSync(inSandbox(LOCK_FILE), `<<<<<<< ours\n${lock}=======\n${lock}>>>>>>> theirs\n`);
    const { code, found } = await examine();
    const results = Object.values(found).map(({ id, result }) => [result, id]);
    expect(code).toBe(1);
    expect(results.filter(([result]) => result === 'fail')).toEqual([['fail', 'project']]);
    expect(results.filter(([result]) => result === 'skip').map(([, id]) => id)).toEqual([
      'registry',
      'lock',
      'store',
      'advisories',
    ]);
  });

  it('changes nothing: where nothing was ever installed, and where a change was interrupted', async () => {
    const bare = fs.readdirSync(sandbox.home);
    expect((await examine()).code).toBe(0);
    expect(fs.readdirSync(sandbox.home)).toEqual(bare);
    expect((await sandbox.ar(['plugin', 'install', HELLO], { AR_REGISTRY: registry.url })).code).toBe(0);
    fs.rmSync(inData('plugins', 'cache'), { recursive: true });
    const [id = ''] = fs.readdirSync(inData('plugins', 'projects'));
    const before = `sha512-${createHash('sha512')
      .update(fs.readFileSync(inSandbox(LOCK_FILE)))
      .digest('base64')}`;
    const lock = '{ "schemaVersion": 1, "plugins": {} }\n';
    const journal = { schemaVersion: 1, project: sandbox.dir, files: [{ path: LOCK_FILE, content: lock, before }] };
    fs.writeFileSync(inData('plugins', 'projects', id, 'journal.json'), JSON.stringify(journal));
    const state = snapshot();
    const { found } = await examine();
    expect(snapshot()).toEqual(state);
    expect(found['leftovers']?.remedy).toContain(`ar plugin list --project ${sandbox.dir}`);
    expect((await sandbox.ar(['plugin', 'list', '--project', sandbox.dir])).code).toBe(0);
    expect(fs.readFileSync(inSandbox(LOCK_FILE), 'utf8')).toBe(lock);
    expect((await examine()).found['leftovers']?.result).toBe('pass');
  });

  it.runIf(process.platform !== 'win32')(
    'warns of a group that can write, unless it is the own one of the user',
    async () => {
      fs.mkdirSync(inData('plugins'), { recursive: true });
      fs.chmodSync(inData('plugins'), 0o775);
      expect((await examine()).found['permissions']?.result).toBe(
        process.getgid?.() === process.getuid?.() ? 'pass' : 'warn',
      );
      if (process.getuid?.() !== 0) return;
      fs.chownSync(inData('plugins'), 0, 100);
      expect((await examine()).found['permissions']?.result).toBe('warn');
    },
  );

  it('fails where an installed file was changed', async () => {
    expect((await sandbox.ar(['plugin', 'install', HELLO], { AR_REGISTRY: registry.url })).code).toBe(0);
    const [file = ''] = fs
      .readdirSync(inData('plugins', 'store'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('README.md'));
    fs.chmodSync(inData('plugins', 'store', file), 0o644);
    fs.appendFileSync(inData('plugins', 'store', file), 'x');
    const { code, found } = await examine();
    expect([code, found['store']?.result]).toEqual([1, 'fail']);
  });

  it.runIf(process.platform === 'linux')('does not call a disk full whose size nobody tells', async () => {
    const { found } = await examine({ AGENT_RELAY_DATA_DIR: '/proc/none' });
    expect(found['disk-space']?.result).toBe('pass');
  });

  it('asks nobody offline', async () => {
    registry.requests.length = 0;
    const { code, found } = await examine({}, ['--offline']);
    expect([code, found['registry']?.result]).toEqual([0, 'warn']);
    expect(registry.requests).toEqual([]);
  });
});
