/** Keys that a service does not give away, as the guide describes them: its file and its script, with a Vault of ours. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { readKeyFolder } from '@ar-registry/io/trust';
import type { KeysOutput, SignOutput } from '@ar-registry/schemas';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { runProgram } from '../src/program.ts';
import { guideCode, guideScript } from './guide-code.ts';

const GUIDE = 'keys.md';
/** What the transit engine answers; the keys are files beside it. */
const VAULT = `#!${process.execPath}
const { readFileSync } = require('node:fs');
const [verb, field, path, input] = process.argv.slice(2);
if (verb + field + input !== 'write-field=signatureinput=-') process.exit(2);
const key = readFileSync(__dirname + '/' + path.replace('transit/sign/', ''));
const bytes = Buffer.from(readFileSync(0, 'utf8'), 'base64');
console.log('vault:v1:' + require('node:crypto').sign(null, bytes, key).toString('base64'));
`;

let folder: string;
beforeEach(async () => {
  const made = await mkdtemp(join(tmpdir(), 'ar-service-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  folder = made;
  for (const name of ['index', 'keys', 'vault', 'site/api/v1']) await mkdir(join(made, name), { recursive: true });
  await writeFile(
    join(made, 'index/registry.yaml'),
    'schemaVersion: 1\nname: test\ntitle: Test\ntrust: { bins: 16 }\n',
  );
  await writeFile(join(made, 'site/api/v1/config.json'), '{}');
  await writeFile(join(made, 'keys/sign-with-vault'), guideScript(GUIDE, 'sign-with-vault', made), { mode: 0o755 });
  await writeFile(join(made, 'vault/vault'), VAULT, { mode: 0o755 });
  vi.stubEnv('PATH', `${join(made, 'vault')}${delimiter}${process.env['PATH'] ?? ''}`);
  onTestFinished(() => void vi.unstubAllEnvs());
});

function newKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

/** A new key in the service, told of as the guide has it. */
async function putInService(key: string, as: string): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  await writeFile(join(folder, 'vault', key), privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const [example = ''] = guideCode(GUIDE, 'json');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
  const file = { ...(JSON.parse(example) as object), publicKey: raw, command: ['./sign-with-vault', key] };
  await writeFile(join(folder, 'keys', `${as}.signer.json`), JSON.stringify(file));
}

interface Ran<T> {
  readonly exitCode: number;
  readonly output: T;
  readonly code: string | undefined;
}

async function run<T>(...args: readonly string[]): Promise<Ran<T>> {
  let stdout = '';
  const clock = { nowMs: () => Date.now(), now: () => new Date().toISOString() };
  const context = { cwd: folder, clock, env: {}, signal: new AbortController().signal };
  const streams = { stdout: (text: string) => void (stdout += text), stderr: () => undefined };
  const exitCode = await runProgram([...args, '--index', 'index', '--keys', 'keys', '--json'], context, streams);
  const output = JSON.parse(stdout) as T & { readonly error?: { readonly code: string } };
  return { exitCode, output, code: output.error?.code };
}

const atHand = ({ roles }: KeysOutput): readonly string[] =>
  roles.flatMap(({ role, keys }) => (keys.every((key) => key.atHand) ? [role] : []));

describe('a key in a service', () => {
  it('signs from the beginning where its file is there before the others are made', async () => {
    await putInService('ar-root', 'root-1');
    await putInService('ar-timestamp', 'timestamp');
    const { output } = await run<KeysOutput>('keys', 'init');
    expect(atHand(output)).toEqual(['root', 'targets', 'bins', 'snapshot', 'timestamp']);
    const made = (await readdir(join(folder, 'keys'))).filter((name) => name.endsWith('.pem'));
    expect(made.toSorted()).toEqual(['bins.pem', 'snapshot.pem', 'targets.pem']);
    expect(await run<SignOutput>('sign', '--site', 'site')).toMatchObject({ exitCode: 0, output: { needed: true } });
  });

  it.each([
    {
      what: 'whose file is no such file',
      name: 'timestamp.signer.json',
      text: '{"publicKey": 1}',
      code: 'KEY_UNUSABLE',
    },
    { what: 'beside a key that is there', name: 'bins.pem', text: newKey(), code: 'KEY_EXISTS' },
  ])('$what makes nothing of the others, and the next try goes well', async ({ name, text, code }) => {
    await putInService('ar-root', 'root-1');
    const before = await readdir(join(folder, 'keys'));
    await writeFile(join(folder, 'keys', name), text, { mode: 0o600 });
    expect(await run('keys', 'init')).toMatchObject({ code });
    expect((await readdir(join(folder, 'keys'))).toSorted()).toEqual([...before, name].toSorted());
    await rm(join(folder, 'keys', name));
    expect((await run('keys', 'init')).exitCode).toBe(0);
  });

  it('takes the place of another where its file is where the new one would be', async () => {
    const { output: before } = await run<KeysOutput>('keys', 'init');
    const old = before.roles.find(({ role }) => role === 'timestamp')?.keys[0]?.id ?? '';
    await putInService('ar-timestamp', `timestamp-${old.slice(0, 8)}-next`);
    const { output } = await run<KeysOutput>('keys', 'rotate', '--role', 'timestamp');
    expect(output.rootVersion).toBe(2);
    expect(atHand(output)).toContain('timestamp');
    await rm(join(folder, 'keys/timestamp.pem'));
    expect((await run('sign', '--site', 'site')).exitCode).toBe(0);
    const timestamp = await readFile(join(folder, 'site/api/v1/trust/timestamp.json'), 'utf8');
    expect(timestamp).not.toContain(old);
  });

  it('that does not answer ends a signing with nothing changed', async () => {
    await putInService('ar-timestamp', 'timestamp');
    await run('keys', 'init');
    await rm(join(folder, 'vault/ar-timestamp'));
    const { exitCode, code } = await run('sign', '--site', 'site');
    expect([exitCode, code]).toEqual([4, 'SIGNER_FAILED']);
    expect(await readdir(join(folder, 'site/api/v1/trust')).catch(() => [])).not.toContain('timestamp.json');
  });
});

describe('keys', () => {
  it('rotate tells of the key that it made as one that is at hand', async () => {
    await run('keys', 'init');
    const { output } = await run<KeysOutput>('keys', 'rotate', '--role', 'snapshot');
    expect(atHand(output)).toContain('snapshot');
    expect((await readKeyFolder(join(folder, 'keys'))).length).toBe(6);
  });

  it('tell the fingerprint of the first root after any change: that is what users are shown', async () => {
    const { output: before } = await run<KeysOutput>('keys', 'init');
    const { output: after } = await run<KeysOutput>('keys', 'rotate', '--role', 'snapshot');
    expect(before.firstFingerprint).toBe(before.fingerprint);
    expect(after.firstFingerprint).toBe(before.fingerprint);
    expect(after.fingerprint).not.toBe(before.fingerprint);
  });
});
