/**
 * What a client knows of a registry's signatures within one command: the newest state, fetched once, and what it says of
 * each document. Here is who is asked, and when; what is checked is in `trusted-index.ts`, and is loaded where an earlier
 * command has not found it out already (`verdicts.ts`).
 *
 * Loaded for signed registries alone.
 */
import { isSignedPath } from '@ar-registry/core/layout';
import type { TrustedIndex } from '@ar-registry/core/trust';
import type { LogIdentity } from '@ar-registry/core/transparency';
import type { TrustTargetFile } from '@ar-registry/schemas';
import { createTrustCrypto } from '../../trust/crypto.ts';
import { checksum } from '../checksum.ts';
import type { SignedState, TrustStore } from './trust-state.ts';
import { noVerdicts, readVerdicts, type Verdict, type Verdicts } from './verdicts.ts';

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
  /** A bundle is asked and not the registry: when that was asked last stays as it was. */
  readonly isBundled: boolean;
}

export interface TrustSession {
  /** Whether what is signed says anything of the file at this path below `/api/v1/`. */
  covers(path: string): boolean;
  /** What the newest state says of a document. */
  target(path: string): Promise<TrustTargetFile | undefined>;
  /** Whether these bytes are that document. */
  isCurrent(bytes: Buffer, target: TrustTargetFile): boolean;
  /** @throws TRUST_TARGET_UNKNOWN, TRUST_LENGTH_MISMATCH, TRUST_HASH_MISMATCH */
  assert(path: string, bytes: Uint8Array, target: TrustTargetFile | undefined): Promise<void>;
  /** Keeps for the next command what was found out. */
  keep(): Promise<void>;
  /** Nothing, within the grace. @throws TRUST_EXPIRED */
  assertFresh(): Promise<void>;
  /** Whose log of decisions the registry keeps, if it keeps one. */
  log(): Promise<LogIdentity | undefined>;
  /** Which state it is that the answers are of; for `renew`. */
  state(): number;
  /**
   * Asks for the newest state once more, since a server may have changed between two answers. Once for all who found the
   * same state wanting; where there is none any more, that is all there is to find out.
   */
  renew(wanting: number): Promise<void>;
}

const DAY_MS = 86_400_000;
/** How long after its end a state will do where nobody can be asked. */
const OFFLINE_GRACE_MS = 14 * DAY_MS;
/**
 * A newer root is looked for with every newer timestamp, and this often otherwise. It must not be never: whoever has the
 * key of the timestamp alone could hide for ever that it was taken away.
 */
const ROOT_INTERVAL_MS = DAY_MS;

/** When it is, and for how long after their end files still count. */
export interface Times {
  readonly nowMs: number;
  readonly graceMs: number;
}

/** As `METADATA_LIMIT_BYTES` has it, which is not loaded where nothing has changed. */
const TIMESTAMP_LIMIT_BYTES = 16_384;

/** @param ports of a registry whose root is trusted already */
export function createTrustSession(ports: SessionPorts): TrustSession {
  let standing: Promise<Standing> | undefined;
  let state = 0;
  let isLost = false;
  const current = (): Promise<Standing> => (standing ??= open(ports, false));
  const online = { ...ports, ...timesOf(ports) };
  const found = new Map<TrustTargetFile, Found>();
  const judged = new WeakMap<Uint8Array, TrustTargetFile>();
  return {
    covers: isSignedPath,
    target: async (path) => {
      const { index, verdicts } = await current();
      const verdict = verdicts.get(path);
      const { target, untilMs } =
        verdict && isBefore(verdict.untilMs, online)
          ? { target: toTarget(verdict), untilMs: verdict.untilMs }
          : await (await checks()).lookUp(path, await index(), online);
      if (target) found.set(target, { path, untilMs, verdict, verdicts });
      return target;
    },
    isCurrent: (bytes, target) => {
      const is = isCurrent(bytes, target, found.get(target));
      if (is) judged.set(bytes, target);
      return is;
    },
    assert: async (path, bytes, target) => {
      if (target && judged.get(bytes) === target) return;
      (await checks()).assertTarget(path, bytes, target);
    },
    keep: async () => (await current()).verdicts.save(),
    assertFresh: async () => void (await current()),
    log: async () => {
      const { log } = (await (await current()).index()).root.signed;
      return log && { origin: log.origin, publicKey: log.public };
    },
    state: () => state,
    renew: async (wanting) => {
      if (wanting === state && !isLost) {
        state += 1;
        standing = open(ports, true);
        standing.catch(() => {
          isLost = true;
        });
      }
      await standing;
    },
  };
}

