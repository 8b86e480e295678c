import type { HostDaemon } from './types.ts';

/** What agent-relay does last before it removes the socket that it finds and listens in its place, with nothing in between. */
const LAST_STEP = 'initCloudSync';

/**
 * Starts a daemon, and calls `check` at the last moment at which it can be kept from taking the socket.
 *
 * @throws what `check` throws: the daemon does not listen then; and what `start` throws
 */
export async function startChecked(
  daemon: HostDaemon,
  start: () => Promise<void>,
  check: () => Promise<void>,
): Promise<void> {
  const target = daemon as unknown as Record<typeof LAST_STEP, ((this: HostDaemon) => Promise<void>) | undefined>;
  const { [LAST_STEP]: step } = target;
  // Older ones do not have it: they are looked at before they start alone.
  if (step === undefined) return start();
  const own = Object.getOwnPropertyDescriptor(target, LAST_STEP);
  target[LAST_STEP] = async function stepAndCheck() {
    await step.call(this);
    await check();
  };
  try {
    await start();
  } finally {
    if (own) Object.defineProperty(target, LAST_STEP, own);
    else Reflect.deleteProperty(target, LAST_STEP);
  }
}
