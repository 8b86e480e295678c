/**
 * The storage that the daemon sees while a storage plugin is configured.
 *
 * agent-relay calls its storage in the middle of handshakes and of routing, and survives neither a throw nor a hang
 * there. Here writes only join a queue and are over at once; the queue is bounded, in order for each message and each
 * session, and a write that fails is tried again. Reads wait until the writes before them have been tried, and answer with
 * nothing rather than not at all. Every method exists from the start: what the plugin lacks does nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StorageAdapter, StoredMessage } from '@ar-registry/sdk';
import { contain } from '../../contain.ts';
import type { Backend } from './backend.ts';
import { createLanes, type Lanes } from './lanes.ts';
import { toRow, toRows, toSession, toStreams } from './rows.ts';

export interface PortOptions {
  /** Who is behind it, as soon as that is known. Never rejects. */
  readonly backend: Promise<Backend>;
  readonly maxWrites: number;
  readonly maxWriteBytes: number;
  readonly readTimeoutMs: number;
  readonly onDropped: (method: keyof StorageAdapter, why: 'full' | 'failed' | 'closed') => void;
  /** An answer that could not be used. */
  readonly onUnusable: (method: keyof StorageAdapter, problem: string) => void;
  /** A message was given up by the daemon. */
  readonly onFailed: (messageId: string) => void;
}

export interface StoragePort {
  /** For the daemon. */
  readonly adapter: Required<StorageAdapter>;
  /** Queues a call that changes something. Calls with one key stay in order. */
  write(key: string, method: keyof StorageAdapter, args: readonly unknown[]): void;
  /** Asks, once all writes so far have been tried; undefined if there is no answer in time. */
  read(method: keyof StorageAdapter, args: readonly unknown[], timeoutMs?: number): Promise<unknown>;
  /** Takes no more; settles when what is queued is written, or time is up. */
  close(timeoutMs: number): Promise<void>;
}

const WIDTH = 32;
const RETRY_AFTER_MS = [250, 2_000, 12_000];
/** A client gives up its handshake after 5 s, and this question is part of it. */
const RESUME_TIMEOUT_MS = 1_500;

export function createStoragePort(options: PortOptions): StoragePort {
  const port = new Port(options);
  return {
    adapter: adapterOf(port, options),
    write: (key, method, args) => port.write(key, method, args),
    read: (method, args, timeoutMs) => port.read(method, args, timeoutMs),
    close: (timeoutMs) => port.close(timeoutMs),
  };
}

class Port {
  readonly #options: PortOptions;
  readonly #lanes: Lanes;
  /** One for each write that has not been tried yet. */
  readonly #untried = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #closed = false;

  constructor(options: PortOptions) {
    this.#options = options;
    this.#lanes = createLanes({ maxTasks: options.maxWrites, maxBytes: options.maxWriteBytes, width: WIDTH });
  }

