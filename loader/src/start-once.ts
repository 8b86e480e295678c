/**
 * One daemon of a project, however many are asked for at once: between looking whether one runs and listening, another
 * would find the socket free as well, and take it away. Both ways into the daemon start it here, and `ar up` waits at the
 * same lock.
 */
import { join } from 'node:path';
import { resolveDataDir } from '@ar-registry/core/layout';
import { assertSocketFree } from '@ar-registry/io/daemon-socket';
import { withLock, type HeldLock } from '@ar-registry/io/lock';
import { projectStateDir } from '@ar-registry/io/project';
import type { ProcessContext } from './context.ts';
import { tellOfWaiting } from './tell-of-waiting.ts';

export interface StartOnce<T> {
  /** What is locked, as a path: the project whose daemon it is or, of a daemon that is no project's, its socket. */
  readonly place: string;
  readonly socketPath: string;
  /** Who waits, should another start one meanwhile. */
  readonly pid: number;
  /** `ar up` that started this process and holds the lock for it, by the name that it holds it under. */
  readonly startedBy?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** One line, where it takes longer than a moment. */
  readonly onWait: (line: string) => void;
  /**
   * Resolves when the daemon listens.
   *
   * @param beforeListening to be called when all else is done: whoever was stopped until then, with the lock, may find that
   * another daemon has been started meanwhile. What it throws keeps this one from listening
   */
  readonly start: (beforeListening: () => Promise<void>) => Promise<T>;
}

/** @throws DAEMON_RUNNING, SOCKET_PATH_TOO_LONG, LOCK_HELD, DISK_FULL, FILE_ACCESS, and what `start` throws */
export async function startOnce<T>(
  { env, home }: Pick<ProcessContext, 'env' | 'home'>,
  { place, socketPath, pid, startedBy, signal, onWait, start }: StartOnce<T>,
): Promise<T> {
  const folder = join(await projectStateDir(place, resolveDataDir(env, home)), 'up');
  const waiting = tellOfWaiting(onWait);
  const options = {
    folder,
    resource: `The daemon of ${place}`,
    holder: `the loader (pid ${pid})`,
    sharedWith: startedBy,
    ...(signal && { signal }),
    onWait: (holder: string) => waiting.begin(`${holder}, which starts the daemon of ${place}`),
  };
  try {
    return await withLock(options, async (lock) => {
      waiting.end();
      await assertSocketFree(socketPath);
      return start(() => assertFreeStill(lock, socketPath));
    });
  } finally {
    waiting.end();
  }
}

/** @throws DAEMON_RUNNING, LOCK_HELD */
async function assertFreeStill(lock: HeldLock, socketPath: string): Promise<void> {
  while (await lock.renew()) await assertSocketFree(socketPath);
}
