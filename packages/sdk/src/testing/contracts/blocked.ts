/**
 * An adapter that never gives the thread back ends no time limit: nothing of the thread runs any more, and Node's runner waits
 * for the process of the test's file, whatever limit it is given itself. So another thread looks on, and ends that process.
 */
import { extname } from 'node:path';
import { isMainThread, Worker } from 'node:worker_threads';
import { url as inspectorUrl } from 'node:inspector';
import { startInterval } from './own-clock.ts';

/** What the other thread is given. */
export interface Watched {
  /** One number, which grows as long as this thread runs. */
  readonly beats: Int32Array;
  readonly limitMs: number;
}

const BEAT_MS = 100;

/**
 * Looks on from the first call on, where that ends the process of one file of tests and nobody who debugs.
 *
 * @param limitMs how long the thread may be blocked
 * @returns what is to be told of each call before it is made
 */
export function watchThread(limitMs: number): (method: string) => void {
  const isOwnProcess = process.env['NODE_TEST_CONTEXT']?.startsWith('child') === true && isMainThread;
  if (!isOwnProcess || inspectorUrl() !== undefined) return () => undefined;
  let thread: Worker | undefined;
  return (method) => {
    thread ??= startThread(limitMs);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    thread.postMessage(method);
  };
}

/** It holds no process open, and ends with it. */
function startThread(limitMs: number): Worker {
  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const workerData: Watched = { beats, limitMs };
  const thread = new Worker(new URL(`./blocked-thread${extname(import.meta.url)}`, import.meta.url), { workerData });
  thread.unref();
  startInterval(() => void Atomics.add(beats, 0, 1), BEAT_MS).unref();
  return thread;
}
