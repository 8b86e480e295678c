/**
 * The connection, and what happens while there is none: the client makes a new one by itself, and a call whose connection
 * failed is made again until it works. So every command may run twice, and is written so that this does no harm.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, ErrorReply } from 'redis';
import { createAllowance } from './allowance.ts';
import { describe, isPassing } from './passing.ts';

/** Commands of one tick go out together, and their answers come back together. */
export type Redis = ReturnType<typeof createRedis>;

export interface Connection {
  /** Resolves with the first connection. @throws what does not pass by itself, such as a wrong password */
  open(): Promise<void>;
  /** Tries again until it works. @throws what Redis says of the command; the signal's reason */
  write<Result>(use: (redis: Redis) => Promise<Result>): Promise<Result>;
  /** Gives up after 10 s. @throws as `write` does */
  read<Result>(use: (redis: Redis) => Promise<Result>): Promise<Result>;
  /** What the server says of itself; empty where it may not be asked. Asks once, now. @throws what went wrong */
  probe(): Promise<string>;
  /** What fails at the moment; undefined while everything works. */
  failure(): string | undefined;
  close(): void;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly signal: AbortSignal;
  /** After so long without an answer a connection counts as lost; it is pinged three times as often. */
  readonly silenceMs: number;
  /** Called when something begins to fail, and not again until it works. */
  readonly onFailure: (problem: string) => void;
  readonly onRecovery: () => void;
}

const READ_MS = 10_000;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2000;
const CONNECT_MS = 5000;

export function openConnection({ signal, onFailure, onRecovery, ...options }: ConnectionOptions): Connection {
  const state = createState({ onFailure, onRecovery });
  const fail = (error: unknown): void => {
    if (!signal.aborted) state.fail(describe(error));
  };
  let proven = false;
  const redis = createRedis(options, () => proven);
  const allowance = createAllowance();
  redis.on('error', fail);
  redis.on('ready', () => void (proven = true));

  const persist = async <Result>(use: (redis: Redis) => Promise<Result>, until: AbortSignal): Promise<Result> => {
    const leave = allowance.enter();
    try {
      for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
        until.throwIfAborted();
        try {
          const result = await use(redis);
          state.recover();
          return result;
        } catch (error) {
          if (error instanceof ErrorReply || isPassing(error)) fail(error);
          if (!isPassing(error)) throw error;
          await readyOr(redis, waitMs, until);
        }
      }
    } finally {
      leave();
    }
  };
  return {
    async open() {
      await redis.connect();
    },
    write: (use) => persist(use, signal),
    read: (use) => persist(use, AbortSignal.any([signal, AbortSignal.timeout(READ_MS)])),
    async probe() {
      try {
        return await redis.info();
      } catch (error) {
        // It answers, and that is what matters: whoever runs it does not let users see.
        if (error instanceof ErrorReply && !isPassing(error)) return '';
        throw error;
      }
    },
    failure: () => state.problem(),
    close: () => redis.destroy(),
  };
}

/** What fails; each is told once. */
function createState({ onFailure, onRecovery }: Pick<ConnectionOptions, 'onFailure' | 'onRecovery'>) {
  let problem: string | undefined;
  return {
    problem: () => problem,
    fail(found: string): void {
      const first = problem === undefined;
      problem = found;
      if (first) onFailure(found);
    },
    recover(): void {
      if (problem === undefined) return;
      problem = undefined;
      onRecovery();
    },
  };
}

function createRedis({ url, silenceMs }: Pick<ConnectionOptions, 'url' | 'silenceMs'>, isProven: () => boolean) {
  return createClient({
    url,
    // What waits is kept in order, and counted, by this plugin and not by the client.
    disableOfflineQueue: true,
    pingInterval: Math.ceil(silenceMs / 3),
    name: 'agent-relay',
    socket: {
      connectTimeout: CONNECT_MS,
      socketTimeout: silenceMs,
      // An address that never worked and is refused will not work later either.
      reconnectStrategy: (retries, cause) =>
        !isProven() && cause instanceof ErrorReply && !isPassing(cause)
          ? cause
          : Math.min(FIRST_WAIT_MS * 2 ** Math.min(retries, 10), LONGEST_WAIT_MS),
    },
  });
}

/** Until there is a connection again, or the time is over: a server that is full has one all along. */
async function readyOr(redis: Redis, waitMs: number, until: AbortSignal): Promise<void> {
  const ready = new AbortController();
  const onReady = (): void => ready.abort();
  redis.once('ready', onReady);
  // It rejects only where one of the signals is aborted, and that ends the wait.
  await delay(waitMs, undefined, { signal: AbortSignal.any([until, ready.signal]) }).catch(() => undefined);
  redis.off('ready', onReady);
}
