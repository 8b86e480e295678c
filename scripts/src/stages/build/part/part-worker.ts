/** A thread that builds parts, one after another: `workerData` is a `PartSetting`, each message a `PartOrder`. */
import { isArError } from '@ar-registry/core/errors';
import { parentPort, threadId, workerData } from 'node:worker_threads';
import { createPartBuilder } from './build-part.ts';
import type { PartSetting } from './part-job.ts';
import type { PartAnswer, PartOrder } from './part-pool.ts';

const over = new AbortController();
const { signal } = over;
const builder = createPartBuilder(workerData as PartSetting, threadId, signal);
// Told with the answer to the first order.
builder.catch(() => undefined);

parentPort?.on('message', (order: PartOrder) => void (order.kind === 'end' ? end() : obey(order)));

async function obey(order: Extract<PartOrder, { kind: 'build' }>): Promise<void> {
  const answer = await build(order);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of windows
  parentPort?.postMessage(answer);
}

/** What is no error of ours ends the thread, and who started it is told. */
async function build({ job }: Extract<PartOrder, { kind: 'build' }>): Promise<PartAnswer> {
  try {
    return { kind: 'built', result: await (await builder).build(job) };
  } catch (error) {
    if (isArError(error)) return { kind: 'failed', code: error.code, facts: error.facts };
    if (signal.aborted) return { kind: 'ended' };
    throw error;
  }
}

/** Whatever it is at: its processes end, and then nothing keeps the thread. */
async function end(): Promise<void> {
  over.abort();
  parentPort?.close();
  await (await builder)[Symbol.asyncDispose]();
}
