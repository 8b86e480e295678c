/** What a server sends byte by byte costs the daemon no more than a share of its time. */
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FRAME, type Frame } from '../bridge/frames.ts';
import { createPace, type Piece } from './pace.ts';
import { createTunnels, type Tunnels } from './tunnels.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const BYTE: Piece = { bytes: 1, isAsked: false };
const ANSWER: Piece = { bytes: 1, isAsked: true };
const LARGE: Piece = { bytes: 1_400, isAsked: false };

test.each([
  ['bytes that nobody asked for', BYTE, 60],
  ['answers', ANSWER, 240],
  ['parts of a long stream', LARGE, 240],
])('of %s, whoever takes the last one of a period goes on in the next one', (_, piece, most) => {
  const pace = createPace();
  const goOn = vi.fn<() => void>();
  for (let i = 1; i < most; i += 1) expect(pace.take(piece, goOn)).toBe(false);
  expect(pace.take(piece, goOn)).toBe(true);
  vi.advanceTimersByTime(19);
  expect(goOn).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(goOn).toHaveBeenCalledTimes(1);
  // Nothing is left of it, not even a timer.
  vi.advanceTimersByTime(20);
  expect(vi.getTimerCount()).toBe(0);
});

test('what is taken beyond it counts in the periods to come', () => {
  const pace = createPace();
  const goOn = vi.fn<() => void>();
  for (let i = 0; i < 210; i += 1) pace.take(BYTE, goOn);
  vi.advanceTimersByTime(59);
  expect(goOn).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(goOn).toHaveBeenCalledTimes(1);
});

test('nobody goes on after it was closed', () => {
  const pace = createPace();
  const goOn = vi.fn<() => void>();
  for (let i = 0; i < 60; i += 1) pace.take(BYTE, goOn);
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

function accept(sockets: readonly EventEmitter[]): { readonly tunnels: Tunnels; readonly sent: Frame[] } {
  const sent: Frame[] = [];
  const tunnels = createTunnels({
    rules: [],
    resolve: () => Promise.resolve([]),
    ownNetwork: () => () => false,
    onDenied: () => undefined,
    send: (frame) => void sent.push(frame),
    maxConnections: 1,
    maxAccepted: sockets.length,
  });
  for (const socket of sockets) tunnels.accept(1, socket as Socket);
  return { tunnels, sent };
}

test('connections that never stop bringing bytes bring sixty in twenty milliseconds, together', () => {
  const { tunnels, sent } = accept(Array.from({ length: 10 }, () => new Dripping()));
  for (const { id } of sent.splice(0)) tunnels.receive({ type: FRAME.opened, id, payload: new Uint8Array() });
  vi.advanceTimersByTime(1_000);
  expect(sent.length).toBeGreaterThan(2_700);
  expect(sent.length).toBeLessThan(3_400);
  // None waits for another for ever.
  expect(new Set(sent.map(({ id }) => id)).size).toBe(10);
  tunnels.close();
  expect(vi.getTimerCount()).toBe(0);
});

/** A connection that brings a byte for each that it is sent, and another one that nobody asked for where it is told to. */
class Answering extends EventEmitter {
  #owed = 0;
  #isPaused = true;
  write(_: Uint8Array, done: () => void): void {
    this.bring();
    done();
  }
  bring(): void {
    this.#owed += 1;
    if (!this.#isPaused) this.resume();
  }
  pause(): void {
    this.#isPaused = true;
  }
  resume(): void {
    this.#isPaused = false;
    for (; this.#owed > 0 && !this.#isPaused; this.#owed -= 1) this.emit('data', Buffer.from('x'));
  }
  destroy(): void {
    this.pause();
  }
}

test('what answers the plugin waits for nothing, and what comes besides counts as what nobody asked for', () => {
  const socket = new Answering();
  const { tunnels, sent } = accept([socket]);
  const [{ id } = { id: 0 }] = sent.splice(0);
  tunnels.receive({ type: FRAME.opened, id, payload: new Uint8Array() });
  for (let asked = 1; asked <= 200; asked += 1) {
    tunnels.receive({ type: FRAME.data, id, payload: Uint8Array.of(1) });
    expect(sent).toHaveLength(asked);
  }
  // One question covers one answer: of these, ten fill what is left of the period.
  for (let besides = 1; besides <= 50; besides += 1) socket.bring();
  expect(sent).toHaveLength(210);
  vi.advanceTimersByTime(20);
  expect(sent).toHaveLength(250);
  tunnels.close();
});
