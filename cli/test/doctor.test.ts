/** `doctor` where all is well, and where each thing is broken that it looks at. */
import fs from 'node:fs';
import path from 'node:path';
import { LOCK_FILE, PROJECT_FILE } from '@ar-registry/core/layout';
import type { DoctorOutput } from '@ar-registry/schemas';
import { validator as isDoctor } from '@ar-registry/schemas/validators/cli/doctor';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from './support/ar.ts';

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
  fs.writeFileSync(inSandbox('node_modules', 'agent-relay', 'package.json'), JSON.stringify({ version }));
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
      'agent-relay',
    ])
      expect([id, found[id]?.result]).toEqual([id, 'pass']);
    expect(fs.readdirSync(inData('plugins')).filter((name) => name.startsWith('.doctor'))).toEqual([]);
    const { stdout } = await sandbox.ar(['plugin', 'doctor'], { AR_REGISTRY: registry.url });
    expect(stdout).toContain('agent-relay 1.6.0');
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

  it('warns of what is wanted and not locked, locked and not installed, and left behind', async () => {
    expect((await sandbox.ar(['plugin', 'install', HELLO], { AR_REGISTRY: registry.url })).code).toBe(0);
    fs.rmSync(inData('plugins', 'store'), { recursive: true });
    fs.mkdirSync(inData('plugins', 'staging', 'old'), { recursive: true });
    fs.utimesSync(inData('plugins', 'staging', 'old'), 0, 0);
    const { code, found } = await examine();
    expect([code, found['store']?.result, found['leftovers']?.result]).toEqual([0, 'warn', 'warn']);
    fs.rmSync(inSandbox(LOCK_FILE));
    expect((await examine()).found['lock']?.result).toBe('warn');
  });

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

  it('asks nobody offline', async () => {
    registry.requests.length = 0;
    const { code, found } = await examine({}, ['--offline']);
    expect([code, found['registry']?.result]).toEqual([0, 'warn']);
    expect(registry.requests).toEqual([]);
  });
});
