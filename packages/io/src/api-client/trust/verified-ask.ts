/**
 * Asking a registry for documents that must be those that its keys have signed.
 *
 * A registry that is not signed is asked as ever, and for signatures once a day. One that was seen signed, or whose root
 * the user gave, is never taken without: what it says of a document comes first, and where the document that is kept is
 * the one, the registry is not asked for it at all.
 */
import { ArError, hasCode, isArError } from '@ar-registry/core/errors';
import type { LogIdentity } from '@ar-registry/core/transparency';
import type { TrustTargetFile } from '@ar-registry/schemas';
import type { Answer, Ask, Question } from '../ask.ts';
import { shown } from '../report.ts';
import type { AskMetadata, MetadataAnswer, TrustSession } from './trust-session.ts';
import { createTrustStore, type SignedState, type TrustStore } from './trust-state.ts';

export interface TrustOptions {
  /** Where what is trusted of all registries is kept; absolute. */
  readonly folder: string;
  /** Whether it may be written. */
  readonly writes: boolean;
  /** SHA-256 of a root of the registry, in hexadecimal: without it, the first root that it shows is taken. */
  readonly root?: string | undefined;
  /** The same by URL of the registry, before `root`: for a rehearsal in a folder where nothing is trusted yet. */
  readonly roots?: ReadonlyMap<string, string> | undefined;
  readonly nowMs: () => number;
  /** A signed state will do that the registry itself still calls fresh. */
  readonly freshWillDo: boolean;
  /** What has expired will do as well: for those who know why it has. */
  readonly allowStale?: boolean | undefined;
  /**
   * The registry's files come from a bundle, whose maker is nobody: no root is taken from it, and what has expired will
   * do within the grace that offline work has.
   */
  readonly isBundled?: boolean | undefined;
  /** Told once that a root was taken as it came. */
  readonly onFirstUse: (registryUrl: string, fingerprint: string) => void;
}

export interface VerifyPorts {
  readonly base: string;
  readonly ask: Ask;
  readonly askMetadata: (signal: AbortSignal) => AskMetadata;
  readonly offline: boolean;
  readonly trust: TrustOptions;
}

export interface VerifiedAsk {
  readonly ask: Ask;
  /** Whether the registry is signed, as far as is known here. */
  readonly isSigned: (signal: AbortSignal) => Promise<boolean>;
  /** Whose log of decisions it keeps, as what is trusted of it says. */
  readonly logOf: (signal: AbortSignal) => Promise<LogIdentity | undefined>;
}

const API = 'api/v1/';
const DAY_MS = 86_400_000;

/** @returns `ask`, which throws what `TRUST_…` codes there are besides */
export function createVerifiedAsk(given: VerifyPorts): VerifiedAsk {
  const { base, ask, offline } = given;
  const trust = { ...given.trust, root: given.trust.roots?.get(shown(base)) ?? given.trust.root };
  const ports = { ...given, trust };
  const store = createTrustStore(trust.folder, base, trust.writes);
  let session: Promise<TrustSession | undefined> | undefined;
  let isOpen = false;
  const open = (signal: AbortSignal) =>
    (session ??= openSession(store, ports, signal).finally(() => {
      isOpen = true;
    }));
  return {
    isSigned: async (signal) => (await open(signal)) !== undefined,
    logOf: async (signal) => (await open(signal))?.log(),
    ask: async (question, signal) => {
      if (question.pinned !== undefined) return ask(question, signal);
      // Who meets a registry for the first time need not wait for it to say that it is not signed.
      const early = !isOpen && store.read() === undefined ? ask(question, signal) : undefined;
      early?.catch(() => undefined);
      const opened = await open(signal);
      const path = question.route.slice(API.length);
      if (!opened?.covers(path)) return early ?? ask(question, signal);
      if (!offline) return askSigned({ question, path, session: opened, early }, ask, signal);
      await opened.assertFresh();
      return ask(question, signal);
    },
  };
}

async function openSession(
  store: TrustStore,
  { base, askMetadata, offline, trust }: VerifyPorts,
  signal: AbortSignal,
): Promise<TrustSession | undefined> {
  const ask = askMetadata(signal);
  const known = store.read();
  const isKnown = known?.kind === 'signed' && (trust.root === undefined || known.pin === trust.root);
  if (!isKnown) {
    assertMayBeMet(base, offline, trust);
    if (offline || !(await isMet({ store, ask, url: shown(base) }, trust))) return undefined;
  }
  const { createTrustSession } = await import('./trust-session.ts');
  const { freshWillDo, allowStale = false, isBundled = false } = trust;
  return createTrustSession({ store, ask, nowMs: trust.nowMs(), offline, freshWillDo, allowStale, isBundled });
}

