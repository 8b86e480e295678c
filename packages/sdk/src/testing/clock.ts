/**
 * A clock that stands still until the test moves it, in the place of the process's own: `Date`, `performance.now`, timers,
 * `node:timers/promises` and `AbortSignal.timeout`.
 *
 * A plugin uses these as they are, so there is nothing that the test could hand to it instead.
 */
import { syncBuiltinESMExports } from 'node:module';
import { scheduler, setTimeout as sleep } from 'node:timers/promises';
import { install, type Clock, type FakeMethod } from '@sinonjs/fake-timers';

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
  /** Puts the process's own clock back; done again, nothing. */
  readonly restore: () => void;
}

/** Not what a turn of the process is made of: the disk and the network go on. */
const REPLACED: FakeMethod[] = ['Date', 'performance', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'];

/** @param start an instant, as `new Date` takes it. @throws RangeError if it is none, Error if a clock is installed already */
export function installClock(start: string | number): InstalledClock {
  const startMs = new Date(start).getTime();
  if (Number.isNaN(startMs)) throw new RangeError(`The clock cannot be set to ${start}: it is no instant.`);
  if ('isFake' in Date) throw new Error('Another test context has the clock of this process: dispose of it first.');
  const fake = install({ now: startMs, toFake: REPLACED, shouldClearNativeTimers: true });
  const own = Object.getOwnPropertyDescriptors(AbortSignal).timeout;
  AbortSignal.timeout = (ms) => timeoutSignal(fake, ms);
  Object.defineProperty(scheduler, 'wait', { configurable: true, value: wait });
  // Who imports `setTimeout` by its name has it of a module.
  syncBuiltinESMExports();
  let isInstalled = true;
  const restore = (): void => {
    // By now the clock of another test may be there.
    if (!isInstalled) return;
    isInstalled = false;
    Object.defineProperty(AbortSignal, 'timeout', own);
    // The process's own is of its prototype.
    Reflect.deleteProperty(scheduler, 'wait');
    fake.uninstall();
    syncBuiltinESMExports();
  };
  return { clock: { now: () => fake.now, advance: (ms) => advance(fake, ms) }, restore };
}

async function advance(fake: Clock, ms: number): Promise<void> {
  if (!(ms >= 0 && ms < Infinity)) throw new RangeError(`The clock cannot advance by ${ms} ms.`);
  await fake.tickAsync(ms);
}

/** This and the next are what the library leaves out. By its name, `setTimeout` is the one of the clock. */
function wait(...[ms, options]: Parameters<typeof scheduler.wait>): Promise<void> {
  return sleep(ms, undefined, options);
}

function timeoutSignal(fake: Clock, ms: number): AbortSignal {
  const controller = new AbortController();
  const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  fake.setTimeout(() => controller.abort(reason), ms);
  return controller.signal;
}