const checks = async () => import('./trusted-index.ts');

/** What is trusted now. */
interface Standing {
  /** Checked when it is first asked for, where an earlier command has done so. */
  readonly index: () => Promise<TrustedIndex>;
  readonly verdicts: Verdicts;
}

/** What a document was found to be named by, and what an earlier command found of it. */
interface Found {
  readonly path: string;
  readonly untilMs: number;
  readonly verdict: Verdict | undefined;
  readonly verdicts: Verdicts;
}

function isCurrent(bytes: Buffer, { length, hashes }: TrustTargetFile, found: Found | undefined): boolean {
  if (bytes.length !== length) return false;
  const sum = checksum(bytes);
  if (sum === found?.verdict?.checksum && found.verdict.sha256 === hashes.sha256) return true;
  if (createTrustCrypto().sha256(bytes) !== hashes.sha256) return false;
  found?.verdicts.add(found.path, { length, sha256: hashes.sha256, checksum: sum, untilMs: found.untilMs });
  return true;
}

function toTarget({ length, sha256 }: Verdict): TrustTargetFile {
  return { length, hashes: { sha256 } };
}

async function open(ports: SessionPorts, isForced: boolean): Promise<Standing> {
  const { store, offline, freshWillDo, isBundled } = ports;
  const state = signedState(store);
  const times = timesOf(ports);
  if (isBundled) return checked(await (await checks()).refreshFromBundle(state, { ...ports, ...times }), store);
  const isEnough = offline || (!isForced && freshWillDo && isFresh(state, ports));
  return isEnough ? resume(store, times) : refresh(state, ports);
}

function isFresh({ askedAtMs = 0, maxAgeSeconds = 0, targets }: SignedState, { nowMs }: SessionPorts): boolean {
  const ageMs = nowMs - askedAtMs;
  return ageMs >= 0 && ageMs < maxAgeSeconds * 1000 && targets !== undefined;
}

function timesOf({ nowMs, offline, allowStale, isBundled }: SessionPorts): Times {
  if (allowStale) return { nowMs, graceMs: Infinity };
  return { nowMs, graceMs: offline || isBundled ? OFFLINE_GRACE_MS : 0 };
}

function isBefore(untilMs: number, { nowMs, graceMs }: Times): boolean {
  return untilMs + graceMs > nowMs;
}

async function checked(index: TrustedIndex, store: TrustStore): Promise<Standing> {
  const { endOf } = await checks();
  return { index: async () => index, verdicts: noVerdicts(store, signedState(store), endOf(index)) };
}

/** @throws OFFLINE_NOT_CACHED, TRUST_EXPIRED, and what the checks throw for a damaged state */
async function resume(store: TrustStore, times: Times): Promise<Standing> {
  const state = signedState(store);
  const check = async (): Promise<TrustedIndex> => (await checks()).resumeIndex(state, times);
  const verdicts = readVerdicts(store, state);
  if (!verdicts || !isBefore(verdicts.untilMs, times)) return checked(await check(), store);
  let index: Promise<TrustedIndex> | undefined;
  return { index: () => (index ??= check()), verdicts };
}

/** One conditional question where nothing is new. */
async function refresh(state: SignedState, ports: SessionPorts): Promise<Standing> {
  const { store, ask, nowMs } = ports;
  const etag = state.targets === undefined ? undefined : state.etag;
  const answer = await ask({ file: 'timestamp.json', limitBytes: TIMESTAMP_LIMIT_BYTES, etag });
  const rootIsDue = nowMs - (state.rootAskedAtMs ?? 0) >= ROOT_INTERVAL_MS;
  const times = timesOf(ports);
  if (isSame(answer, state) && !rootIsDue && state.targets !== undefined) {
    const standing = await resume(store, times);
    await store.write({ ...state, askedAtMs: nowMs });
    return standing;
  }
  return checked(await (await checks()).refreshIndex(state, answer, { ...ports, ...times }), store);
}

function isSame(answer: MetadataAnswer, { timestamp }: SignedState): boolean {
  if (answer.kind === 'unchanged') return timestamp !== undefined;
  return answer.kind === 'found' && answer.bytes.toString('utf8') === timestamp;
}

function signedState(store: TrustStore): SignedState {
  const state = store.read();
  if (state?.kind === 'signed') return state;
  throw new Error('A session begins when a root is trusted.');
}
