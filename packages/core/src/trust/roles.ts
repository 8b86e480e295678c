/**
 * The checks of each role, one function each: what comes in is untrusted, what comes out is trusted.
 *
 * Together they are the client workflow of the specification. They commit to the current state: a file that was once
 * genuine and is not that of the newest state is refused by its version, at the latest by the hash that the newest
 * state has for it. Whether a file has expired is asked apart (`assertFresh`), after its versions: an expired trusted
 * file still tells what must not be gone behind.
 *
 * @source TUF specification 1.0.33 §5
 */
import type { TrustMetaFile } from '@ar-registry/schemas';
import { ArError } from '../errors/index.ts';
import { delegatedSigners } from './bins.ts';
import { parseMetadata, type Metadata, type MetadataKind } from './metadata.ts';
import type { TrustCrypto } from './ports.ts';
import { assertKeyIds, assertSigned } from './signatures.ts';

/** @throws TRUST_METADATA_INVALID, TRUST_METADATA_TOO_LARGE, TRUST_SIGNATURES_MISSING @source §5.2 */
export function trustRoot(bytes: Uint8Array, crypto: TrustCrypto): Metadata<'root'> {
  const root = parseRoot('root.json', bytes, crypto);
  assertSigned(root, signersOf(root, 'root'), crypto);
  return { ...root, file: `${root.signed.version}.root.json` };
}

/**
 * The root that follows `trusted`. It may have expired: only the last of a chain must not (§5.3.10).
 *
 * @throws TRUST_METADATA_INVALID, TRUST_METADATA_TOO_LARGE, TRUST_SIGNATURES_MISSING, TRUST_ROOT_CHAIN_BROKEN
 * @source §5.3.4, §5.3.5
 */
export function nextRoot(trusted: Metadata<'root'>, bytes: Uint8Array, crypto: TrustCrypto): Metadata<'root'> {
  const expected = trusted.signed.version + 1;
  const root = parseRoot(`${expected}.root.json`, bytes, crypto);
  assertSigned(root, signersOf(trusted, 'root'), crypto);
  assertSigned(root, signersOf(root, 'root'), crypto);
  const found = root.signed.version;
  if (found !== expected) throw new ArError('TRUST_ROOT_CHAIN_BROKEN', { expected, found });
  return root;
}

/**
 * @param trusted the timestamp that was trusted until now
 * @returns the new one, or `trusted` where it has the same version (§5.4.3.1)
 * @throws TRUST_METADATA_INVALID, TRUST_METADATA_TOO_LARGE, TRUST_SIGNATURES_MISSING, TRUST_ROLLBACK
 * @source §5.4.2, §5.4.3
 */
export function verifyTimestamp(
  bytes: Uint8Array,
  { root, trusted }: { readonly root: Metadata<'root'>; readonly trusted?: Metadata<'timestamp'> | undefined },
  crypto: TrustCrypto,
): Metadata<'timestamp'> {
  const timestamp = parseMetadata('timestamp', 'timestamp.json', bytes);
  assertSigned(timestamp, signersOf(root, 'timestamp'), crypto);
  if (!trusted) return timestamp;
  assertNotOlder('timestamp.json', trusted.signed.version, timestamp.signed.version);
  if (timestamp.signed.version === trusted.signed.version) return trusted;
  assertNotOlder('snapshot.json', snapshotOf(trusted).version, snapshotOf(timestamp).version);
  return timestamp;
}

export interface SnapshotContext {
  readonly root: Metadata<'root'>;
  readonly timestamp: Metadata<'timestamp'>;
  readonly trusted?: Metadata<'snapshot'> | undefined;
}

/**
 * @throws TRUST_METADATA_INVALID, TRUST_METADATA_TOO_LARGE, TRUST_SIGNATURES_MISSING, TRUST_LENGTH_MISMATCH,
 *   TRUST_HASH_MISMATCH, TRUST_MIXED, TRUST_ROLLBACK, TRUST_ROLE_REMOVED
 * @source §5.5.2 to §5.5.5
 */
export function verifySnapshot(
  bytes: Uint8Array,
  { root, timestamp, trusted }: SnapshotContext,
  crypto: TrustCrypto,
): Metadata<'snapshot'> {
  const expected = snapshotOf(timestamp);
  const file = `${expected.version}.snapshot.json`;
  assertMatches(file, { bytes, expected }, crypto);
  const snapshot = parseMetadata('snapshot', file, bytes);
  assertSigned(snapshot, signersOf(root, 'snapshot'), crypto);
  assertVersion(snapshot, expected.version);
  for (const [name, { version }] of Object.entries(trusted?.signed.meta ?? {})) {
    const now = Object.hasOwn(snapshot.signed.meta, name) ? snapshot.signed.meta[name] : undefined;
    if (!now) throw new ArError('TRUST_ROLE_REMOVED', { file: name });
    assertNotOlder(name, version, now.version);
  }
  return snapshot;
}

