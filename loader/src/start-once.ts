/**
 * One daemon of a project, however many are asked for at once: between looking whether one runs and listening, another
 * would find the socket free as well, and take it away. Both ways into the daemon start it here, and `ar up` waits at the
 * same lock.
 */
import { join } from 'node:path';
import { resolveDataDir } from '@ar-registry/core/layout';
import { assertSocketFree } from '@ar-registry/io/daemon-socket';
import { withLock } from '@ar-registry/io/lock';
import { projectStateDir } from '@ar-registry/io/project';
import type { ProcessContext } from './context.ts';
import { tellOfWaiting } from './tell-of-waiting.ts';

export interface StartOnce<T> {
  /** What agent-relay takes for the project. */
  readonly projectRoot: string;
  readonly socketPath: string;
  /** Who waits, should another start one meanwhile. */
  readonly pid: number;
  /** `ar up` that started this process and holds the lock for it, by the name that it holds it under. */
  readonly startedBy?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** One line, where it takes longer than a moment. */
  readonly onWait: (line: string) => void;
  /** Resolves when the daemon listens. */
  readonly start: () => Promise<T>;
}

/** @throws DAEMON_RUNNING, SOCKET_PATH_TOO_LONG, LOCK_HELD, DISK_FULL, FILE_ACCESS, and what `start` throws */
export async function startOnce<T>(
  { env, home }: Pick<ProcessContext, 'env' | 'home'>,
  { projectRoot, socketPath, pid, startedBy, signal, onWait, start }: StartOnce<T>,
): Promise<T> {
  const folder = join(await projectStateDir(projectRoot, resolveDataDir(env, home)), 'up');
  const waiting = tellOfWaiting(onWait);
  const options = {
    folder,
    resource: `The daemon of ${projectRoot}`,
    holder: `the loader (pid ${pid})`,
    sharedWith: startedBy,
    ...(signal && { signal }),
    onWait: (holder: string) => waiting.begin(`${holder}, which starts the daemon of ${projectRoot}`),
  };
  try {
    return await withLock(options, async () => {
      waiting.end();
      await assertSocketFree(socketPath);
      return start();
    });
  } finally {
    waiting.end();
  }
}