/** @throws BUNDLE_ROOT_UNKNOWN, OFFLINE_NOT_CACHED */
function assertMayBeMet(base: string, offline: boolean, { root, isBundled = false }: TrustOptions): void {
  if (isBundled && root === undefined) throw new ArError('BUNDLE_ROOT_UNKNOWN', { registry: shown(base) });
  if (offline && root !== undefined) throw new ArError('OFFLINE_NOT_CACHED', { what: 'What the registry signed' });
}

interface Meeting {
  readonly store: TrustStore;
  readonly ask: AskMetadata;
  /** Of the registry, as it may be shown. */
  readonly url: string;
}

/** Takes a root to trust, if the registry has any. */
async function isMet({ store, ask, url }: Meeting, { root: pin, nowMs, onFirstUse }: TrustOptions): Promise<boolean> {
  const known = store.read();
  const wasAsked = known?.kind === 'unsigned' && nowMs() - known.askedAtMs < DAY_MS;
  const first = pin === undefined && !wasAsked ? await firstRoot(ask) : undefined;
  if (pin === undefined && !first) {
    if (!wasAsked) await store.write({ kind: 'unsigned', askedAtMs: nowMs() });
    return false;
  }
  const { meet } = await import('./trusted-index.ts');
  const { root, fingerprint } = await meet(askingOnce(ask, first), pin);
  const state: SignedState = { kind: 'signed', root, ...(pin === undefined ? {} : { pin }) };
  await store.write(state);
  if (pin === undefined) onFirstUse(url, fingerprint);
  return true;
}

const FIRST_ROOT = '1.root.json';

/** Undefined where there is none. Some servers have a web page for every address. */
async function firstRoot(ask: AskMetadata): Promise<MetadataAnswer | undefined> {
  const answer = await ask({ file: FIRST_ROOT, limitBytes: ROOT_LIMIT_BYTES });
  const isPage = answer.kind === 'found' && /^\s*</.test(answer.bytes.subarray(0, 100).toString('latin1'));
  return answer.kind === 'found' && !isPage ? answer : undefined;
}

/** Asks for what is known already of nobody. */
function askingOnce(ask: AskMetadata, first: MetadataAnswer | undefined): AskMetadata {
  return async (question) => (first && question.file === FIRST_ROOT ? first : ask(question));
}

/** As `METADATA_LIMIT_BYTES` has it, which is not loaded for registries without signatures. */
const ROOT_LIMIT_BYTES = 512_000;

interface Signed {
  readonly question: Question;
  readonly path: string;
  readonly session: TrustSession;
  /** An answer that is on its way. */
  readonly early?: Promise<Answer> | undefined;
}

async function askSigned(signed: Signed, ask: Ask, signal: AbortSignal): Promise<Answer> {
  const state = signed.session.state();
  try {
    return await askOnce(signed, ask, signal);
  } catch (error) {
    if (!isArError(error) || !BETWEEN_STATES.some((code) => hasCode(error, code))) throw error;
    // The site may have been replaced between the two answers.
    await signed.session.renew(state);
    return askOnce({ ...signed, early: undefined }, ask, signal);
  }
}

const BETWEEN_STATES = [
  'TRUST_METADATA_MISSING',
  'TRUST_LENGTH_MISMATCH',
  'TRUST_HASH_MISMATCH',
  'TRUST_TARGET_UNKNOWN',
  'TRUST_MIXED',
  'REGISTRY_RESPONSE_TOO_LARGE',
] as const;

async function askOnce({ question, path, session, early }: Signed, ask: Ask, signal: AbortSignal): Promise<Answer> {
  const target = await session.target(path);
  const isCurrent = (body: Buffer): boolean => target !== undefined && session.isCurrent(body, target);
  const answer = await (early ?? ask({ ...question, isCurrent }, signal));
  const { status, body } = answer.response;
  if (status === 200) await session.assert(path, body, target);
  await session.keep();
  if (target && (status === 404 || status === 410)) throw hidden(path, target);
  return answer;
}

/** A document that is signed for is not there: what a server says that wants to hide it. */
function hidden(path: string, { length }: TrustTargetFile): ArError {
  return new ArError('TRUST_LENGTH_MISMATCH', { path, expected: length, actual: 0 });
}
