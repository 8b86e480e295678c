/**
 * Reading one file of signed metadata: bytes to a document of a known shape, before anything in it is believed.
 *
 * The format is that of The Update Framework, so that its other clients can check a registry, too. Every file comes
 * from a server that may be an attacker's: it is bounded in bytes, depth and counts before it costs anything.
 *
 * @source TUF specification 1.0.33 §4.2 to §4.6
 */
import { canonicalize } from '@tufjs/canonical-json';
import type { TrustRoot, TrustSnapshot, TrustTargets, TrustTimestamp, Validator } from '@ar-registry/schemas';
import { validator as isRoot } from '@ar-registry/schemas/validators/trust/root';
import { validator as isSnapshot } from '@ar-registry/schemas/validators/trust/snapshot';
import { validator as isTargets } from '@ar-registry/schemas/validators/trust/targets';
import { validator as isTimestamp } from '@ar-registry/schemas/validators/trust/timestamp';
import { ArError } from '../errors/index.ts';

export interface MetadataByKind {
  readonly root: TrustRoot;
  readonly targets: TrustTargets;
  readonly snapshot: TrustSnapshot;
  readonly timestamp: TrustTimestamp;
}

export type MetadataKind = keyof MetadataByKind;

/** A document as it came, and the bytes that it came in. */
export interface Metadata<Kind extends MetadataKind> {
  /** Name of the file, for people: `7.snapshot.json`. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly signatures: MetadataByKind[Kind]['signatures'];
  readonly signed: MetadataByKind[Kind]['signed'];
}

/** Bytes that a file of a kind may have; a reader asks the server for no more. */
export const METADATA_LIMIT_BYTES: Readonly<Record<MetadataKind, number>> = {
  root: 512_000,
  timestamp: 16_384,
  snapshot: 2_000_000,
  targets: 2_000_000,
};

const VALIDATORS: { readonly [Kind in MetadataKind]: Validator<MetadataByKind[Kind]> } = {
  root: isRoot,
  targets: isTargets,
  snapshot: isSnapshot,
  timestamp: isTimestamp,
};

/** Deeper than any document of the format; canonicalisation is recursive. */
const MAX_DEPTH = 32;

/** @throws TRUST_METADATA_TOO_LARGE, TRUST_METADATA_INVALID */
export function parseMetadata<Kind extends MetadataKind>(kind: Kind, file: string, bytes: Uint8Array): Metadata<Kind> {
  const limitBytes = METADATA_LIMIT_BYTES[kind];
  if (bytes.length > limitBytes) throw new ArError('TRUST_METADATA_TOO_LARGE', { file, limitBytes });
  const value = parseJson(file, bytes);
  if (isDeep(value)) throw invalid(file, `nests more than ${MAX_DEPTH} levels`);
  const validation = VALIDATORS[kind](value);
  if (!validation.ok) {
    const [{ instancePath, message } = { instancePath: '', message: undefined }] = validation.errors;
    throw invalid(file, `is no ${kind} metadata: ${instancePath || 'it'} ${message ?? 'is wrong'}`);
  }
  const { signatures, signed } = validation.value;
  if (Number.isNaN(Date.parse(signed.expires)))
    throw invalid(file, `expires at ${signed.expires}, which is no instant`);
  if (new Set(signatures.map(({ keyid }) => keyid)).size < signatures.length)
    throw invalid(file, 'is signed twice by one key');
  return { file, bytes, signatures, signed };
}

/**
 * What a signature is over: the signed part as Canonical JSON.
 *
 * @throws TRUST_METADATA_INVALID for what has no such form, as a number with a fraction
 * @source TUF specification 1.0.33 §4.1
 */
export function canonicalBytes(file: string, value: object): Uint8Array {
  try {
    return new TextEncoder().encode(canonicalize(value));
  } catch (cause) {
    throw invalid(file, 'has no canonical form', cause);
  }
}

/** `problem` completes “it …”. */
export function invalid(file: string, problem: string, cause?: unknown): ArError<'TRUST_METADATA_INVALID'> {
  return new ArError('TRUST_METADATA_INVALID', { file, problem }, cause === undefined ? undefined : { cause });
}

function parseJson(file: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid(file, 'is no JSON', cause);
  }
}

/** Without recursion: the depth is what is not yet known to be harmless. */
function isDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
    if (level.length === 0) return false;
  }
  return true;
}
