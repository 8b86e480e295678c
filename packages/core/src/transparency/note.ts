/**
 * Signed notes and checkpoints: a few lines of text with signatures below, which people and other logs' programs read.
 *
 * @source C2SP signed-note v1.0.0, C2SP tlog-checkpoint v1.0.0
 */
import { ArError } from '../errors/index.ts';
import type { TrustCrypto } from '../trust/index.ts';
import { concat, isSame, type Sha256, type TreeHead } from './merkle.ts';

/** Whose log it is: the name that its checkpoints begin with, and the key that signs them. */
export interface LogIdentity {
  readonly origin: string;
  /** ed25519, 32 bytes in hexadecimal. */
  readonly publicKey: string;
}

export interface Checkpoint extends TreeHead {
  readonly origin: string;
}

/** The text of a checkpoint: what is signed. */
export function toCheckpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** A note of this text with one signature. @param signature of `text`, 64 bytes in hexadecimal */
export function toSignedNote(text: string, { origin, publicKey }: LogIdentity, made: SignatureMade): string {
  const blob = concat([keyHash(origin, publicKey, made.sha256), fromHex(made.signature)]);
  return `${text}\n— ${origin} ${toBase64(blob)}\n`;
}

export interface SignatureMade {
  readonly signature: string;
  readonly sha256: Sha256;
}

/**
 * What a checkpoint says, once it is the log's own.
 *
 * @param bytes attacker-controlled
 * @throws LOG_CHECKPOINT_INVALID, also without a signature by the log's key
 */
export function openCheckpoint(
  bytes: Uint8Array,
  identity: LogIdentity,
  crypto: Pick<TrustCrypto, 'verifyEd25519'> & { readonly hash: Sha256 },
): Checkpoint {
  const { text, signatures } = splitNote(bytes);
  const wanted = keyHash(identity.origin, identity.publicKey, crypto.hash);
  const signed = encode(text);
  const isSigned = signatures.some(
    ({ name, blob }) =>
      name === identity.origin &&
      isSame(blob.subarray(0, 4), wanted) &&
      crypto.verifyEd25519({ bytes: signed, publicKey: identity.publicKey, signature: toHex(blob.subarray(4)) }),
  );
  if (!isSigned) throw invalid('has no signature of the log’s key');
  const checkpoint = parseText(text);
  if (checkpoint.origin !== identity.origin) throw invalid('is that of another log');
  return checkpoint;
}

/** What a checkpoint says, believed as it is: for one's own file. @throws LOG_CHECKPOINT_INVALID */
export function parseCheckpoint(bytes: Uint8Array): Checkpoint {
  return parseText(splitNote(bytes).text);
}

/** As much as a checkpoint with many witnesses has. */
export const CHECKPOINT_LIMIT_BYTES = 16_384;
const MAX_SIGNATURES = 32;

function splitNote(bytes: Uint8Array) {
  if (bytes.length > CHECKPOINT_LIMIT_BYTES) throw invalid('is too long');
  const note = decode(bytes);
  const middle = note.lastIndexOf('\n\n');
  // oxlint-disable-next-line no-control-regex -- controls are what this refuses
  if (middle < 0 || !note.endsWith('\n') || /[\u0000-\u0009\u000b-\u001f]/.test(note)) throw invalid('is no note');
  const lines = note.slice(middle + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw invalid('has too many signatures');
  return { text: note.slice(0, middle + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): { readonly name: string; readonly blob: Uint8Array } {
  const [, name = '', base64 = ''] = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u.exec(line) ?? [];
  const blob = fromBase64(base64);
  if (!blob || blob.length < 5) throw invalid('has a line that is no signature');
  return { name, blob };
}

function parseText(text: string): Checkpoint {
  const [origin = '', size = '', root = ''] = text.split('\n');
  const hash = fromBase64(root);
  // A size is exact as a number, and small enough to be walked.
  if (origin === '' || !/^(?:0|[1-9][0-9]{0,11})$/.test(size) || hash?.length !== 32) throw invalid('is no checkpoint');
  return { origin, size: Number(size), root: hash };
}

/** @source C2SP signed-note: “key ID”, for ed25519 with the algorithm byte 0x01 */
function keyHash(name: string, publicKey: string, sha256: Sha256): Uint8Array {
  return sha256(concat([encode(`${name}\n`), new Uint8Array([1]), fromHex(publicKey)])).subarray(0, 4);
}

function invalid(problem: string): ArError<'LOG_CHECKPOINT_INVALID'> {
  return new ArError('LOG_CHECKPOINT_INVALID', { problem });
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid('is no text');
  }
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function toBase64(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,6}/g) ?? [];
  const text = groups.map((group) => ALPHABET[Number.parseInt(group.padEnd(6, '0'), 2)]).join('');
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

/** undefined for what no encoder writes. */
export function fromBase64(text: string): Uint8Array | undefined {
  const digits = text.replace(/=+$/, '');
  const bits = Array.from(digits, (digit) => ALPHABET.indexOf(digit).toString(2).padStart(6, '0')).join('');
  const bytes = fromBits(bits.slice(0, bits.length - (bits.length % 8)));
  return toBase64(bytes) === text ? bytes : undefined;
}

function fromBits(bits: string): Uint8Array {
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}
