/**
 * Calls of what is under test as the loader makes them: each has a time limit, and what goes wrong is told with the name of
 * the method, also where the test's runner would wait for ever.
 */
import { AssertionError } from 'node:assert';
import { startTimer, stopTimer } from './own-clock.ts';

export interface WatchOptions {
  /** Milliseconds that a call may take, by the name of its method. */
  readonly timeoutMs: (method: string) => number;
  /** Whether methods may answer at once. An adapter of agent-relay may not: its daemon takes what it is given for a promise. */
  readonly mayBeSync?: boolean;
  /** In front of the names of methods, where the object is a part of another: `deadLetters.`. */
  readonly prefix?: string;
  /** Keys of objects that have methods of their own. */
  readonly parts?: ReadonlySet<string>;
  /** Is told of each call before it is made. */
  readonly onCall?: (name: string) => void;
}

/** The object, each of whose methods rejects with an `AssertionError` where it throws, rejects or hangs. */
export function watchCalls<Subject extends object>(subject: Subject, options: WatchOptions): Subject {
  return new Proxy(subject, {
    get(target, key) {
      // With the object itself as `this`: private fields are not those of a proxy.
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value === 'object' && value !== null && options.parts?.has(String(key)))
        return watchCalls(value, { ...options, prefix: `${String(key)}.` });
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]) =>
        watchCall(String(key), () => Reflect.apply(value, target, args) as unknown, options);
    },
  });
}

/** One call; `create` is what makes the object. */
export async function watchCall(method: string, call: () => unknown, options: WatchOptions): Promise<unknown> {
  const name = `\`${options.prefix ?? ''}${method}\``;
  options.onCall?.(`${options.prefix ?? ''}${method}`);
  const answer = begin(name, call);
  if (!options.mayBeSync && !isThenable(answer)) throw failure(`${name} returns no promise`);
  const limitMs = options.timeoutMs(method);
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = startTimer(
    () => reject(failure(`${name} did not answer within ${limitMs} ms: the loader waits no longer`)),
    limitMs,
  );
  const answered = Promise.resolve(answer).catch((error: unknown) => {
    throw failure(`${name} rejects: ${describe(error)}`, error);
  });
  try {
    return await Promise.race([answered, late]);
  } finally {
    stopTimer(timer);
  }
}

/** A method that throws before there is a promise breaks every handshake of a daemon without the loader. */
function begin(name: string, call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    throw failure(`${name} throws where it should reject: ${describe(error)}`, error);
  }
}

function failure(message: string, cause?: unknown): AssertionError {
  const error = new AssertionError({ message });
  if (cause !== undefined) error.cause = cause;
  return error;
}

function describe(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
