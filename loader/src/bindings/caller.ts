/**
 * Calls of a plugin's methods by the loader on behalf of the daemon: each contained, with a time limit, counted and told
 * of in the plugin's log when it fails. A plugin that keeps hanging is left alone for a while, so that those who wait for
 * it wait once and not for every call.
 */
import { describeThrown, type Outcome } from '../contain.ts';
import type { Guest } from '../host/guest.ts';

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };

export interface Caller {
  /** Calls `call`, which calls the method of that name. Never rejects. */
  ask<T>(method: string, call: () => T | PromiseLike<T>): Promise<Answer<T>>;
  /** An answer came, but none that can be used. @param problem ends the sentence "canMessage answered something else: …" */
  refuse(method: string, problem: string): void;
  /** Begins no more calls; settles when none is under way. */
  close(): Promise<void>;
}

export interface CallerOptions {
  readonly guest: Pick<Guest, 'call' | 'logger' | 'metrics'>;
  readonly timeoutMs: number;
  /** Milliseconds of a clock that nobody sets. */
  readonly now: () => number;
}

const TIMEOUTS_IN_A_ROW = 3;
const REST_MS = 10_000;
/** Of failures in a row, the first is logged, and then each hundredth. */
const LOG_EVERY = 100;

const FAILED = { ok: false } as const;

export function createCaller({ guest, timeoutMs, now }: CallerOptions): Caller {
  const underWay = new Set<Promise<unknown>>();
  const failures = { inARow: 0, timeouts: 0, restUntilMs: 0 };
  let closed = false;

  const report = (method: string, reason: string, error: string): typeof FAILED => {
    guest.metrics.counter('ar_plugin_call_errors_total', 1, { method, reason });
    if (failures.inARow % LOG_EVERY === 0) guest.logger.error(`${method} failed`, { error });
    failures.inARow += 1;
    return FAILED;
  };

  const settle = <T>(method: string, outcome: Outcome<T>): Answer<T> => {
    if (outcome.kind === 'returned') {
      Object.assign(failures, { inARow: 0, timeouts: 0 });
      return { ok: true, value: outcome.value };
    }
    if (outcome.kind === 'threw') return report(method, 'threw', describeThrown(outcome.error));
    failures.timeouts += 1;
    if (failures.timeouts >= TIMEOUTS_IN_A_ROW) failures.restUntilMs = now() + REST_MS;
    return report(method, outcome.kind, `no answer within ${timeoutMs} ms`);
  };

  return {
    async ask(method, call) {
      if (closed) return FAILED;
      if (now() < failures.restUntilMs)
        return report(method, 'resting', `not called: it did not answer ${TIMEOUTS_IN_A_ROW} times in a row`);
      const startedMs = now();
      const calling = guest.call(call, { timeoutMs });
      underWay.add(calling);
      const outcome = await calling;
      underWay.delete(calling);
      guest.metrics.counter('ar_plugin_calls_total', 1, { method });
      guest.metrics.histogram('ar_plugin_call_seconds', (now() - startedMs) / 1000, { method });
      return settle(method, outcome);
    },
    refuse(method, problem) {
      report(method, 'unusable', `it answered something else: ${problem}`);
    },
    async close() {
      closed = true;
      await Promise.all(underWay);
    },
  };
}
