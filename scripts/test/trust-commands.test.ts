/** `ar-registry keys`, `sign` and `resign` as an operator runs them. */
import { mkdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KEY_VARIABLE_PREFIX } from '@ar-registry/io/trust';
import type { KeysOutput, SignOutput } from '@ar-registry/schemas';
import { validator as isKeys } from '@ar-registry/schemas/validators/cli/keys';
import { validator as isSign } from '@ar-registry/schemas/validators/cli/sign';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { runProgram } from '../src/program.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.parse('2026-06-01T12:00:00Z');
const HELLO = 'plugins/@acme/hello.json';

let folder: string;
let nowMs: number;
let env: Record<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ar-keys-'));
  const made = folder;
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  nowMs = START_MS;
  env = {};
  await mkdir(join(folder, 'index'));
  await writeRegistry('trust: { bins: 16 }\n');
  await write('config.json', '{}');
  await write(HELLO, '{"version":"1.0.0"}');
});

interface Ran<T> {
  readonly exitCode: number;
  readonly output: T;
  readonly code: string | undefined;
}

async function run<T>(...args: readonly string[]): Promise<Ran<T>> {
  let stdout = '';
  const clock = { nowMs: () => nowMs, now: () => new Date(nowMs).toISOString() };
  const context = { cwd: folder, clock, env, signal: new AbortController().signal };
  const streams = { stdout: (text: string) => void (stdout += text), stderr: () => undefined };
  const exitCode = await runProgram([...args, '--json'], context, streams);
  const output = JSON.parse(stdout) as T & { readonly error?: { readonly code: string } };
  return { exitCode, output, code: output.error?.code };
}

const keys = (action: string, ...more: readonly string[]) =>
  run<KeysOutput>('keys', action, '--index', 'index', '--keys', 'keys', ...more);
const sign = (...more: readonly string[]) =>
  run<SignOutput>('sign', '--site', 'site', '--index', 'index', '--keys', 'keys', ...more);
const resign = (...more: readonly string[]) => run<SignOutput>('resign', '--site', 'site', '--index', 'index', ...more);

async function write(path: string, text: string): Promise<void> {
  const file = join(folder, 'site/api/v1', path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, text);
}

async function writeRegistry(trust: string): Promise<void> {
  await writeFile(join(folder, 'index/registry.yaml'), `schemaVersion: 1\nname: test\ntitle: Test\n${trust}`);
}

/** As far as a count of them sees. */
async function makePlugins(scope: string, from: number, to: number): Promise<void> {
  await mkdir(join(folder, 'index/plugins', scope), { recursive: true });
  for (let at = from; at < to; at += 1) mkdirSync(join(folder, 'index/plugins', scope, `p${at}`));
}

/** Name → text of all files of the metadata. */
async function metadata(): Promise<Readonly<Record<string, string>>> {
  const at = join(folder, 'site/api/v1/trust');
  const names = (await readdir(at)).toSorted();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(at, name), 'utf8')])),
  );
}

/** Path → text of all private keys and of their public half. */
async function everything(): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  for (const below of ['keys', 'index/trust'])
    for (const name of (await readdir(join(folder, below))).toSorted())
      files[`${below}/${name}`] = await readFile(join(folder, below, name), 'utf8');
  return files;
}

async function firstRootKey(): Promise<string> {
  const [first = ''] = keysOf((await keys('list')).output, 'root');
  return first.slice(0, 12);
}

function keysOf({ roles }: KeysOutput, role: string): readonly string[] {
  return roles.find((found) => found.role === role)?.keys.map(({ id }) => id) ?? [];
}

