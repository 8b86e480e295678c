/**
 * The client workflow from beginning to end: what is trusted already, and what the server offers, to what is trusted
 * now. It asks, decides and hands on; who asks the network and who writes the state are the caller's.
 *
 * @source TUF specification 1.0.33 §5
 */
import type { TrustTargetFile } from '@ar-registry/schemas';
import { ArError, hasCode } from '../errors/index.ts';
import { binOf, delegatedSigners } from './bins.ts';
import { METADATA_LIMIT_BYTES, type Metadata } from './metadata.ts';
import type { TrustCrypto } from './ports.ts';
import {
  assertFresh,
  assertMatches,
  fileOf,
  nextRoot,
  snapshotOf,
  trustRoot,
  verifyBin,
  verifySnapshot,
  verifyTargets,
  verifyTimestamp,
} from './roles.ts';

/** What a client keeps of one registry: files as they came. Only `root` is there from the beginning. */
export interface TrustState {
  readonly root: Uint8Array;
  readonly timestamp?: Uint8Array | undefined;
  readonly snapshot?: Uint8Array | undefined;
  readonly targets?: Uint8Array | undefined;
}

/** What is trusted, checked. */
export interface TrustedIndex {
  readonly root: Metadata<'root'>;
  readonly timestamp: Metadata<'timestamp'>;
  readonly snapshot: Metadata<'snapshot'>;
  readonly targets: Metadata<'targets'>;
}

export interface RefreshPorts {
  /**
   * The file of this name, at most `limitBytes` of it; `undefined` if the server says that it has none.
   *
   * @throws TRUST_METADATA_TOO_LARGE for a longer one
   */
  readonly ask: (file: string, limitBytes: number) => Promise<Uint8Array | undefined>;
  readonly crypto: TrustCrypto;
  /** The instant at which the update began (§5.1): one for all of it. */
  readonly nowMs: number;
  /** For how long after its end a file still counts; nothing unless given. Versions may not go back all the same. */
  readonly graceMs?: number | undefined;
  /** Told after every step that changed what is trusted, before the next: a later refusal does not undo it. */
  readonly keep?: ((state: TrustState) => Promise<void>) | undefined;
}

/** @source §5.3.3: “some maximum number of root metadata files” */
const MAX_ROOTS = 256;

/**
 * Brings what is trusted up to date.
 *
 * @throws every code of `TRUST_…` that the functions of the roles name, TRUST_ROOT_CHAIN_ENDLESS, TRUST_EXPIRED,
 *   TRUST_METADATA_MISSING
 */
export async function refreshTrust(state: TrustState, ports: RefreshPorts): Promise<TrustedIndex> {
  const { crypto, keep = async () => {} } = ports;
  const before = trustRoot(state.root, crypto);
  const root = await followRoots(before, ports);
  // 5.3.11: keys that were taken away may have signed versions that nobody can come after.
  const known = sameFreshnessKeys(before, root) ? restore(state, root, crypto) : {};
  let current: TrustState = { ...(known.timestamp ? state : {}), root: root.bytes };
  if (root !== before) await keep(current);
  assertFresh(root, ports);
  const timestamp = verifyTimestamp(
    await need('timestamp.json', METADATA_LIMIT_BYTES.timestamp, ports),
    { root, trusted: known.timestamp },
    crypto,
  );
  if (timestamp !== known.timestamp) await keep((current = { ...current, timestamp: timestamp.bytes }));
  assertFresh(timestamp, ports);
  const snapshot = await freshSnapshot({ root, timestamp, known: known.snapshot }, ports);
  if (snapshot !== known.snapshot) await keep((current = { ...current, snapshot: snapshot.bytes }));
  assertFresh(snapshot, ports);
  const targets = await freshTargets({ root, snapshot, held: current.targets }, ports);
  if (targets.bytes !== current.targets) await keep((current = { ...current, targets: targets.bytes }));
  assertFresh(targets, ports);
  return { root, timestamp, snapshot, targets };
}

