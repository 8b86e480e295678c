import { scheduler, setInterval as ticks, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createTestContext, type ClockedTestContext } from './context.ts';

const START = '2026-01-01T09:00:00.000Z';
const contexts: ClockedTestContext[] = [];

async function clocked(): Promise<ClockedTestContext> {
  const context = await createTestContext({ clock: START });
  contexts.push(context);
  return context;
}

afterEach(async () => {
  for (const { dispose } of contexts.splice(0)) await dispose();
});

describe('a test context with a clock', () => {
  it('stands still until it is told to go on', async () => {
    const { clock } = await clocked();
    const [at, elapsedMs] = [Date.now(), performance.now()];
    expect([new Date().toISOString(), at, Date()]).toEqual([START, Date.parse(START), new Date(START).toString()]);
    await clock.advance(90_000);
    expect([clock.now(), new Date().toISOString()]).toEqual([at + 90_000, '2026-01-01T09:01:30.000Z']);
    expect(performance.now() - elapsedMs).toBe(90_000);
    expect(new Date(0).toISOString()).toBe('1970-01-01T00:00:00.000Z');
    expect(new Date()).toBeInstanceOf(Date);
  });

  it('lets timers fall due in their order, each at its instant', async () => {
    const { clock } = await clocked();
    const seen: string[] = [];
    const note = (what: string): void => void seen.push(`${what} ${clock.now() - Date.parse(START)}`);
    setTimeout(note, 300, 'late');
    const interval = setInterval(note, 100, 'tick');
    setTimeout(() => clearInterval(interval), 250);
    const cleared = setTimeout(note, 50, 'never');
    clearTimeout(cleared[Symbol.toPrimitive]());
    setTimeout(note, 10, 'first').unref();
    await clock.advance(1_000);
    expect(seen).toEqual(['first 10', 'tick 100', 'tick 200', 'late 300']);
  });

  it('waits for what follows from a timer before the next falls due', async () => {
    const { clock, signal } = await clocked();
    let tries = 0;
    const retry = async (): Promise<void> => {
      for (let delayMs = 1_000; !signal.aborted; delayMs *= 2) {
        tries += 1;
        await sleep(delayMs, undefined, { signal });
      }
    };
    const retrying = retry().catch((error: unknown) => error);
    await clock.advance(7_000);
    expect(tries).toBe(4); // at 0, 1, 3 and 7 s
    contexts[0]?.abort();
    expect(await retrying).toMatchObject({ name: 'AbortError' });
  });

  it('moves what waits by promises and signals as well', async () => {
    const { clock } = await clocked();
    const seen: number[] = [];
    const counting = (async () => {
      for await (const value of ticks(100, 'x')) {
        seen.push(clock.now() - Date.parse(START));
        if (seen.length === 3 || value !== 'x') return;
      }
    })();
    const limit = AbortSignal.timeout(5_000);
    let isDone = false;
    const waiting = scheduler.wait(5_000).then(() => (isDone = true));
    await clock.advance(4_999);
    expect([seen, limit.aborted, isDone]).toEqual([[100, 200, 300], false, false]);
    await clock.advance(1);
    expect(limit.reason).toMatchObject({ name: 'TimeoutError' });
    expect(isDone).toBe(true);
    await Promise.all([counting, waiting]);
  });

  it('gives up what waits when its signal says so', async () => {
    await clocked();
    const controller = new AbortController();
    const waiting = scheduler.wait(60_000, { signal: controller.signal }).catch((error: unknown) => error);
    controller.abort();
    expect(await waiting).toMatchObject({ name: 'AbortError' });
    await contexts[0]?.dispose();
    expect(Object.hasOwn(scheduler, 'wait')).toBe(false);
  });

  it('puts the clock of the process back, and leaves to it what began before', async () => {
    const own = [Date, setTimeout, clearTimeout, Object.hasOwn(performance, 'now')];
    const before = setTimeout(() => undefined, 60_000);
    const { dispose } = await clocked();
    expect(setTimeout).not.toBe(own[1]);
    clearTimeout(before);
    await dispose();
    expect([Date, setTimeout, clearTimeout, Object.hasOwn(performance, 'now')]).toEqual(own);
    const startedMs = Date.now();
    await sleep(2);
    expect(Date.now()).toBeGreaterThan(startedMs);
  });

  it('is one for a process at a time, and stands at an instant', async () => {
    await clocked();
    await expect(createTestContext({ clock: 0 })).rejects.toThrow('Another test context has the clock');
    await contexts[0]?.dispose();
    await expect(createTestContext({ clock: 'tomorrow' })).rejects.toThrow(RangeError);
    const { clock } = await clocked();
    await expect(clock.advance(-1)).rejects.toThrow(RangeError);
    await expect(clock.advance(Number.NaN)).rejects.toThrow(RangeError);
    await expect(clock.advance(Infinity)).rejects.toThrow(RangeError);
  });

  it('is left alone by a context that is disposed of again', async () => {
    const { dispose } = await clocked();
    await dispose();
    const { clock } = await clocked();
    await dispose();
    const limit = AbortSignal.timeout(1);
    await clock.advance(1);
    expect([limit.aborted, Date.now()]).toEqual([true, Date.parse(START) + 1]);
  });

  it('stamps what the test delivers', async () => {
    const { client, clock } = await clocked();
    const stamps: number[] = [];
    client.onChannelMessage = (...[, , , { ts }]) => void stamps.push(ts);
    client.deliverChannel({ from: 'Alice', channel: '#general', body: 'one' });
    await clock.advance(5);
    client.deliverChannel({ from: 'Alice', channel: '#general', body: 'two' });
    expect(stamps).toEqual([Date.parse(START), Date.parse(START) + 5]);
  });
});
