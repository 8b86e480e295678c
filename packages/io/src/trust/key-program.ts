/**
 * A key that a service or a device never gives away (a KMS, an HSM, a hardware token): a file names its public half and a
 * program that has it sign. The program is the operator's own and is trusted with nothing: what it answers is checked.
 */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import type { KeyProgram } from '@ar-registry/schemas';
import { validator as isKeyProgram } from '@ar-registry/schemas/validators/key-program';
import { execa } from 'execa';
import { translateFileError } from '../files/index.ts';
import { createTrustCrypto, SPKI_PREFIX } from './crypto.ts';
import type { Signer } from './signers.ts';

/** How the names of such files end. */
export const KEY_PROGRAM_SUFFIX = '.signer.json';

/** A token may wait for somebody to touch it. */
const TIMEOUT_MS = 2 * 60_000;
const ANSWER_LIMIT_BYTES = 4096;
const SIGNATURE_BYTES = 64;

/** @param file absolute @throws KEY_UNUSABLE, FILE_ACCESS; `sign` throws SIGNER_FAILED */
export async function readKeyProgram(file: string): Promise<Signer> {
  const { publicKey, command } = await readDescription(file);
  const hex = toPublicKey(publicKey);
  if (hex === undefined) throw new ArError('KEY_UNUSABLE', { key: file, problem: 'its publicKey is no ed25519 key' });
  let last: Promise<unknown> = Promise.resolve();
  return {
    publicKey: hex,
    sign: (bytes) => {
      // One at a time: a token can do no more, and a service counts.
      const signed = last.then(() => askToSign(bytes, { file, command, publicKey: hex }));
      last = signed.catch(() => undefined);
      return signed;
    },
  };
}

async function readDescription(file: string): Promise<KeyProgram> {
  const text = await readOwn(file);
  const result = isKeyProgram(parseJson(text));
  if (!result.ok) throw new ArError('KEY_UNUSABLE', { key: file, problem: 'it does not say publicKey and command' });
  return result.value;
}

async function readOwn(file: string): Promise<string> {
  try {
    const { mode } = await stat(file);
    // It names what is run. Windows has no such bits.
    if (process.platform !== 'win32' && (mode & 0o022) !== 0)
      throw new ArError('KEY_UNUSABLE', { key: file, problem: 'others may change it (chmod go-w)' });
    return await readFile(file, 'utf8');
  } catch (error) {
    throw translateFileError(error, file);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** @returns 32 bytes in hexadecimal; undefined for what is no such key */
function toPublicKey(text: string): string | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  const bytes = fromBase64(text.replaceAll(/-----[A-Z ]+-----|\s/g, ''));
  if (bytes?.length === 32) return bytes.toString('hex');
  const isSpki = bytes?.length === SPKI_PREFIX.length + 32 && bytes.subarray(0, SPKI_PREFIX.length).equals(SPKI_PREFIX);
  return isSpki ? bytes.subarray(SPKI_PREFIX.length).toString('hex') : undefined;
}

function fromBase64(text: string): Buffer | undefined {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

interface Program {
  readonly file: string;
  readonly command: readonly string[];
  readonly publicKey: string;
}

async function askToSign(bytes: Uint8Array, { file, command, publicKey }: Program): Promise<string> {
  const failed = (problem: string): ArError => new ArError('SIGNER_FAILED', { key: file, problem });
  const signature = toSignature(await run(command, { input: bytes, cwd: path.dirname(file), failed }));
  if (signature === undefined) throw failed('what it answers is no ed25519 signature');
  if (!createTrustCrypto().verifyEd25519({ bytes, publicKey, signature }))
    throw failed('its signature is not of the publicKey in that file');
  return signature;
}

interface RunInput {
  readonly input: Uint8Array;
  readonly cwd: string;
  readonly failed: (problem: string) => ArError;
}

/** What the program answers. What it asks or complains of goes to the terminal, which is the operator's. */
async function run([program = '', ...args]: readonly string[], { input, cwd, failed }: RunInput): Promise<Uint8Array> {
  const result = await execa(program, args, {
    cwd,
    input,
    stderr: 'inherit',
    encoding: 'buffer',
    stripFinalNewline: false,
    reject: false,
    maxBuffer: ANSWER_LIMIT_BYTES,
    timeout: TIMEOUT_MS,
  });
  if (result.exitCode === 0) return result.stdout;
  if (result.isMaxBuffer) throw failed(`it answers more than ${ANSWER_LIMIT_BYTES} bytes`);
  if (result.timedOut) throw failed(`it does not answer within ${TIMEOUT_MS / 1000} s`);
  if (result.exitCode !== undefined) throw failed(`it ended with ${result.exitCode}`);
  throw failed(result.signal === undefined ? `it cannot be run (${result.code})` : `it was ended by ${result.signal}`);
}

/** @returns 64 bytes in hexadecimal; undefined for what is none */
function toSignature(answer: Uint8Array): string | undefined {
  if (answer.length === SIGNATURE_BYTES) return Buffer.from(answer).toString('hex');
  const text = Buffer.from(answer).toString('latin1').trim();
  if (/^[0-9a-f]{128}$/i.test(text)) return text.toLowerCase();
  const bytes = fromBase64(text);
  return bytes?.length === SIGNATURE_BYTES ? bytes.toString('hex') : undefined;
}
