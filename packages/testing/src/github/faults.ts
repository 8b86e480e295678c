/** Failures that a test asks for: what GitHub answers when it is unwell or has had enough, with the real headers. */
import { Refusal } from './answer.ts';
import type { State } from './state.ts';

/** What a fault does. Where git talks over HTTP, whatever does not answer cuts the connection. */
export type FaultKind =
  /** The hour's requests are used up. */
  | 'rate-limit'
  /** Too much at once: `retry-after` says how long to keep still. */
  | 'secondary-rate-limit'
  | 401
  | 403
  | 404
  | 405
  | 409
  | 422
  | 429
  | 500
  | 502
  | 503
  /** The socket is cut before anything is done. */
  | 'drop-connection'
  /** The work is done, then the socket is cut: the client cannot know. */
  | 'drop-after-effect'
  /** The answer waits for {@link FaultHandle.release}. */
  | 'slow';

export interface Fault {
  /** Any, when left out. */
  readonly method?: string;
  /** Of the path without the query; a string is a path in full, `*` in it stands for anything. */
  readonly path?: string | RegExp;
  /** After how many matching requests that are let through. 0 when left out. */
  readonly after?: number;
  /** 1 when left out. */
  readonly times?: number;
  readonly with: FaultKind;
  /** Instead of what GitHub mostly says with that status. */
  readonly message?: string;
  /** For rate limits: 1 second when left out. */
  readonly retryAfterSeconds?: number;
}

export interface FaultHandle {
  /** How often it has happened. */
  readonly happened: number;
  /** Settles when it happens for the first time. */
  readonly once: Promise<void>;
  /** Lets slow answers go, and ends the fault. */
  release(): void;
}

/** A fault that a request runs into. */
export interface Struck {
  readonly fault: Fault;
  /** Settles when a slow answer may go. */
  readonly released: Promise<void>;
}

export interface Faults {
  add(fault: Fault): FaultHandle;
  /** The first fault that the request matches, counted. */
  strike(method: string, path: string): Struck | undefined;
  releaseAll(): void;
}

export function createFaults(): Faults {
  const active = new Set<Active>();
  return {
    add(fault) {
      const one = activate(fault, () => active.delete(one));
      active.add(one);
      return one.handle;
    },
    strike(method, path) {
      for (const one of active) {
        if (!matches(one.fault, method, path)) continue;
        const struck = one.strike();
        if (struck) return struck;
      }
      return undefined;
    },
    releaseAll() {
      for (const one of active) one.handle.release();
    },
  };
}

interface Active {
  readonly fault: Fault;
  readonly handle: FaultHandle;
  strike(): Struck | undefined;
}

function activate(fault: Fault, end: () => void): Active {
  const { after = 0, times = 1 } = fault;
  const first = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  let seen = 0;
  let happened = 0;
  return {
    fault,
    handle: {
      get happened() {
        return happened;
      },
      once: first.promise,
      release() {
        end();
        release.resolve();
      },
    },
    strike() {
      seen += 1;
      if (seen <= after || happened >= times) return undefined;
      happened += 1;
      first.resolve();
      return { fault, released: release.promise };
    },
  };
}

function matches({ method, path }: Fault, givenMethod: string, givenPath: string): boolean {
  if (method !== undefined && method.toUpperCase() !== givenMethod) return false;
  if (path === undefined) return true;
  if (path instanceof RegExp) return path.test(givenPath);
  const pattern = path.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('.*')}$`).test(givenPath);
}

const MESSAGES: Readonly<Record<Extract<FaultKind, number>, string>> = {
  401: 'Bad credentials',
  403: 'Resource not accessible by integration',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  422: 'Validation Failed',
  429: 'API rate limit exceeded.',
  500: 'Server Error',
  502: 'Server Error',
  503: 'Service unavailable',
};

/** What a fault answers; undefined when it does not answer by itself. */
export function refusalOf(state: State, { with: kind, message, retryAfterSeconds = 1 }: Fault): Refusal | undefined {
  if (typeof kind === 'number') return new Refusal(kind, message ?? MESSAGES[kind], kind === 422 ? { errors: [] } : {});
  switch (kind) {
    case 'drop-connection':
    case 'drop-after-effect':
    case 'slow':
      return undefined;
    case 'rate-limit':
      return new Refusal(403, 'API rate limit exceeded for user ID 1.', {
        headers: {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-used': '5000',
          'x-ratelimit-reset': String(Math.ceil(state.clock.nowMs() / 1000) + retryAfterSeconds),
        },
      });
    case 'secondary-rate-limit':
      return new Refusal(
        403,
        'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
        { headers: { 'retry-after': String(retryAfterSeconds) } },
      );
  }
}
