import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTrustCrypto, makeKeyFile, readKeyFolder, readKeyVariables, readTrustFolder } from './index.ts';

const crypto = createTrustCrypto();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ar-keys-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('verifyEd25519', () => {
  /** @source RFC 8032 §7.1, test 2 */
  const publicKey = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
  const signature =
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';
  const bytes = new Uint8Array([0x72]);

  it('takes the signature of the RFC, and no other bytes, key or signature', () => {
    expect(crypto.verifyEd25519({ bytes, publicKey, signature })).toBe(true);
    expect(crypto.verifyEd25519({ bytes: new Uint8Array([0x73]), publicKey, signature })).toBe(false);
    expect(crypto.verifyEd25519({ bytes, publicKey, signature: signature.replace('92', '93') })).toBe(false);
    expect(crypto.verifyEd25519({ bytes, publicKey: publicKey.replace('3d', '3c'), signature })).toBe(false);
  });

  it.each(['', 'zz', '00', publicKey.toUpperCase(), `${publicKey}00`, '-----BEGIN PUBLIC KEY-----'])(
    'takes %j for no key, without an error',
    (key) => {
      expect(crypto.verifyEd25519({ bytes, publicKey: key, signature })).toBe(false);
      expect(crypto.verifyEd25519({ bytes, publicKey, signature: key })).toBe(false);
    },
  );
});

describe('a key', () => {
  it('signs what its public half verifies, from a file and from the environment', async () => {
    const made = await makeKeyFile(path.join(folder, 'a.pem'));
    const [read] = await readKeyFolder(folder);
    expect(read?.publicKey).toBe(made.publicKey);
    const bytes = new Uint8Array([1, 2, 3]);
    const signature = (await read?.sign(bytes)) ?? '';
    expect(crypto.verifyEd25519({ bytes, publicKey: made.publicKey, signature })).toBe(true);
  });

  it('of another kind is refused, and never quoted', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const refused = expect.objectContaining({
      code: 'KEY_UNUSABLE',
      message: expect.not.stringContaining('MII') as string,
    });
    expect(() => readKeyVariables({ AR_REGISTRY_KEY_BINS: pem })).toThrow(refused);
    expect(() => readKeyVariables({ AR_REGISTRY_KEY_BINS: 'nonsense' })).toThrow(refused);
    expect(readKeyVariables({ OTHER: pem, AR_REGISTRY_KEY_BINS: '', AR_REGISTRY_KEY_X: undefined })).toEqual([]);
  });

  it('is not looked for where there is no folder', async () => {
    await expect(readKeyFolder(path.join(folder, 'absent'))).rejects.toMatchObject({ code: 'FILE_ACCESS' });
  });
});

describe('readTrustFolder', () => {
  it('tells a folder that is not there from one that is no good', async () => {
    expect(await readTrustFolder(path.join(folder, 'absent'), crypto)).toBeUndefined();
    await expect(readTrustFolder(folder, crypto)).rejects.toMatchObject({ code: 'TRUST_FOLDER_INVALID' });
    await writeFile(path.join(folder, '1.root.json'), '{}');
    await expect(readTrustFolder(folder, crypto)).rejects.toMatchObject({ code: 'TRUST_FOLDER_INVALID' });
  });
});