describe('keys', () => {
  it('init makes a key for each role that nobody else may read, and tells the fingerprint', async () => {
    const { exitCode, output } = await keys('init');
    expect(exitCode).toBe(0);
    expect(isKeys(output).ok).toBe(true);
    expect(output.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    const names = await readdir(join(folder, 'keys'));
    expect(names.toSorted()).toEqual(['bins.pem', 'root-1.pem', 'snapshot.pem', 'targets.pem', 'timestamp.pem']);
    for (const name of names) expect((await stat(join(folder, 'keys', name))).mode & 0o777).toBe(0o600);
    expect((await readdir(join(folder, 'index/trust'))).toSorted()).toEqual(['1.root.json', '1.targets.json']);
  });

  it('init writes over no key and no root', async () => {
    await keys('init');
    const before = await readFile(join(folder, 'keys/root-1.pem'), 'utf8');
    expect((await keys('init')).code).toBe('KEY_EXISTS');
    await rm(join(folder, 'index/trust'), { recursive: true });
    expect((await keys('init')).code).toBe('KEY_EXISTS');
    expect(await readFile(join(folder, 'keys/root-1.pem'), 'utf8')).toBe(before);
  });

  it('init makes no fewer keys of the root than must sign', async () => {
    await writeRegistry('trust: { bins: 16, threshold: 2 }\n');
    expect((await keys('init', '--root-keys', '1')).code).toBe('USAGE');
    expect(await readdir(join(folder, 'index')).then((names) => names.includes('trust'))).toBe(false);
    expect((await keys('init', '--root-keys', '2')).exitCode).toBe(0);
  });

  it('list says which private keys are at hand, of a folder and of the environment', async () => {
    await keys('init');
    env[`${KEY_VARIABLE_PREFIX}TIMESTAMP`] = await readFile(join(folder, 'keys/timestamp.pem'), 'utf8');
    env[`${KEY_VARIABLE_PREFIX}BINS`] = '';
    const { output } = await run<KeysOutput>('keys', 'list', '--index', 'index');
    const atHand = output.roles.filter(({ keys: [key] }) => key?.atHand).map(({ role }) => role);
    expect(atHand).toEqual(['timestamp']);
  });

  it('rotate puts a new key in the place of the old one, and revoke takes one of several away', async () => {
    await writeRegistry('trust: { bins: 16, threshold: 2 }\n');
    const { output: before } = await keys('init', '--root-keys', '3');
    const { output: after } = await keys('rotate', '--role', 'snapshot');
    expect(after.rootVersion).toBe(2);
    expect(keysOf(after, 'snapshot')).not.toEqual(keysOf(before, 'snapshot'));
    const [first = ''] = keysOf(before, 'root');
    const { output: revoked } = await keys('revoke', '--key', first.slice(0, 12));
    expect(keysOf(revoked, 'root')).toEqual(keysOf(before, 'root').slice(1));
    expect(revoked).toMatchObject({ rootVersion: 3, missingSignatures: 0 });
    // Two must sign, and two are left.
    expect((await keys('revoke', '--key', keysOf(revoked, 'root')[0] ?? '')).code).toBe('SIGNING_KEYS_MISSING');
  });

  it('of bins change in the targets, and those of targets in both', async () => {
    await keys('init');
    expect((await keys('rotate', '--role', 'bins')).output).toMatchObject({ rootVersion: 1, targetsVersion: 2 });
    expect((await keys('rotate', '--role', 'targets')).output).toMatchObject({ rootVersion: 2, targetsVersion: 3 });
    expect((await sign()).exitCode).toBe(0);
  });

  it('endorse adds the signatures of those who hold the other keys; until then the old root counts', async () => {
    await writeRegistry('trust: { bins: 16, threshold: 2 }\n');
    await keys('init', '--root-keys', '2');
    await mkdir(join(folder, 'stick'), { mode: 0o700 });
    const key = join(folder, 'keys/root-2.pem');
    await writeFile(join(folder, 'stick/root-2.pem'), await readFile(key), { mode: 0o600 });
    await rm(key);
    const { output: waiting } = await keys('rotate', '--role', 'timestamp');
    expect(waiting).toMatchObject({ rootVersion: 1, missingSignatures: 1 });
    expect((await keys('rotate', '--role', 'snapshot')).code).toBe('TRUST_FOLDER_INVALID');
    expect((await sign()).output.warnings).toHaveLength(1);
    const { output } = await run<KeysOutput>('keys', 'endorse', '--index', 'index', '--keys', 'stick');
    expect(output).toMatchObject({ rootVersion: 2, missingSignatures: 0 });
  });

  it('rotate makes no key while a root waits, and goes on where it left off once that is endorsed', async () => {
    await writeRegistry('trust: { bins: 16, threshold: 2 }\n');
    await keys('init', '--root-keys', '2');
    await rename(join(folder, 'keys/root-2.pem'), join(folder, 'root-2.pem'));
    await keys('rotate', '--role', 'timestamp');
    const before = await everything();
    for (const role of ['snapshot', 'timestamp', 'bins', 'root', 'log'])
      expect(
        (await keys('rotate', '--role', role, ...(role === 'root' ? ['--key', await firstRootKey()] : []))).code,
      ).toBe('TRUST_FOLDER_INVALID');
    expect(await everything()).toEqual(before);
    await rename(join(folder, 'root-2.pem'), join(folder, 'keys/root-2.pem'));
    await keys('endorse');
    expect((await keys('rotate', '--role', 'snapshot')).output).toMatchObject({ rootVersion: 3, missingSignatures: 0 });
  });

  it.each([
    ['targets', 'root-1'],
    ['snapshot', 'root-1'],
    ['bins', 'targets'],
  ])('rotate of %s leaves everything as it was where the key %s is not at hand', async (role, missing) => {
    await keys('init');
    await rename(join(folder, `keys/${missing}.pem`), join(folder, `${missing}.pem`));
    const before = await everything();
    expect((await keys('rotate', '--role', role)).code).toBe('SIGNING_KEYS_MISSING');
    expect(await everything()).toEqual(before);
    await rename(join(folder, `${missing}.pem`), join(folder, `keys/${missing}.pem`));
    expect((await keys('rotate', '--role', role)).exitCode).toBe(0);
  });

  it('renew writes nothing where the root could not be signed', async () => {
    await keys('init');
    await rm(join(folder, 'keys/root-1.pem'));
    const before = await everything();
    expect((await keys('renew')).code).toBe('SIGNING_KEYS_MISSING');
    expect(await everything()).toEqual(before);
  });

  it('goes on signing with the old targets while a root that names others waits', async () => {
    await writeRegistry('trust: { bins: 16, threshold: 2 }\n');
    await keys('init', '--root-keys', '2');
    await rename(join(folder, 'keys/root-2.pem'), join(folder, 'root-2.pem'));
    expect((await keys('rotate', '--role', 'targets')).output).toMatchObject({
      targetsVersion: 1,
      missingSignatures: 1,
    });
    expect((await sign()).exitCode).toBe(0);
    await rename(join(folder, 'root-2.pem'), join(folder, 'keys/root-2.pem'));
    expect((await keys('endorse')).output).toMatchObject({ rootVersion: 2, targetsVersion: 2, missingSignatures: 0 });
    expect((await sign()).output.needed).toBe(true);
  });

  it('says when there are too few bins, and how to have more', async () => {
    await keys('init');
    for (let at = 0; at < 300 * 16 - 2; at += 1) await write(`plugins/page/${at}.json`, '{}');
    expect((await sign()).output).toMatchObject({ targets: 300 * 16, warnings: [] });
    await write('plugins/page/more.json', '{}');
    const { warnings } = (await sign()).output;
    expect(warnings).toEqual([
      expect.stringContaining('`trust.bins: 256` in registry.yaml, then `ar-registry keys renew`'),
    ]);
    await writeRegistry('trust: { bins: 256 }\n');
    expect((await keys('renew')).output).toMatchObject({ bins: 256, rootVersion: 2, targetsVersion: 2 });
    nowMs += 1000;
    expect((await sign()).output).toMatchObject({ targets: 300 * 16 + 1, warnings: [] });
  });

  it('chooses the number of bins by how many plugins there are, where registry.yaml does not say it', async () => {
    await writeRegistry('trust: {}\n');
    for (const scope of [1, 2]) await makePlugins(`@s${scope}`, 0, 19_200);
    expect((await keys('init')).output.bins).toBe(256);
    await makePlugins('@s1', 19_200, 19_201);
    expect((await keys('list')).output.bins).toBe(256);
    expect((await keys('rotate', '--role', 'timestamp')).output.bins).toBe(256);
    expect((await keys('renew')).output.bins).toBe(512);
    await rm(join(folder, 'index/plugins'), { recursive: true });
    expect((await keys('renew')).output.bins).toBe(512);
    expect((await sign()).output.signed).toHaveLength(512 + 2);
  });

  it.each([
    [['dance'], 'USAGE'],
    [['rotate', '--role', 'king'], 'USAGE'],
    [['rotate'], 'USAGE'],
    [['revoke'], 'USAGE'],
    [['revoke', '--key', '0000000000'], 'KEY_UNKNOWN'],
    [['revoke', '--key', ''], 'USAGE'],
    [['list', '--trust', 'index/trust'], 'USAGE'],
  ])('%j is refused with %s', async ([action = '', ...more], code) => {
    await keys('init');
    expect((await keys(action, ...more)).code).toBe(code);
  });

  it.each([
    ['not a key', 'no PEM', 0o600],
    ['others may read it', undefined, 0o644],
  ])('refuses a key file: %s', async (_why, content, mode) => {
    await keys('init');
    const file = join(folder, 'keys/bins.pem');
    if (content !== undefined) await writeFile(file, content);
    await chmod(file, mode);
    expect((await keys('list')).code).toBe('KEY_UNUSABLE');
  });

  it('refuses a folder whose roots do not follow each other, or that was tampered with', async () => {
    await keys('init');
    const root = join(folder, 'index/trust/1.root.json');
    const text = await readFile(root, 'utf8');
    await writeFile(root, text.replace('"version":1', '"version":2'));
    expect((await keys('list')).code).toBe('TRUST_FOLDER_INVALID');
    await rm(root);
    expect((await sign()).code).toBe('TRUST_FOLDER_INVALID');
  });
});

describe('sign', () => {
  it('is the same bytes for the same site at the same time, and does nothing twice', async () => {
    await keys('init');
    const { output } = await sign();
    expect(isSign(output).ok).toBe(true);
    expect(output).toMatchObject({ needed: true, targets: 2, warnings: [] });
    const first = await metadata();
    expect((await sign()).output).toMatchObject({ needed: false, signed: [] });
    await rm(join(folder, 'site/api/v1/trust'), { recursive: true });
    await sign();
    expect(await metadata()).toEqual(first);
  });

  it('makes anew only the bin that changed, and keeps the state before for those who are reading it', async () => {
    await keys('init');
    await sign();
    const first = Object.keys(await metadata());
    await write(HELLO, '{"version":"1.1.0"}');
    nowMs += DAY_MS / 24;
    const { output } = await sign();
    expect(output.signed.map((file) => file.replace(/^\d+\./, '').replace(/-.*/, ''))).toEqual([
      'bin',
      'snapshot.json',
      'timestamp.json',
    ]);
    expect(Object.keys(await metadata())).toEqual(expect.arrayContaining(first));
    nowMs += DAY_MS / 24;
    await write(HELLO, '{"version":"1.2.0"}');
    await sign();
    // Root, targets, timestamp; bins and snapshot of now and of before, the changed bin twice.
    expect(Object.keys(await metadata())).toHaveLength(3 + 16 + 1 + 2);
  });

  it('takes what was signed last from elsewhere, where the site is built anew each time', async () => {
    await keys('init');
    await sign();
    await rename(join(folder, 'site'), join(folder, 'served'));
    await write('config.json', '{}');
    await write(HELLO, '{"version":"1.1.0"}');
    nowMs += DAY_MS / 24;
    expect((await sign('--previous', 'served')).output.signed).toHaveLength(3);
    expect(Object.keys(await metadata())).toHaveLength(3 + 16 + 1);
  });

  it('signs also while the site is down, and says so', async () => {
    await keys('init');
    const { exitCode, output } = await sign('--previous', 'http://127.0.0.1:1');
    expect(exitCode).toBe(0);
    expect(output.warnings).toHaveLength(1);
  });

  it('signs what decides, and not what lies in a plugin’s own folder', async () => {
    await keys('init');
    for (const path of ['1.0.0.json', '1.0.0/download', 'readme.md', '1.0.0/report.json'])
      await write(`plugins/@acme/hello/${path}`, 'x');
    await write('osv/npm/00.json', '{}');
    await write('.hidden.json', '{}');
    expect((await sign()).output.targets).toBe(3);
  });

  it('needs the keys of bins, snapshot and timestamp, and no other', async () => {
    await keys('init');
    for (const name of ['root-1', 'targets']) await rm(join(folder, `keys/${name}.pem`));
    expect((await sign()).exitCode).toBe(0);
    await rm(join(folder, 'keys/bins.pem'));
    await write(HELLO, '{}');
    expect((await sign()).code).toBe('SIGNING_KEYS_MISSING');
  });

  it('says that nothing is signed where registry.yaml does not ask for it, and refuses where it does', async () => {
    await writeRegistry('');
    expect((await sign()).output).toMatchObject({ needed: false, signed: [] });
    await writeRegistry('trust: {}\n');
    expect((await sign()).code).toBe('TRUST_FOLDER_INVALID');
  });

  it('refuses a folder that no build wrote', async () => {
    await keys('init');
    await rm(join(folder, 'site/api/v1/config.json'));
    expect((await sign()).code).toBe('FILE_NOT_FOUND');
  });

  it('makes development keys when asked to, and says each time what they are', async () => {
    const { output } = await sign('--development');
    expect(output.warnings).toEqual([expect.stringContaining('development')]);
    expect((await sign('--development')).output.warnings).toHaveLength(1);
    expect((await keys('list')).output.development).toBe(true);
  });
});

describe('resign', () => {
  beforeEach(async () => {
    await keys('init');
    await sign();
  });

  it('does nothing while there is time, and then no more than it must', async () => {
    const before = await metadata();
    nowMs += DAY_MS;
    expect((await resign('--keys', 'keys')).output).toMatchObject({ needed: false, signed: [] });
    nowMs += 1.5 * DAY_MS;
    expect((await resign('--keys', 'keys')).output).toMatchObject({ needed: true, signed: ['timestamp.json'] });
    const after = await metadata();
    expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual(['timestamp.json']);
    nowMs += 3 * DAY_MS;
    expect((await resign('--keys', 'keys')).output.signed).toHaveLength(2);
  });

  it('--check says by its exit code whether there is need, and wants no key', async () => {
    expect(await resign('--check')).toMatchObject({ exitCode: 0, output: { needed: false } });
    nowMs += 2.5 * DAY_MS;
    expect(await resign('--check')).toMatchObject({ exitCode: 1, output: { needed: true, signed: [] } });
    expect((await resign('--check', '--outputs', 'outputs')).exitCode).toBe(0);
    expect(await readFile(join(folder, 'outputs'), 'utf8')).toBe('needed=true\n');
  });

  it('tells in time that people must renew root and targets', async () => {
    nowMs += 330 * DAY_MS;
    expect((await resign('--check')).output.warnings).toHaveLength(2);
    await keys('renew');
    expect((await sign()).output.warnings).toEqual([]);
  });

  it('cannot change what is on a server, nor what was never signed', async () => {
    expect((await run('resign', '--site', 'https://registry.example', '--index', 'index')).code).toBe('USAGE');
    await rm(join(folder, 'site/api/v1/trust'), { recursive: true });
    expect((await resign('--keys', 'keys')).code).toBe('TRUST_FOLDER_INVALID');
  });
});
