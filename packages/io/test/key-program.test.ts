/** Keys that only a program can use, as a service for keys or a token has them. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { chmod, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTrustCrypto, findOrMakeKey, readKeyFolder, type Signer } from '@ar-registry/io/trust';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';

const BYTES = new TextEncoder().encode('what is to be signed\n');
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const SPKI = publicKey.export({ format: 'der', type: 'spki' });
const OTHER_KIND = generateKeyPairSync('x25519').publicKey.export({ format: 'pem', type: 'spki' }).toString();
const HEX = SPKI.subarray(-32).toString('hex');

let folder: string;
beforeEach(async () => {
  const made = await mkdtemp(path.join(tmpdir(), 'ar-signer-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  folder = made;
  await writeFile(path.join(made, 'private'), pem(privateKey));
});

const pem = (key: KeyObject): string => key.export({ format: 'pem', type: 'pkcs8' }).toString();

/** Has the key sign, and answers with what `answer` makes of it. */
const program = (answer: string): string =>
  `const { sign } = require('node:crypto'); const { readFileSync } = require('node:fs');
   const signature = sign(null, readFileSync(0), readFileSync('private'));
   process.stdout.write(${answer});`;

async function describeKey(changes: object = {}, mode = 0o644): Promise<void> {
  const command = [process.execPath, '-e', program("signature.toString('base64') + '\\n'")];
  const file = path.join(folder, 'timestamp.signer.json');
  await writeFile(file, JSON.stringify({ schemaVersion: 1, publicKey: HEX, command, ...changes }));
  await chmod(file, mode);
}

async function only(): Promise<Signer> {
  const [signer] = await readKeyFolder(folder);
  if (!signer) throw new Error('There is no key.');
  return signer;
}

describe('a key that a program uses', () => {
  it.each([
    ['the bytes', 'signature'],
    ['hexadecimal', "signature.toString('hex')"],
    ['base64 with a line end', "signature.toString('base64') + '\\n'"],
  ])('signs, where its program answers with %s', async (_title, answer) => {
    await describeKey({ command: [process.execPath, '-e', program(answer)] });
    const signer = await only();
    expect(await signer.sign(BYTES)).toBe(sign(null, BYTES, privateKey).toString('hex'));
    expect(signer.publicKey).toBe(HEX);
  });

  it.each([
    ['hexadecimal', HEX.toUpperCase()],
    ['base64', SPKI.subarray(-32).toString('base64')],
    ['base64 of a SubjectPublicKeyInfo', SPKI.toString('base64')],
    ['PEM', publicKey.export({ format: 'pem', type: 'spki' }).toString()],
  ])('is told of by its public key in %s', async (_title, given) => {
    await describeKey({ publicKey: given });
    expect((await only()).publicKey).toBe(HEX);
  });

  it('signs one after another', async () => {
    const log =
      "require('node:fs').appendFileSync('log', 'in '); process.on('exit', () => require('node:fs').appendFileSync('log', 'out '));";
    await describeKey({ command: [process.execPath, '-e', `${log} ${program('signature')}`] });
    const signer = await only();
    await Promise.all([signer.sign(BYTES), signer.sign(new Uint8Array()), signer.sign(BYTES)]);
    expect(await readFile(path.join(folder, 'log'), 'utf8')).toBe('in out in out in out ');
  });

  it.each<[string, readonly string[]]>([
    ['is not there', ['./absent']],
    ['fails', [process.execPath, '-e', 'process.exitCode = 3']],
    ['is killed', [process.execPath, '-e', "process.kill(process.pid, 'SIGKILL')"]],
    ['answers with nothing', [process.execPath, '-e', '0']],
    ['answers with other text', [process.execPath, '-e', "console.log('signed')"]],
    ['answers without end', [process.execPath, '-e', "setInterval(() => process.stdout.write('a'.repeat(4096)), 1)"]],
    [
      'signs something else',
      [process.execPath, '-e', program("sign(null, Buffer.from('x'), readFileSync('private'))")],
    ],
    [
      'signs with another key',
      [
        process.execPath,
        '-e',
        program("sign(null, Buffer.from('x'), require('node:crypto').generateKeyPairSync('ed25519').privateKey)"),
      ],
    ],
  ])('is refused where its program %s', async (_title, command) => {
    await describeKey({ command });
    const signer = await only();
    await expect(signer.sign(BYTES)).rejects.toMatchObject({ code: 'SIGNER_FAILED' });
  });

  it('goes on after a failure', async () => {
    const once =
      "const fs = require('node:fs'); if (!fs.existsSync('seen')) { fs.writeFileSync('seen', ''); process.exit(1); }";
    await describeKey({ command: [process.execPath, '-e', `${once} ${program('signature')}`] });
    const signer = await only();
    await expect(signer.sign(BYTES)).rejects.toMatchObject({ code: 'SIGNER_FAILED' });
    expect(await signer.sign(BYTES)).toMatch(/^[0-9a-f]{128}$/);
  });

  it.each([
    ['without a program', { command: [] }],
    ['with a public key of another kind', { publicKey: OTHER_KIND }],
    ['with a public key that is none', { publicKey: 'z'.repeat(64) }],
    ['of another version', { schemaVersion: 2 }],
  ])('is not usable %s', async (_title, changes) => {
    await describeKey(changes);
    await expect(readKeyFolder(folder)).rejects.toMatchObject({ code: 'KEY_UNUSABLE' });
  });

  it.skipIf(process.platform === 'win32')('is not usable where others may change what is run', async () => {
    await describeKey({}, 0o666);
    await expect(readKeyFolder(folder)).rejects.toMatchObject({ code: 'KEY_UNUSABLE' });
  });
});

describe('findOrMakeKey', () => {
  it('takes the key that is told of, and makes no other', async () => {
    await describeKey();
    expect((await findOrMakeKey(folder, 'timestamp')).publicKey).toBe(HEX);
    expect((await readdir(folder)).toSorted()).toEqual(['private', 'timestamp.signer.json']);
  });

  it('makes one where none is told of', async () => {
    const made = await findOrMakeKey(folder, 'snapshot');
    const signature = await made.sign(BYTES);
    expect(createTrustCrypto().verifyEd25519({ bytes: BYTES, publicKey: made.publicKey, signature })).toBe(true);
    expect(await readdir(folder)).toContain('snapshot.pem');
  });
});
