/**
 * The checks of what is trusted of a registry, and what of it is kept. The checks themselves are core's.
 *
 * Loaded where something has to be checked: not for what an earlier command has found out.
 */
import { ArError } from '@ar-registry/core/errors';
import {
  METADATA_LIMIT_BYTES,
  assertTarget as assertDocument,
  findTarget,
  refreshTrust,
  resumeTrust,
  trustRoot,
  type RefreshPorts,
  type TrustState,
  type TrustedIndex,
} from '@ar-registry/core/trust';
import type { TrustTargetFile } from '@ar-registry/schemas';
import { createTrustCrypto } from '../../trust/crypto.ts';
import type { AskMetadata, MetadataAnswer, SessionPorts, Times } from './trust-session.ts';
import type { SignedState } from './trust-state.ts';

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

/** When the first of the files ends that every document rests on. */
export function endOf({ root, timestamp, snapshot, targets }: TrustedIndex): number {
  return Math.min(...[root, timestamp, snapshot, targets].map(({ signed }) => Date.parse(signed.expires)));
}

/** What is kept, checked anew. @throws OFFLINE_NOT_CACHED, TRUST_EXPIRED, and what the checks throw for a damaged state */
export function resumeIndex(state: SignedState, times: Times): TrustedIndex {
  const index = resumeTrust(toTrustState(state), { crypto, ...times });
  if (index) return index;
  throw new ArError('OFFLINE_NOT_CACHED', { what: 'What is signed of the registry' });
}

/**
 * Every step of an update.
 *
 * @param answer the newest timestamp, as it came
 */
export async function refreshIndex(
  state: SignedState,
  answer: MetadataAnswer,
  ports: SessionPorts & Times,
): Promise<TrustedIndex> {
  const { store, ask, nowMs, graceMs } = ports;
  const text = textOf(answer, state);
  const timestamp = text === undefined ? undefined : Buffer.from(text);
  const others = toCoreAsk(ask);
  let last = state;
  const index = await refreshTrust(toTrustState(state), {
    crypto,
    nowMs,
    graceMs,
    ask: async (file, limit) => (file === 'timestamp.json' ? timestamp : others(file, limit)),
    keep: async (trusted) => {
      last = { ...fromTrustState(trusted), ...pinOf(state) };
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

/** Every step of an update, by files that somebody brought: versions may not go back here either. */
export async function refreshFromBundle(state: SignedState, ports: SessionPorts & Times): Promise<TrustedIndex> {
  const { store, ask, nowMs, graceMs } = ports;
  return refreshTrust(toTrustState(state), {
    crypto,
    nowMs,
    graceMs,
    ask: toCoreAsk(ask),
    keep: (trusted) => store.write({ ...fromTrustState(trusted), ...pinOf(state) }),
  });
}

/** What is signed of a document, and when what says so ends. */
export async function lookUp(
  path: string,
  index: TrustedIndex,
  { store, ask, nowMs, graceMs }: SessionPorts & Times,
): Promise<{ readonly target: TrustTargetFile | undefined; readonly untilMs: number }> {
  let kept: Uint8Array | undefined;
  const heldBin = (name: string): Uint8Array | undefined => (kept = store.readBin(name));
  const { target, bin } = await findTarget(index, path, { crypto, nowMs, graceMs, ask: toCoreAsk(ask), heldBin });
  if (bin && bin.bytes !== kept) await store.writeBin(bin.name, bin.bytes);
  return { target, untilMs: bin ? Date.parse(bin.expires) : Infinity };
}

/** @throws TRUST_TARGET_UNKNOWN, TRUST_LENGTH_MISMATCH, TRUST_HASH_MISMATCH */
export function assertTarget(path: string, bytes: Uint8Array, target: TrustTargetFile | undefined): void {
  assertDocument(path, { bytes, target }, crypto);
}

function pinOf({ pin }: SignedState): Pick<SignedState, 'pin'> {
  return pin === undefined ? {} : { pin };
}

function headersOf({
  etag,
  maxAgeSeconds,
}: Partial<Extract<MetadataAnswer, { kind: 'found' }>> | SignedState): Pick<SignedState, 'etag' | 'maxAgeSeconds'> {
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
