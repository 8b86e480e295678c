/**
 * `fetch` that tries again what may work a little later: a host that cannot be reached, a service that is overloaded
 * (429, with the time that it asks for) or failing (5xx). Clients of services are given it in place of their own tries,
 * so that there is one place that decides this for all of them, and one that knows whether a service is away. Redirects are
 * not followed: they would carry the key, which is in a header of its own, to whoever they name.
 */
export interface FetchPorts {
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  /** Resolves after the time, or when `signal` is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface FetchOptions {
  /** Ends every request and every wait. */
  readonly signal: AbortSignal;
  /** After so long a request is not tried again. Without it, one that is refused (a key, a bill) is tried again as well. */
  readonly limitMs?: number;
  /** Called after each try that is to be repeated, and with nothing after one that had an answer. */
  readonly onProblem: (problem: string | undefined) => void;
}

const ATTEMPT_MS = 30_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;
/** A service that asks for more is asked again all the same. */
const LONGEST_RETRY_AFTER_MS = 5 * 60_000;
const PASSING: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);
/** They pass when somebody pays, or gives the key its rights back; what was promised waits for that. */
const REFUSED: ReadonlySet<number> = new Set([401, 402, 403]);

/** @throws what went wrong last, where it may not be tried again */
export function createPersistentFetch(
  ports: FetchPorts,
  { signal, limitMs = Infinity, onProblem }: FetchOptions,
): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const startedMs = ports.nowMs();
    const ended = init.signal ? AbortSignal.any([signal, init.signal]) : signal;
    for (let attempt = 0; ; attempt += 1) {
      const leftMs = startedMs + limitMs - ports.nowMs();
      const timeout = AbortSignal.timeout(Math.max(1, Math.min(ATTEMPT_MS, leftMs)));
      const result = await attemptOf(ports, input, {
        ...init,
        redirect: 'manual',
        signal: AbortSignal.any([ended, timeout]),
      });
      ended.throwIfAborted();
      onProblem(result.problem);
      if (result.problem === undefined || (result.refused && limitMs < Infinity)) return outcomeOf(result);
      const waitMs = Math.max(backOffMs(attempt, ports.random()), result.retryAfterMs);
      if (ports.nowMs() + waitMs >= startedMs + limitMs) return outcomeOf(result);
      await result.response?.body?.cancel();
      await ports.sleep(waitMs, ended);
      ended.throwIfAborted();
    }
  };
}

type Attempt =
  | { readonly problem: undefined; readonly response: Response; readonly error?: undefined }
  | {
      readonly problem: string;
      readonly response?: Response;
      readonly error?: unknown;
      readonly refused: boolean;
      readonly retryAfterMs: number;
    };

async function attemptOf(
  { fetch, nowMs }: FetchPorts,
  input: Parameters<typeof globalThis.fetch>[0],
  init: RequestInit,
): Promise<Attempt> {
  try {
    const response = await fetch(input, init);
    const { status, headers } = response;
    const refused = REFUSED.has(status);
    if (!refused && !PASSING.has(status)) return { problem: undefined, response };
    const retryAfterMs = refused ? LONGEST_WAIT_MS : parseRetryAfter(headers.get('retry-after'), nowMs());
    return { problem: `status ${status}`, response, refused, retryAfterMs };
  } catch (error) {
    return { problem: reasonOf(error), error, refused: false, retryAfterMs: 0 };
  }
}

function outcomeOf(result: Attempt): Response {
  if (result.response) return result.response;
  throw result.error;
}

/** Doubled each time, of which a random half is taken off: many that lost a service do not return to it at once. */
function backOffMs(attempt: number, random: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 20)) * (1 - random / 2);
}

/** @source RFC 9110, 10.2.3 */
function parseRetryAfter(header: string | null, nowMs: number): number {
  if (header === null) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}

/** `ECONNREFUSED`, `TimeoutError`, …: never an address. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return error.cause instanceof Error && 'code' in error.cause ? String(error.cause.code) : error.name;
}
