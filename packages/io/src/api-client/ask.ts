/** Asking a registry for documents: compressed on the way, kept for the next time, at its mirrors where it is out of order. */
import { ArError, isArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import type { Integrity } from '@ar-registry/schemas';
import { createClock } from '../clock/index.ts';
import type { CachedResponse, KeptResponse, ResponseCache } from './cache.ts';
import { isFresh, maxAgeOf } from './freshness.ts';
import type { FallOver } from './fall-over.ts';
import type { HttpResponse } from './http.ts';
import type { Get } from './reach.ts';

export interface Question {
  readonly route: string;
  readonly limitBytes: number;
  /** How a person calls it, at the start of a sentence. */
  readonly what: string;
  /** Hash of the body, where it is known: then nobody needs to be asked for what is kept. */
  readonly pinned?: Integrity;
  /** Nothing else is asked for beside it, though the registry is met for the first time. */
  readonly isAlone?: boolean;
  /** Whether what is kept is still so, where that is known without asking. */
  readonly isCurrent?: (body: Buffer) => boolean;
}

export interface Answer {
  readonly response: HttpResponse;
  /** The body is as it was when this very client checked it. */
  readonly checked: boolean;
  /** What this client made of the body when it checked it. */
  readonly made?: Buffer;
  /** Keeps what just arrived, or is still so, for the next time: as checked, and what was made of it. */
  keep(made?: Buffer): Promise<void>;
}

/** @throws OFFLINE_NOT_CACHED, and what `Get` throws */
export type Ask = (question: Question, signal: AbortSignal) => Promise<Answer>;

export interface AskPorts {
  readonly base: string;
  readonly get: Get;
  readonly cache: ResponseCache;
  readonly fallOver: FallOver;
  readonly mirrors: () => Promise<readonly string[]>;
  /** Says who checked what is kept. */
  readonly userAgent: string;
  readonly offline: boolean;
  /** The moment, for whom an answer will do that the registry calls fresh; without it the registry is always asked. */
  readonly nowMs: (() => number) | undefined;
}

const CONFIG_LIMIT_BYTES = 1024 * 1024;
const DAY_MS = 86_400_000;

export function createAsk(ports: AskPorts): Ask {
  if (ports.offline) return (question) => askCache(question, ports);
  let remembered: Promise<void> | undefined;
  const remember = (signal: AbortSignal): Promise<void> => (remembered ??= rememberConfig(ports, signal));
  return (question, signal) =>
    ports.fallOver((place) => askAt(place, { question, remember: () => remember(signal), signal }, ports));
}

interface Circumstances {
  readonly question: Question;
  readonly remember: () => Promise<void>;
  readonly signal: AbortSignal;
}

async function askAt(
  place: string,
  { question, remember, signal }: Circumstances,
  { base, get, cache, userAgent, nowMs }: AskPorts,
): Promise<Answer & Statused> {
  const { route, limitBytes, pinned } = question;
  const url = `${place}/${route}`;
  const cached = usable(await cache.get(url), pinned);
  const known = cached && { cached, answer: toAnswer(url, { cached, userAgent }) };
  if (known?.answer.checked && willDo(question, cached, nowMs)) return known.answer;
  const headers = { 'user-agent': userAgent, 'accept-encoding': 'br, gzip', ...conditionsOf(cached) };
  const [response] = await Promise.all([
    get({ url, base: place, headers, limitBytes, signal }),
    !cached && place === base && isInCompany(question) ? remember() : undefined,
  ]);
  if (response.status === 304 && known) return renewed(known, { cache, url, userAgent });
  const keep = (made?: Buffer): Promise<void> => keepIn(cache, url, { response, checkedBy: userAgent, pinned, made });
  return { response, checked: false, keep, status: response.status };
}

/** Whether the configuration may be asked for beside it. */
function isInCompany({ route, isAlone = false }: Question): boolean {
  return !isAlone && route !== routes.config;
}

/** Whether what is kept need not be asked for. */
function willDo({ pinned, isCurrent }: Question, cached: KeptResponse | undefined, nowMs: AskPorts['nowMs']): boolean {
  if (!cached) return false;
  if (pinned !== undefined) return true;
  if (isCurrent) return isCurrent(cached.body);
  return nowMs !== undefined && isFresh(cached, nowMs());
}

/** @throws OFFLINE_NOT_CACHED */
async function askCache({ route, what, pinned }: Question, ports: AskPorts): Promise<Answer> {
  const { base, cache, mirrors, userAgent } = ports;
  for (const place of [base, ...(await mirrors())]) {
    const cached = usable(await cache.get(`${place}/${route}`), pinned);
    if (cached) return toAnswer(`${place}/${route}`, { cached, userAgent });
  }
  throw new ArError('OFFLINE_NOT_CACHED', { what });
}

/** So that the mirrors are known on the day when the registry can no longer be asked for them, and what it wants to be told. */
async function rememberConfig({ base, get, cache, userAgent }: AskPorts, signal: AbortSignal): Promise<void> {
  const url = `${base}/${routes.config}`;
  if (!cache.keeps || isOfToday(await cache.get(url))) return;
  const headers = { 'user-agent': userAgent, 'accept-encoding': 'br, gzip' };
  try {
    await keepIn(cache, url, { response: await get({ url, base, headers, limitBytes: CONFIG_LIMIT_BYTES, signal }) });
  } catch (error) {
    // Whoever asked for something else is told what became of that.
    if (!isArError(error)) throw error;
  }
}

function isOfToday(kept: KeptResponse | undefined): boolean {
  return kept !== undefined && createClock().nowMs() - kept.checkedAtMs < DAY_MS;
}

/** What is kept is no answer where another document is pinned by now. */
function usable<T extends CachedResponse>(cached: T | undefined, pinned: Integrity | undefined): T | undefined {
  return pinned === undefined || cached?.integrity === pinned ? cached : undefined;
}

interface Kept {
  readonly cached: CachedResponse;
  readonly userAgent: string;
}

function toAnswer(url: string, { cached, userAgent }: Kept): Answer & Statused {
  // It is in the cache because it was a document: loading the validators is what is saved.
  const checked = cached.checkedBy === userAgent;
  return {
    response: { url, status: 200, headers: {}, body: cached.body },
    checked,
    status: 200,
    ...(checked && cached.made ? { made: cached.made } : {}),
    keep: async () => undefined,
  };
}

interface Statused {
  readonly status: number;
}

interface Known {
  readonly cached: CachedResponse;
  readonly answer: Answer & Statused;
}

interface Renewing {
  readonly cache: ResponseCache;
  readonly url: string;
  readonly userAgent: string;
}

/** What is kept, of which the registry says that it is still so. What another version of the client kept is this one's from then on. */
async function renewed({ cached, answer }: Known, { cache, url, userAgent }: Renewing): Promise<Answer & Statused> {
  await cache.renew(url);
  const keep = async (made?: Buffer): Promise<void> => {
    if (answer.checked && !made) return;
    // Not what another version made of it.
    await cache.set(url, { ...cached, checkedBy: userAgent, made });
  };
  return { ...answer, keep };
}

function conditionsOf(cached: CachedResponse | undefined): Readonly<Record<string, string>> {
  return {
    ...(cached?.etag === undefined ? {} : { 'if-none-match': cached.etag }),
    ...(cached?.lastModified === undefined ? {} : { 'if-modified-since': cached.lastModified }),
  };
}

interface Arrived {
  readonly response: HttpResponse;
  readonly checkedBy?: string;
  readonly pinned?: Integrity | undefined;
  readonly made?: Buffer | undefined;
}

/** Also what cannot be asked for conditionally: without a network it is all there is. */
async function keepIn(
  cache: ResponseCache,
  url: string,
  { response, checkedBy, pinned, made }: Arrived,
): Promise<void> {
  const { etag, 'last-modified': lastModified } = response.headers;
  if (response.status !== 200) return;
  const maxAgeSeconds = maxAgeOf(response.headers['cache-control']);
  await cache.set(url, {
    body: response.body,
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
    ...(checkedBy === undefined ? {} : { checkedBy }),
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
    ...(pinned === undefined ? {} : { integrity: pinned }),
    made,
  });
}