/**
 * The same without asking anybody, for work without a network: what was trusted last, within `graceMs` of its end.
 *
 * @returns `undefined` where nothing whole was trusted before
 * @throws TRUST_EXPIRED, and what the functions of the roles throw for a damaged state
 */
export function resumeTrust(
  state: TrustState,
  { crypto, nowMs, graceMs }: { readonly crypto: TrustCrypto; readonly nowMs: number; readonly graceMs: number },
): TrustedIndex | undefined {
  const root = trustRoot(state.root, crypto);
  const { timestamp, snapshot } = restore(state, root, crypto);
  if (!timestamp || !snapshot || !state.targets) return undefined;
  const targets = verifyTargets(state.targets, { root, snapshot }, crypto);
  for (const metadata of [root, timestamp, snapshot, targets]) assertFresh(metadata, { nowMs, graceMs });
  return { root, timestamp, snapshot, targets };
}

/**
 * What the signed index says of one document: `target` is `undefined` if it says that there is none.
 *
 * @param path below `/api/v1/`: `plugins/@acme/hello.json`
 * @throws what `verifyBin` throws, TRUST_EXPIRED
 * @source §5.6.7
 */
export async function findTarget(index: TrustedIndex, path: string, ports: FindPorts): Promise<FoundTarget> {
  const { snapshot, targets } = index;
  const atTop = ownValue(targets.signed.targets, path);
  if (atTop) return { target: atTop };
  const name = binOf(path, delegatedSigners(targets), ports.crypto);
  const context = { targets, snapshot, name };
  const bin =
    held(ports.heldBin?.(name), (bytes) => verifyBin(bytes, context, ports.crypto)) ??
    verifyBin(await need(fileOf(snapshot, name).file, METADATA_LIMIT_BYTES.targets, ports), context, ports.crypto);
  assertFresh(bin, ports);
  return { target: ownValue(bin.signed.targets, path), bin: { name, bytes: bin.bytes, expires: bin.signed.expires } };
}

export interface FindPorts extends Pick<RefreshPorts, 'ask' | 'crypto' | 'nowMs' | 'graceMs'> {
  /** The bin of this name that was kept, whatever state it is of. */
  readonly heldBin?: ((name: string) => Uint8Array | undefined) | undefined;
}

export interface FoundTarget {
  readonly target: TrustTargetFile | undefined;
  /** The file that says so, for the caller to keep in its state. */
  readonly bin?: { readonly name: string; readonly bytes: Uint8Array; readonly expires: string };
}

function ownValue<T>(values: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}

/** @throws TRUST_TARGET_UNKNOWN, TRUST_LENGTH_MISMATCH, TRUST_HASH_MISMATCH @source §5.7 */
export function assertTarget(
  path: string,
  { bytes, target }: { readonly bytes: Uint8Array; readonly target: TrustTargetFile | undefined },
  crypto: TrustCrypto,
): void {
  if (!target) throw new ArError('TRUST_TARGET_UNKNOWN', { path });
  assertMatches(path, { bytes, expected: target }, crypto);
}

/** @source §5.3.3 to §5.3.9 */
async function followRoots(trusted: Metadata<'root'>, { ask, crypto }: RefreshPorts): Promise<Metadata<'root'>> {
  let root = trusted;
  for (let count = 0; ; count += 1) {
    const bytes = await ask(`${root.signed.version + 1}.root.json`, METADATA_LIMIT_BYTES.root);
    if (!bytes) return root;
    if (count === MAX_ROOTS) throw new ArError('TRUST_ROOT_CHAIN_ENDLESS', { limit: MAX_ROOTS });
    root = nextRoot(root, bytes, crypto);
  }
}

function sameFreshnessKeys(before: Metadata<'root'>, after: Metadata<'root'>): boolean {
  return (['timestamp', 'snapshot'] as const).every((role) => {
    const [old, now] = [before.signed.roles[role], after.signed.roles[role]];
    return old.threshold === now.threshold && old.keyids.toSorted().join() === now.keyids.toSorted().join();
  });
}

interface Known {
  readonly timestamp?: Metadata<'timestamp'> | undefined;
  readonly snapshot?: Metadata<'snapshot'> | undefined;
}

