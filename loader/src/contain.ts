/**
 * The one place where code of a plugin, or of a user's configuration, is called.
 *
 * Whatever it does - throw, reject, hang, throw something that is no error - comes back as data. Only code that never
 * gives the thread back (an endless loop) is beyond it: that needs a process of its own.
 */
import { toSingleLine, truncate } from '@ar-registry/core/text';
import { describeRefusal } from './refusals.ts';

export type Outcome<T> =
  | { readonly kind: 'returned'; readonly value: T }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'aborted' };

export interface Limits {
  readonly timeoutMs: number;
  /** Ends the waiting, not the call. */
  readonly signal?: AbortSignal;
}

/** Calls `call` and waits for it at most `timeoutMs`. Never throws. A call that is given up on goes on unobserved. */
export async function contain<T>(call: () => T | PromiseLike<T>, limits: Limits): Promise<Outcome<T>> {
  const { promise, resolve } = Promise.withResolvers<Outcome<T>>();
  const timer = setTimeout(() => resolve({ kind: 'timed-out' }), limits.timeoutMs);
  const onAbort = (): void => resolve({ kind: 'aborted' });
  limits.signal?.addEventListener('abort', onAbort, { once: true });
  if (limits.signal?.aborted) onAbort();
  invoke(call).then(
    (value) => resolve({ kind: 'returned', value }),
    (error: unknown) => resolve({ kind: 'threw', error }),
  );
  const outcome = await promise;
  clearTimeout(timer);
  limits.signal?.removeEventListener('abort', onAbort);
  return outcome;
}

/** Turns a synchronous throw into a rejection. */
async function invoke<T>(call: () => T | PromiseLike<T>): Promise<T> {
  return call();
}

/** One clean line about anything that was thrown, without a full stop; the value itself may be hostile to being printed. */
export function describeThrown(thrown: unknown): string {
  try {
    const text = thrown instanceof Error ? describeRefusal(thrown) || thrown.message || thrown.name : String(thrown);
    // It stands within a sentence, which has a full stop of its own.
    return truncate(toSingleLine(text).replace(/(?<=[^.])\.$/, ''), 500) || 'an empty message';
  } catch {
    return 'a value that cannot be printed';
  }
}
