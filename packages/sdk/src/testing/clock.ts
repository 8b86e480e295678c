/**
 * A clock that stands still until the test moves it, in the place of the process's own: `Date`, `performance.now`, timers,
 * `node:timers/promises` and `AbortSignal.timeout`.
 *
 * A plugin uses these as they are, so there is nothing that the test could hand to it instead.
 */
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import { promisify } from 'node:util';
import { createFakeTimers, type FakeTimers } from './fake-timers.ts';

export interface TestClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Lets time pass. Timers that fall due meanwhile run in their order, each followed by what waits for it. What the disk
   * or the network have yet to answer comes when it comes.
   */
  advance(ms: number): Promise<void>;
}

export interface InstalledClock {
  readonly clock: TestClock;
  /** Puts the process's own clock back. */
  readonly restore: () => void;
}

/** @param start an instant, as `new Date` takes it. @throws RangeError if it is none, Error if a clock is installed already */
export function installClock(start: string | number): InstalledClock {
  const startMs = new Date(start).getTime();
  if (Number.isNaN(startMs)) throw new RangeError(`The clock cannot be set to ${start}: it is no instant.`);
  if (FAKES.has(globalThis.setTimeout))
    throw new Error('Another test context has the clock of this process: dispose of it first.');
  const fake = createFakeTimers(startMs);
  const restores = replacements(fake, startMs).map(([target, key, value]) => replace(target, key, value));
  syncBuiltinESMExports();
  const restore = (): void => {
    for (const undo of restores.splice(0)) undo();
    syncBuiltinESMExports();
  };
  return { clock: { now: fake.now, advance: (ms) => advance(fake, ms) }, restore };
}

/** Stand-ins of `setTimeout`, to know one by. */
const FAKES = new WeakSet<object>();

async function advance(fake: FakeTimers, ms: number): Promise<void> {
  if (!(ms >= 0)) throw new RangeError(`The clock cannot advance by ${ms} ms.`);
  const untilMs = fake.now() + ms;
  await settle();
  for (let timer = fake.takeDue(untilMs); timer; timer = fake.takeDue(untilMs)) {
    timer.callback();
    await settle();
  }
  fake.moveTo(untilMs);
  await settle();
}

/** One turn: what follows from a timer by promises alone has happened then. */
function settle(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

type Replacement = readonly [target: object, key: string, value: unknown];

function replacements(fake: FakeTimers, startMs: number): readonly Replacement[] {
  const own = timerFunctions(fake);
  const { sleep, ticks } = promisedTimers(fake);
  Object.defineProperty(own.setTimeout, promisify.custom, { value: sleep });
  FAKES.add(own.setTimeout);
  const everywhere = Object.entries(own).flatMap<Replacement>(([key, value]) => [
    [globalThis, key, value],
    [timers, key, value],
  ]);
  return [
    ...everywhere,
    [timersPromises, 'setTimeout', sleep],
    [timersPromises, 'setInterval', ticks],
    [
      timersPromises.scheduler,
      'wait',
      (ms: number, options?: { signal?: AbortSignal }) => sleep(ms, undefined, options),
    ],
    [globalThis, 'Date', fakeDate(fake)],
    [performance, 'now', () => fake.now() - startMs],
    [AbortSignal, 'timeout', (ms: number) => timeoutSignal(fake, ms)],
  ];
}

type Callback = (...args: unknown[]) => void;

function timerFunctions(fake: FakeTimers) {
  // Timers that began before are the process's own.
  const { clearTimeout: clearOwn } = globalThis;
  const clear = (timer?: unknown): void => {
    if (!fake.stop(timer)) clearOwn(timer as NodeJS.Timeout);
  };
  return {
    setTimeout: (callback: Callback, ms?: number, ...args: unknown[]) => fake.start(() => callback(...args), ms, false),
    setInterval: (callback: Callback, ms?: number, ...args: unknown[]) => fake.start(() => callback(...args), ms, true),
    clearTimeout: clear,
    clearInterval: clear,
  };
}

interface WaitOptions {
  readonly signal?: AbortSignal;
}

function promisedTimers(fake: FakeTimers) {
  const sleep = async <T>(ms?: number, value?: T, { signal }: WaitOptions = {}): Promise<T | undefined> => {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<T | undefined>();
    const timer = fake.start(() => resolve(value), ms, false);
    const onAbort = (): void => reject(abortError(signal?.reason));
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await promise;
    } finally {
      fake.stop(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  };
  async function* ticks<T>(ms?: number, value?: T, options?: WaitOptions): AsyncGenerator<T | undefined> {
    for (;;) yield await sleep(ms, value, options);
  }
  return { sleep, ticks };
}

/** As Node's: an `AbortError` whose cause is the signal's reason. */
function abortError(cause: unknown): Error {
  return Object.assign(new Error('The operation was aborted', { cause }), { name: 'AbortError', code: 'ABORT_ERR' });
}

function timeoutSignal(fake: FakeTimers, ms: number): AbortSignal {
  const controller = new AbortController();
  const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  fake.start(() => controller.abort(reason), ms, false);
  return controller.signal;
}

function fakeDate(fake: FakeTimers): DateConstructor {
  return new Proxy(Date, {
    construct: (Own, args: unknown[], newTarget) =>
      Reflect.construct(Own, args.length === 0 ? [fake.now()] : args, newTarget) as object,
    apply: (Own) => new Own(fake.now()).toString(),
    get: (Own, key) => (key === 'now' ? fake.now : (Reflect.get(Own, key) as unknown)),
  });
}

/** @returns puts back what was there, also nothing */
function replace(target: object, key: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(target, key);
  Object.defineProperty(target, key, {
    value,
    configurable: true,
    writable: true,
    enumerable: before?.enumerable ?? true,
  });
  return () => {
    if (before) Object.defineProperty(target, key, before);
    else Reflect.deleteProperty(target, key);
  };
}
