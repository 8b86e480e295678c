import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createWebhookBridge } from './plugin.ts';

export default createWebhookBridge({
  fetch: (...request) => fetch(...request),
  now: () => new Date(),
  random: () => Math.random(),
  newId: () => `msg_${randomUUID()}`,
  // It rejects only when the signal is aborted, which ends the wait.
  sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
});