/** What was trusted before, checked anew: a state that was written only in part counts as far as it goes. */
function restore({ timestamp: bytes, snapshot: more }: TrustState, root: Metadata<'root'>, crypto: TrustCrypto): Known {
  const timestamp = held(bytes, (text) => verifyTimestamp(text, { root }, crypto));
  if (!timestamp) return {};
  // A snapshot older than what the timestamp names still says which versions must not be gone behind.
  return { timestamp, snapshot: held(more, (text) => readOldSnapshot(text, { root, timestamp }, crypto)) };
}

function readOldSnapshot(
  bytes: Uint8Array,
  { root, timestamp }: { readonly root: Metadata<'root'>; readonly timestamp: Metadata<'timestamp'> },
  crypto: TrustCrypto,
): Metadata<'snapshot'> {
  const version = versionIn(bytes);
  const own = { ...timestamp, signed: { ...timestamp.signed, meta: { 'snapshot.json': { version } } } };
  const current = version === snapshotOf(timestamp).version ? timestamp : own;
  return verifySnapshot(bytes, { root, timestamp: current }, crypto);
}

function versionIn(bytes: Uint8Array): number {
  const value = JSON.parse(new TextDecoder().decode(bytes)) as { readonly signed?: { readonly version?: unknown } };
  return typeof value.signed?.version === 'number' ? value.signed.version : 0;
}

async function freshSnapshot(
  {
    root,
    timestamp,
    known,
  }: {
    readonly root: Metadata<'root'>;
    readonly timestamp: Metadata<'timestamp'>;
    readonly known: Metadata<'snapshot'> | undefined;
  },
  ports: RefreshPorts,
): Promise<Metadata<'snapshot'>> {
  const { version, length, hashes } = snapshotOf(timestamp);
  const unchanged =
    known?.signed.version === version && (hashes === undefined || ports.crypto.sha256(known.bytes) === hashes.sha256);
  if (known && unchanged) return known;
  const limit = Math.min(length ?? Infinity, METADATA_LIMIT_BYTES.snapshot);
  const bytes = await need(`${version}.snapshot.json`, limit, ports);
  return verifySnapshot(bytes, { root, timestamp, trusted: known }, ports.crypto);
}

async function freshTargets(
  {
    root,
    snapshot,
    held: bytes,
  }: {
    readonly root: Metadata<'root'>;
    readonly snapshot: Metadata<'snapshot'>;
    readonly held: Uint8Array | undefined;
  },
  ports: RefreshPorts,
): Promise<Metadata<'targets'>> {
  const context = { root, snapshot };
  return (
    held(bytes, (text) => verifyTargets(text, context, ports.crypto)) ??
    verifyTargets(
      await need(fileOf(snapshot, 'targets').file, METADATA_LIMIT_BYTES.targets, ports),
      context,
      ports.crypto,
    )
  );
}

/** What is kept is a help, not a claim: where it does not fit, the server is asked. */
function held<T>(bytes: Uint8Array | undefined, check: (bytes: Uint8Array) => T): T | undefined {
  if (!bytes) return undefined;
  try {
    return check(bytes);
  } catch (error) {
    if (error instanceof SyntaxError || STALE.some((code) => hasCode(error, code))) return undefined;
    throw error;
  }
}

const STALE = [
  'TRUST_METADATA_INVALID',
  'TRUST_METADATA_TOO_LARGE',
  'TRUST_SIGNATURES_MISSING',
  'TRUST_LENGTH_MISMATCH',
  'TRUST_HASH_MISMATCH',
  'TRUST_MIXED',
] as const;

async function need(file: string, limitBytes: number, { ask }: RefreshPorts): Promise<Uint8Array> {
  const bytes = await ask(file, limitBytes);
  if (!bytes) throw new ArError('TRUST_METADATA_MISSING', { file });
  if (bytes.length > limitBytes) throw new ArError('TRUST_METADATA_TOO_LARGE', { file, limitBytes });
  return bytes;
}
