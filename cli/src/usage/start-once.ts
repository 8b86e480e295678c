/**
 * One daemon of a project, however many are asked for at once: agent-relay looks whether one runs and then takes the
 * socket, so that two which start at the same moment take it from each other.
 */
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { assertSocketFree, probeSocket } from '@ar-registry/io/daemon-socket';
import { withLock } from '@ar-registry/io/lock';
import { projectStateDir } from '@ar-registry/io/project';
import type { Context } from '../context.ts';
import type { RelayProject } from './relay-project.ts';

const POLL_MS = 50;
/** A daemon that listens later than that has none beside it that still waits. */
const STARTING_MS = 30_000;

/** Under which name this process holds the lock. What it starts is told, so as not to wait for it. */
export function starterName(): string {
  return `ar up (pid ${process.pid})`;
}

/**
 * Runs `start` where no daemon runs and none is being started; who comes second waits until the first one listens, and is
 * told of it then.
 *
 * @param start resolves when the daemon has ended
 * @throws DAEMON_RUNNING, SOCKET_PATH_TOO_LONG, LOCK_HELD, and what `start` throws
 */
export async function startOnce(
  project: RelayProject,
  { dataDir, signal, output }: Pick<Context, 'dataDir' | 'signal' | 'output'>,
  start: () => Promise<number>,
): Promise<number> {
  // What runs already need not be waited for.
  await assertSocketFree(project.socketPath);
  const folder = path.join(await projectStateDir(project.root, dataDir), 'up');
  const options = {
    folder,
    resource: `The daemon of ${project.root}`,
    holder: starterName(),
    signal,
    onWait: (holder: string) => output.note(`Waiting for ${holder} …`),
  };
  const { ended } = await withLock(options, async () => {
    await assertSocketFree(project.socketPath);
    const running = { hasEnded: false };
    const until = start().finally(() => (running.hasEnded = true));
    // Whoever gets `ended` is told of it.
    until.catch(() => undefined);
    await untilListening(project.socketPath, running);
    return { ended: until };
  });
  return ended;
}

async function untilListening(socketPath: string, running: { readonly hasEnded: boolean }): Promise<void> {
  const deadline = performance.now() + STARTING_MS;
  while (!running.hasEnded && performance.now() < deadline && (await probeSocket(socketPath)) !== 'listening')
    await delay(POLL_MS);
}
