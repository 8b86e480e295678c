/** What a server sends byte by byte costs the daemon no more than a share of its time. */
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FRAME, type Frame } from '../bridge/frames.ts';
import { createPace } from './pace.ts';
import { createTunnels } from './tunnels.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('whoever takes the last one of a period goes on in the next one', () => {
  const pace = createPace();
  const goOn = vi.fn<() => void>();
  for (let i = 1; i < 60; i += 1) expect(pace.take(goOn)).toBe(false);
  expect(pace.take(goOn)).toBe(true);
  vi.advanceTimersByTime(4);
  expect(goOn).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(goOn).toHaveBeenCalledTimes(1);
  // Nothing is left of it, not even a timer.
  vi.advanceTimersByTime(5);
  expect(vi.getTimerCount()).toBe(0);
});

test('what is taken beyond it counts in the periods to come', () => {
  const pace = createPace();
  const goOn = vi.fn<() => void>();
  for (let i = 0; i < 210; i += 1) pace.take(goOn);
  vi.advanceTimersByTime(14);
  expect(goOn).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(goOn).toHaveBeenCalledTimes(1);
});

test('nobody goes on after it was closed', () => {
  const pace = createPace();
  const goOn = vi.fn<() => void>();
  for (let i = 0; i < 60; i += 1) pace.take(goOn);
  pace.close();
  vi.advanceTimersByTime(1_000);
  expect(goOn).not.toHaveBeenCalled();
});

/** A connection on which a byte comes whenever it is read. */
class Dripping extends EventEmitter {
  #isPaused = true;
  pause(): void {
    this.#isPaused = true;
  }
  resume(): void {
    this.#isPaused = false;
    while (!this.#isPaused) this.emit('data', Buffer.from('x'));
  }
  destroy(): void {
    this.pause();
  }
}

test('connections that never stop bringing bytes bring sixty in five milliseconds, together', () => {
  const sent: Frame[] = [];
  const tunnels = createTunnels({
    rules: [],
    resolve: () => Promise.resolve([]),
    ownNetwork: () => () => false,
    onDenied: () => undefined,
    send: (frame) => void sent.push(frame),
    maxConnections: 1,
    maxAccepted: 10,
  });
  for (let i = 0; i < 10; i += 1) tunnels.accept(1, new Dripping() as EventEmitter as Socket);
  for (const { id } of sent.splice(0)) tunnels.receive({ type: FRAME.opened, id, payload: new Uint8Array() });
  vi.advanceTimersByTime(1_000);
  expect(sent.length).toBeGreaterThan(11_000);
  expect(sent.length).toBeLessThan(13_000);
  // None waits for another for ever.
  expect(new Set(sent.map(({ id }) => id)).size).toBe(10);
  tunnels.close();
  expect(vi.getTimerCount()).toBe(0);
});
