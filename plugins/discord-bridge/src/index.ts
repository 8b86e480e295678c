import { setTimeout as sleep } from 'node:timers/promises';
import { createDiscordBridge } from './plugin.ts';

export default createDiscordBridge({
  nowMs: () => Date.now(),
  random: () => Math.random(),
  // It rejects only when the signal is aborted, which ends the wait.
  sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
});