export interface TargetsContext {
  readonly root: Metadata<'root'>;
  readonly snapshot: Metadata<'snapshot'>;
}

/**
 * The top of the targets, which says who signs the bins and holds no document itself.
 *
 * @throws TRUST_METADATA_INVALID, TRUST_METADATA_TOO_LARGE, TRUST_SIGNATURES_MISSING, TRUST_LENGTH_MISMATCH,
 *   TRUST_HASH_MISMATCH, TRUST_MIXED, TRUST_METADATA_MISSING, TRUST_DELEGATION_REFUSED
 * @source §5.6.2 to §5.6.4
 */
export function verifyTargets(
  bytes: Uint8Array,
  { root, snapshot }: TargetsContext,
  crypto: TrustCrypto,
): Metadata<'targets'> {
  const { file, ...expected } = fileOf(snapshot, 'targets');
  assertMatches(file, { bytes, expected }, crypto);
  const targets = parseMetadata('targets', file, bytes);
  assertKeyIds(file, targets.signed.delegations?.keys ?? {}, crypto);
  assertSigned(targets, signersOf(root, 'targets'), crypto);
  assertVersion(targets, expected.version);
  delegatedSigners(targets);
  return targets;
}

export interface BinContext {
  readonly targets: Metadata<'targets'>;
  readonly snapshot: Metadata<'snapshot'>;
  /** Of the role: `bin-3f`. */
  readonly name: string;
}

/** @throws the same codes as `verifyTargets` @source §5.6.7, TAP 15 */
export function verifyBin(
  bytes: Uint8Array,
  { targets, snapshot, name }: BinContext,
  crypto: TrustCrypto,
): Metadata<'targets'> {
  const { file, ...expected } = fileOf(snapshot, name);
  assertMatches(file, { bytes, expected }, crypto);
  const bin = parseMetadata('targets', file, bytes);
  assertSigned(bin, delegatedSigners(targets), crypto);
  assertVersion(bin, expected.version);
  if (bin.signed.delegations)
    throw new ArError('TRUST_DELEGATION_REFUSED', { file, problem: 'what was handed on is handed on further' });
  return bin;
}

/**
 * @param graceMs for how long after its end a file still counts: nothing online, some days where nobody can be asked
 * @throws TRUST_EXPIRED
 * @source §5.3.10, §5.4.4, §5.5.6, §5.6.5
 */
export function assertFresh(
  { file, signed }: Metadata<MetadataKind>,
  { nowMs, graceMs = 0 }: { readonly nowMs: number; readonly graceMs?: number | undefined },
): void {
  if (Date.parse(signed.expires) + graceMs <= nowMs)
    throw new ArError('TRUST_EXPIRED', { file, expires: signed.expires });
}

/** Where a role's file of this state is, with its number, and what is known of it. @throws TRUST_METADATA_MISSING */
export function fileOf({ signed }: Metadata<'snapshot'>, role: string): TrustMetaFile & { readonly file: string } {
  const name = `${role}.json`;
  const found = Object.hasOwn(signed.meta, name) ? signed.meta[name] : undefined;
  if (!found) throw new ArError('TRUST_METADATA_MISSING', { file: name });
  return { ...found, file: `${found.version}.${name}` };
}

/** What the newest timestamp says of the snapshot. */
export function snapshotOf({ signed }: Metadata<'timestamp'>): TrustMetaFile {
  return signed.meta['snapshot.json'];
}

/** @throws TRUST_LENGTH_MISMATCH, TRUST_HASH_MISMATCH; nothing is asked where nothing is known */
export function assertMatches(
  path: string,
  { bytes, expected }: { readonly bytes: Uint8Array; readonly expected: Pick<TrustMetaFile, 'length' | 'hashes'> },
  crypto: TrustCrypto,
): void {
  const { length, hashes } = expected;
  if (length !== undefined && bytes.length !== length)
    throw new ArError('TRUST_LENGTH_MISMATCH', { path, expected: length, actual: bytes.length });
  const actual = hashes && crypto.sha256(bytes);
  if (hashes && actual !== undefined && actual !== hashes.sha256)
    throw new ArError('TRUST_HASH_MISMATCH', { path, expected: hashes.sha256, actual });
}

function parseRoot(file: string, bytes: Uint8Array, crypto: TrustCrypto): Metadata<'root'> {
  const root = parseMetadata('root', file, bytes);
  assertKeyIds(file, root.signed.keys, crypto);
  return root;
}

function signersOf({ signed }: Metadata<'root'>, name: 'root' | 'targets' | 'snapshot' | 'timestamp') {
  return { ...signed.roles[name], name, keys: signed.keys };
}

function assertNotOlder(file: string, trusted: number, offered: number): void {
  if (offered < trusted) throw new ArError('TRUST_ROLLBACK', { file, trusted, offered });
}

function assertVersion({ file, signed }: Metadata<MetadataKind>, expected: number): void {
  if (signed.version !== expected) throw new ArError('TRUST_MIXED', { file, expected, found: signed.version });
}
