/**
 * What a client knows of a registry's signatures within one command: the newest state, fetched once, and what it says of
 * each document. The checks themselves are core's; here is who is asked, when, and what is kept.
 *
 * Loaded for signed registries alone.
 */
import { ArError } from '@ar-registry/core/errors';
import {
  METADATA_LIMIT_BYTES,
  assertTarget,
  findTarget,
  isSignedPath,
  refreshTrust,
  resumeTrust,
  trustRoot,
  type RefreshPorts,
  type TrustState,
  type TrustedIndex,
} from '@ar-registry/core/trust';
import type { LogIdentity } from '@ar-registry/core/transparency';
import type { TrustTargetFile } from '@ar-registry/schemas';
import { createTrustCrypto } from '../../trust/crypto.ts';
import type { SignedState, TrustStore } from './trust-state.ts';

/** A file of the metadata as a server gives it; `etag`: what the question was made conditional on. */
export type AskMetadata = (question: {
  readonly file: string;
  readonly limitBytes: number;
  readonly etag?: string | undefined;
}) => Promise<MetadataAnswer>;

export type MetadataAnswer = FoundMetadata | { readonly kind: 'unchanged' | 'missing' };

interface FoundMetadata {
  readonly kind: 'found';
  readonly bytes: Buffer;
  readonly etag?: string | undefined;
  readonly maxAgeSeconds?: number | undefined;
}

export interface SessionPorts {
  readonly store: TrustStore;
  readonly ask: AskMetadata;
  readonly nowMs: number;
  readonly offline: boolean;
  /** For whom a state will do that the registry itself still calls fresh. */
  readonly freshWillDo: boolean;
  /** What has expired will do as well: an old state is still none that goes back. */
  readonly allowStale: boolean;
}

export interface TrustSession {
  /** Whether what is signed says anything of the file at this path below `/api/v1/`. */
  covers(path: string): boolean;
  /** What the newest state says of a document. */
  target(path: string): Promise<TrustTargetFile | undefined>;
  /** Whether these bytes are that document. */
  isCurrent(bytes: Uint8Array, target: TrustTargetFile): boolean;
  /** @throws TRUST_TARGET_UNKNOWN, TRUST_LENGTH_MISMATCH, TRUST_HASH_MISMATCH */
  assert(path: string, bytes: Uint8Array, target: TrustTargetFile | undefined): void;
  /** Nothing, within the grace. @throws TRUST_EXPIRED */
  assertFresh(): Promise<void>;
  /** Whose log of decisions the registry keeps, if it keeps one. */
  log(): Promise<LogIdentity | undefined>;
  /** Asks for the newest state once more: a server may have changed between two answers. */
  renew(): Promise<void>;
}

const DAY_MS = 86_400_000;
/** How long after its end a state will do where nobody can be asked. */
const OFFLINE_GRACE_MS = 14 * DAY_MS;
/**
 * A newer root is looked for with every newer timestamp, and this often otherwise. It must not be never: whoever has the
 * key of the timestamp alone could hide for ever that it was taken away.
 */
const ROOT_INTERVAL_MS = DAY_MS;

const crypto = createTrustCrypto();

/**
 * The root that a registry is first met with.
 *
 * @param pinned SHA-256 of any root of the registry, in hexadecimal; without it the first one is taken as it is
 * @returns its bytes and its SHA-256
 * @throws TRUST_METADATA_MISSING if no root is the pinned one, TRUST_METADATA_INVALID, TRUST_SIGNATURES_MISSING
 */
export async function meet(
  ask: AskMetadata,
  pinned: string | undefined,
): Promise<{ readonly root: string; readonly fingerprint: string }> {
  for (let version = 1; version <= MAX_ROOTS; version += 1) {
    const file = `${version}.root.json`;
    const answer = await ask({ file, limitBytes: METADATA_LIMIT_BYTES.root });
    if (answer.kind !== 'found') break;
    const fingerprint = crypto.sha256(answer.bytes);
    if (pinned !== undefined && fingerprint !== pinned) continue;
    trustRoot(answer.bytes, crypto);
    return { root: answer.bytes.toString('utf8'), fingerprint };
  }
  throw new ArError('TRUST_METADATA_MISSING', { file: `root with the fingerprint ${pinned ?? '(any)'}` });
}

const MAX_ROOTS = 256;

/** @param signed what is trusted of the registry until now */
export function createTrustSession(ports: SessionPorts): TrustSession {
  let index: Promise<TrustedIndex> | undefined;
  const current = (): Promise<TrustedIndex> => (index ??= open(ports, false));
  const core: RefreshPorts = { crypto, ...timesOf(ports), ask: toCoreAsk(ports.ask) };
  return {
    covers: isSignedPath,
    target: async (path) => {
      let kept: Uint8Array | undefined;
      const heldBin = (name: string): Uint8Array | undefined => (kept = ports.store.readBin(name));
      const { target, bin } = await findTarget(await current(), path, { ...core, heldBin });
      if (bin && bin.bytes !== kept) await ports.store.writeBin(bin.name, bin.bytes);
      return target;
    },
    isCurrent: (bytes, { length, hashes }) => bytes.length === length && crypto.sha256(bytes) === hashes.sha256,
    assert: (path, bytes, target) => assertTarget(path, { bytes, target }, crypto),
    assertFresh: async () => void (await current()),
    log: async () => {
      const { log } = (await current()).root.signed;
      return log && { origin: log.origin, publicKey: log.public };
    },
    renew: async () => {
      index = open(ports, true);
      await index;
    },
  };
}