  write(key: string, method: keyof StorageAdapter, args: readonly unknown[]): void {
    const { onDropped } = this.#options;
    if (this.#closed) return onDropped(method, 'closed');
    // A copy: the daemon sends the same objects again, and a plugin may change what it gets.
    const json = JSON.stringify(args);
    const copy = JSON.parse(json) as unknown[];
    const tried = Promise.withResolvers<void>();
    const taken = this.#lanes.run(key, 2 * json.length, () => this.#carryOut(method, copy, () => tried.resolve()));
    if (!taken) return onDropped(method, 'full');
    this.#untried.add(tried.promise);
    void tried.promise.finally(() => this.#untried.delete(tried.promise));
    return undefined;
  }

  async read(method: keyof StorageAdapter, args: readonly unknown[], timeoutMs?: number): Promise<unknown> {
    const limit = { timeoutMs: timeoutMs ?? this.#options.readTimeoutMs };
    const outcome = await contain(async () => {
      await Promise.all(this.#untried);
      const backend = await this.#options.backend;
      return backend.has(method) ? backend.call(method, args) : undefined;
    }, limit);
    if (outcome.kind === 'returned') return outcome.value?.ok ? outcome.value.value : undefined;
    this.#options.onUnusable(method, `no answer within ${limit.timeoutMs} ms, what was queued before it included`);
    return undefined;
  }

  async close(timeoutMs: number): Promise<void> {
    this.#closed = true;
    const outcome = await contain(() => this.#lanes.settled(), { timeoutMs });
    this.#closing.abort();
    if (outcome.kind !== 'returned') await this.#lanes.settled();
  }

  async #carryOut(method: keyof StorageAdapter, args: readonly unknown[], onTried: () => void): Promise<void> {
    const backend = await this.#options.backend;
    if (!backend.has(method)) return onTried();
    for (const delayMs of [0, ...RETRY_AFTER_MS]) {
      if (delayMs > 0) await sleep(delayMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      if (this.#closing.signal.aborted) break;
      const { ok } = await backend.call(method, args);
      // Reads wait no longer: a write that is tried again may take a while.
      onTried();
      if (ok) return undefined;
    }
    onTried();
    this.#options.onDropped(method, this.#closing.signal.aborted ? 'closed' : 'failed');
    return undefined;
  }
}

function adapterOf(port: Port, options: PortOptions): Required<StorageAdapter> {
  return { ...writesOf(port, options), ...messageReadsOf(port, options), ...sessionReadsOf(port, options) };
}

type Part<Names extends keyof StorageAdapter> = Pick<Required<StorageAdapter>, Names>;
type Writes =
  | 'init'
  | 'close'
  | 'saveMessage'
  | 'updateMessageStatus'
  | 'startSession'
  | 'endSession'
  | 'incrementSessionMessageCount'
  | 'saveAgentSummary';
type MessageReads = 'getMessages' | 'getMessageById' | 'getPendingMessagesForSession' | 'getMaxSeqByStream';
type SessionReads = Exclude<keyof StorageAdapter, Writes | MessageReads>;

/** None of them waits for the write. */
function writesOf(port: Port, { onFailed }: PortOptions): Part<Writes> {
  return {
    // The loader calls these two of the plugin itself.
    init: async () => undefined,
    close: async () => undefined,
    saveMessage: async (message) => port.write(messageKey(message.id), 'saveMessage', [message]),
    updateMessageStatus: async (id, status) => {
      port.write(messageKey(id), 'updateMessageStatus', [id, status]);
      if (status === 'failed') onFailed(id);
    },
    startSession: async (session) => port.write(sessionKey(session.id), 'startSession', [session]),
    endSession: async (id, end) => port.write(sessionKey(id), 'endSession', [id, end ?? {}]),
    incrementSessionMessageCount: async (id) => port.write(sessionKey(id), 'incrementSessionMessageCount', [id]),
    saveAgentSummary: async (summary) => port.write(`a:${summary.agentName}`, 'saveAgentSummary', [summary]),
  };
}

function messageReadsOf(port: Port, { onUnusable }: PortOptions): Part<MessageReads> {
  const rows = async (method: 'getMessages' | 'getPendingMessagesForSession', args: readonly unknown[]) => {
    const answer = await port.read(method, args);
    const found = toRows(answer ?? []);
    if (!found) onUnusable(method, 'it is no list');
    else if (found.unusable > 0) onUnusable(method, `${found.unusable} of its rows cannot be sent`);
    return found?.rows ?? [];
  };
  return {
    getMessages: (query = {}) => rows('getMessages', [query]),
    getPendingMessagesForSession: (agent, sessionId) => rows('getPendingMessagesForSession', [agent, sessionId]),
    getMessageById: async (id): Promise<StoredMessage | null> => toRow(await port.read('getMessageById', [id])) ?? null,
    getMaxSeqByStream: async (agent, sessionId) =>
      toStreams(await port.read('getMaxSeqByStream', [agent, sessionId], RESUME_TIMEOUT_MS)),
  };
}

function sessionReadsOf(port: Port, _options: PortOptions): Part<SessionReads> {
  return {
    getSessionByResumeToken: async (token) =>
      toSession(await port.read('getSessionByResumeToken', [token], RESUME_TIMEOUT_MS)) ?? null,
    getSessions: async (query) => listOf(await port.read('getSessions', [query ?? {}])),
    getRecentSessions: async (limit) => listOf(await port.read('getRecentSessions', [limit ?? 50])),
    getAgentSummary: async (agent) =>
      ((await port.read('getAgentSummary', [agent])) ?? null) as Awaited<
        ReturnType<Required<StorageAdapter>['getAgentSummary']>
      >,
    getAllAgentSummaries: async () => listOf(await port.read('getAllAgentSummaries', [])),
  };
}

/** The daemon itself asks for none of these. */
function listOf<T>(answer: unknown): T[] {
  return Array.isArray(answer) ? (answer as T[]) : [];
}

function messageKey(id: string): string {
  return `m:${id}`;
}

export function sessionKey(id: string): string {
  return `s:${id}`;
}
