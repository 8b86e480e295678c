/**
 * Whatever can sign: a key in a file, in the environment, or in a service that never gives it away. Nothing beyond this
 * file sees a private key.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { open, readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { canonicalBytes, keyIdOf, toTrustKey, type TrustCrypto } from '@ar-registry/core/trust';
import type { TrustSignature } from '@ar-registry/schemas';
import { makeFolder, readTextIfExists, translateFileError } from '../files/index.ts';
import { SPKI_PREFIX } from './crypto.ts';
import { KEY_PROGRAM_SUFFIX, readKeyProgram } from './key-program.ts';

/** A key that signs: its own bytes, or a program that has a service or a device sign. */
export interface Signer {
  /** 32 bytes in hexadecimal. */
  readonly publicKey: string;
  /** @returns an ed25519 signature (RFC 8032) in hexadecimal */
  sign(bytes: Uint8Array): Promise<string>;
}

/** Variables whose names begin so hold a private key each, as PKCS #8 in PEM. */
export const KEY_VARIABLE_PREFIX = 'AR_REGISTRY_KEY_';

/** Only the owner. */
const PRIVATE_MODE = 0o600;

/** Every key of a folder: `*.pem`, and `*.signer.json` for one elsewhere. @throws KEY_UNUSABLE, FILE_ACCESS */
export async function readKeyFolder(folder: string): Promise<readonly Signer[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw translateFileError(error, folder);
  });
  return Promise.all(
    names
      .filter((name) => name.endsWith('.pem') || name.endsWith(KEY_PROGRAM_SUFFIX))
      .toSorted()
      .map((name) => (name.endsWith('.pem') ? readKeyFile : readKeyProgram)(path.join(folder, name))),
  );
}

/** Every key of the environment. An empty variable is none: that is how a workflow gives a secret that is not set. */
export function readKeyVariables(env: Readonly<Record<string, string | undefined>>): readonly Signer[] {
  return Object.entries(env)
    .filter(([name, value]) => name.startsWith(KEY_VARIABLE_PREFIX) && value !== undefined && value !== '')
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => parseKey(value ?? '', name));
}

/**
 * The key that `<name>.signer.json` in a folder tells of; where there is none, a new one in `<name>.pem`.
 *
 * @throws KEY_EXISTS, KEY_UNUSABLE, FILE_ACCESS, DISK_FULL
 */
export async function findOrMakeKey(folder: string, name: string): Promise<Signer> {
  const program = path.join(folder, `${name}${KEY_PROGRAM_SUFFIX}`);
  if ((await readTextIfExists(program)) !== undefined) return readKeyProgram(program);
  return makeKeyFile(path.join(folder, `${name}.pem`));
}

/**
 * Whether `findOrMakeKey` could find or make each of these, with nothing made yet.
 *
 * @throws KEY_EXISTS, KEY_UNUSABLE, FILE_ACCESS: what it would throw halfway
 */
export async function checkKeyNames(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const program = path.join(folder, `${name}${KEY_PROGRAM_SUFFIX}`);
    const file = path.join(folder, `${name}.pem`);
    if ((await readTextIfExists(program)) !== undefined) await readKeyProgram(program);
    else if ((await readTextIfExists(file)) !== undefined) throw new ArError('KEY_EXISTS', { file });
  }
}

/** A new key in a new file that nobody else may read. @throws KEY_EXISTS, FILE_ACCESS, DISK_FULL */
export async function makeKeyFile(file: string): Promise<Signer> {
  const { privateKey } = generateKeyPairSync('ed25519');
  try {
    await makeFolder(path.dirname(file), 0o700);
    // Never over another key: that may be the only copy.
    await writeNew(file, privateKey.export({ format: 'pem', type: 'pkcs8' }));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw new ArError('KEY_EXISTS', { file });
    throw translateFileError(error, file);
  }
  return toSigner(privateKey);
}

async function writeNew(file: string, text: string | Buffer): Promise<void> {
  const handle = await open(file, 'wx', PRIVATE_MODE);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Those of `signers` that hold one of the keys. @param keys in hexadecimal */
export function signersFor(keys: readonly string[], signers: readonly Signer[]): readonly Signer[] {
  const byKey = new Map(signers.map((signer) => [signer.publicKey, signer]));
  return [...new Set(keys)].flatMap((key) => byKey.get(key) ?? []);
}

/** Signatures over the signed part of a metadata file, by the order of key ids. */
export async function signMetadata(
  signed: object,
  signers: readonly Signer[],
  crypto: TrustCrypto,
): Promise<readonly TrustSignature[]> {
  const bytes = canonicalBytes('metadata', signed);
  const signatures = await Promise.all(
    signers.map(async (signer) => ({
      keyid: keyIdOf(toTrustKey(signer.publicKey), crypto),
      sig: await signer.sign(bytes),
    })),
  );
  return signatures.toSorted((a, b) => (a.keyid < b.keyid ? -1 : 1));
}

/** The bytes of a metadata file. */
export function toMetadataBytes(document: {
  readonly signatures: readonly TrustSignature[];
  readonly signed: object;
}): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(document)}\n`);
}

async function readKeyFile(file: string): Promise<Signer> {
  try {
    const { mode } = await stat(file);
    // Windows has no such bits.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      throw new ArError('KEY_UNUSABLE', { key: file, problem: 'others may read it (chmod 600)' });
    return parseKey(await readFile(file, 'utf8'), file);
  } catch (error) {
    throw translateFileError(error, file);
  }
}

/** @param key where it is, for people: never the key itself */
function parseKey(pem: string, key: string): Signer {
  const parsed = parsePem(pem, key);
  if (parsed.asymmetricKeyType !== 'ed25519')
    throw new ArError('KEY_UNUSABLE', { key, problem: `it is of the kind ${parsed.asymmetricKeyType ?? 'secret'}` });
  return toSigner(parsed);
}

function parsePem(pem: string, key: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // Not as its cause: what OpenSSL says may quote what it could not read.
    throw new ArError('KEY_UNUSABLE', { key, problem: 'it is no private key in PEM' });
  }
}

function toSigner(privateKey: KeyObject): Signer {
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    publicKey: der.subarray(SPKI_PREFIX.length).toString('hex'),
    sign: async (bytes) => sign(null, bytes, privateKey).toString('hex'),
  };
}
