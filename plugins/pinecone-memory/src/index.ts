import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPineconeMemory } from './plugin.ts';

export default createPineconeMemory({
  fetch: (...request) => fetch(...request),
  nowMs: () => Date.now(),
  random: () => Math.random(),
  newId: () => randomUUID(),
  // It rejects only when the signal is aborted, which ends the wait.
  sleep: (ms, signal) => sleep(ms, undefined, { signal, ref: false }).catch(() => undefined),
});