async function open(ports: SessionPorts, isForced: boolean): Promise<TrustedIndex> {
  const { store, nowMs, offline, freshWillDo, allowStale } = ports;
  const state = signedState(store);
  if (offline) return resume(state, { nowMs, graceMs: allowStale ? Infinity : OFFLINE_GRACE_MS });
  const ageMs = nowMs - (state.askedAtMs ?? 0);
  const isFresh = ageMs >= 0 && ageMs < (state.maxAgeSeconds ?? 0) * 1000 && state.targets !== undefined;
  if (!isForced && freshWillDo && isFresh) return resume(state, timesOf(ports));
  return refresh(state, ports);
}

function timesOf({ nowMs, allowStale }: SessionPorts): { readonly nowMs: number; readonly graceMs: number } {
  return { nowMs, graceMs: allowStale ? Infinity : 0 };
}

function resume(state: SignedState, times: { readonly nowMs: number; readonly graceMs: number }): TrustedIndex {
  const index = resumeTrust(toTrustState(state), { crypto, ...times });
  if (index) return index;
  throw new ArError('OFFLINE_NOT_CACHED', { what: 'What is signed of the registry' });
}

/** One conditional question where nothing is new. */
async function refresh(state: SignedState, ports: SessionPorts): Promise<TrustedIndex> {
  const { store, ask, nowMs } = ports;
  const limitBytes = METADATA_LIMIT_BYTES.timestamp;
  const etag = state.targets === undefined ? undefined : state.etag;
  const answer = await ask({ file: 'timestamp.json', limitBytes, etag });
  const text = textOf(answer, state);
  const isSame = text !== undefined && text === state.timestamp;
  const rootIsDue = nowMs - (state.rootAskedAtMs ?? 0) >= ROOT_INTERVAL_MS;
  if (isSame && !rootIsDue && state.targets !== undefined) {
    const index = resume(state, timesOf(ports));
    await store.write({ ...state, askedAtMs: nowMs });
    return index;
  }
  const timestamp = text === undefined ? undefined : Buffer.from(text);
  const others = toCoreAsk(ask);
  let last = state;
  const index = await refreshTrust(toTrustState(state), {
    crypto,
    ...timesOf(ports),
    ask: async (file, limit) => (file === 'timestamp.json' ? timestamp : others(file, limit)),
    keep: async (trusted) => {
      last = { ...fromTrustState(trusted), ...(state.pin === undefined ? {} : { pin: state.pin }) };
      await store.write(last);
    },
  });
  await store.write({
    ...last,
    ...headersOf(answer.kind === 'found' ? answer : state),
    askedAtMs: nowMs,
    rootAskedAtMs: nowMs,
  });
  return index;
}

function headersOf({
  etag,
  maxAgeSeconds,
}: Partial<FoundMetadata> | SignedState): Pick<SignedState, 'etag' | 'maxAgeSeconds'> {
  return {
    ...(etag === undefined ? {} : { etag }),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
  };
}

function textOf(answer: MetadataAnswer, state: SignedState): string | undefined {
  if (answer.kind === 'unchanged') return state.timestamp;
  return answer.kind === 'found' ? answer.bytes.toString('utf8') : undefined;
}

function toCoreAsk(ask: AskMetadata): RefreshPorts['ask'] {
  return async (file, limitBytes) => {
    const answer = await ask({ file, limitBytes });
    return answer.kind === 'found' ? answer.bytes : undefined;
  };
}

function signedState(store: TrustStore): SignedState {
  const state = store.read();
  if (state?.kind === 'signed') return state;
  throw new Error('A session begins when a root is trusted.');
}

function toTrustState({ root, timestamp, snapshot, targets }: SignedState): TrustState {
  return {
    root: Buffer.from(root),
    timestamp: toBytes(timestamp),
    snapshot: toBytes(snapshot),
    targets: toBytes(targets),
  };
}

function toBytes(text: string | undefined): Buffer | undefined {
  return text === undefined ? undefined : Buffer.from(text);
}

function fromTrustState({ root, timestamp, snapshot, targets }: TrustState): SignedState {
  return {
    kind: 'signed',
    root: toText(root),
    ...(timestamp ? { timestamp: toText(timestamp) } : {}),
    ...(snapshot ? { snapshot: toText(snapshot) } : {}),
    ...(targets ? { targets: toText(targets) } : {}),
  };
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
