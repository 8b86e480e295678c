import { setTimeout as sleep } from 'node:timers/promises';
import { createSlackBridge } from './plugin.ts';

export default createSlackBridge({
  nowMs: () => Date.now(),
  random: () => Math.random(),
  // It rejects only when the signal is aborted, which ends the wait.
  sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
});
