/** Timers that a test lets fall due. They know nothing of the process: `clock.ts` puts them in the place of its own. */

export interface FakeTimers {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  start(callback: () => void, delayMs: unknown, repeats: boolean): FakeTimer;
  /** Does nothing for what is no timer of this clock. @returns whether it was one */
  stop(timer: unknown): boolean;
  /** The next timer that falls due at or before an instant; it is no longer under way, unless it repeats. */
  takeDue(untilMs: number): FakeTimer | undefined;
  /** Never back. */
  moveTo(instantMs: number): void;
}

/** What `setTimeout` and `setInterval` return, as far as programs use it. */
export class FakeTimer {
  readonly callback: () => void;
  readonly periodMs: number;
  readonly repeats: boolean;
  readonly #id: number;
  readonly #timers: { renew(timer: FakeTimer): void; stop(timer: unknown): boolean };
  #isRef = true;

  constructor(
    facts: Pick<FakeTimer, 'callback' | 'periodMs' | 'repeats'> & { readonly id: number },
    timers: { renew(timer: FakeTimer): void; stop(timer: unknown): boolean },
  ) {
    this.callback = facts.callback;
    this.periodMs = facts.periodMs;
    this.repeats = facts.repeats;
    this.#id = facts.id;
    this.#timers = timers;
  }

  ref(): this {
    this.#isRef = true;
    return this;
  }

  unref(): this {
    this.#isRef = false;
    return this;
  }

  hasRef(): boolean {
    return this.#isRef;
  }

  refresh(): this {
    this.#timers.renew(this);
    return this;
  }

  close(): this {
    this.#timers.stop(this);
    return this;
  }

  [Symbol.toPrimitive](): number {
    return this.#id;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** @param startMs milliseconds since the epoch */
export function createFakeTimers(startMs: number): FakeTimers {
  /** When each falls due. A timer that is renewed moves behind those of the same instant. */
  const due = new Map<FakeTimer, number>();
  let nowMs = startMs;
  let lastId = 0;
  const renew = (timer: FakeTimer): void => {
    due.delete(timer);
    due.set(timer, nowMs + timer.periodMs);
  };
  const find = (timer: unknown): FakeTimer | undefined => {
    if (timer instanceof FakeTimer) return timer;
    const isId = typeof timer === 'number' || typeof timer === 'string';
    return isId ? [...due.keys()].find((one) => Number(one) === Number(timer)) : undefined;
  };
  const stop = (timer: unknown): boolean => {
    const found = find(timer);
    if (found) due.delete(found);
    return found !== undefined;
  };
  return {
    now: () => nowMs,
    start(callback, delayMs, repeats) {
      lastId += 1;
      const timer = new FakeTimer({ callback, periodMs: toPeriod(delayMs), repeats, id: lastId }, { renew, stop });
      renew(timer);
      return timer;
    },
    stop,
    takeDue(untilMs) {
      let next: FakeTimer | undefined;
      let atMs = untilMs;
      for (const [timer, dueMs] of due)
        if (next === undefined ? dueMs <= atMs : dueMs < atMs) [next, atMs] = [timer, dueMs];
      if (!next) return undefined;
      nowMs = Math.max(nowMs, atMs);
      if (next.repeats) renew(next);
      else due.delete(next);
      return next;
    },
    moveTo(instantMs) {
      nowMs = Math.max(nowMs, instantMs);
    },
  };
}

const MAX_DELAY_MS = 2 ** 31 - 1;

/** As Node does it: what is no delay, too short or too long is one millisecond. */
function toPeriod(delayMs: unknown): number {
  const number = Number(delayMs);
  return number >= 1 && number <= MAX_DELAY_MS ? Math.trunc(number) : 1;
}
