/** The thread that looks on (`blocked.ts`). */
import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { Watched } from './blocked.ts';

const STEP_MS = 250;
const STDERR = 2;

const { beats, limitMs } = workerData as Watched;
let method = 'what is under test';
let last = 0;
/** Steps are counted, not time: a process that was stopped for a while is not blocked. */
let blockedMs = 0;

parentPort?.on('message', (name: string) => (method = name));
setInterval(() => {
  const beat = Atomics.load(beats, 0);
  blockedMs = beat === last ? blockedMs + STEP_MS : 0;
  last = beat;
  if (blockedMs < limitMs) return;
  writeSync(STDERR, `\`${method}\` blocks the thread for more than ${limitMs} ms: the daemon would stand still.\n`);
  process.kill(process.pid, 'SIGKILL');
}, STEP_MS);
