import { connect } from 'node:net';
import { ArError } from '@ar-registry/core/errors';

/** `sun_path` has 108 bytes on Linux, the last of which is zero. */
const MAX_PATH_BYTES = 107;
const CONNECT_TIMEOUT_MS = 2_000;

/**
 * Checks that a daemon may listen on a path.
 *
 * The daemon itself checks neither: a longer path is cut off and ends the process, and a second daemon takes the socket
 * of the first one over. A socket or pid file that a killed daemon left behind is no hindrance.
 *
 * @throws SOCKET_PATH_TOO_LONG, DAEMON_RUNNING
 */
export async function assertSocketFree(socketPath: string): Promise<void> {
  const bytes = Buffer.byteLength(socketPath);
  if (bytes > MAX_PATH_BYTES) throw new ArError('SOCKET_PATH_TOO_LONG', { socketPath, bytes });
  if (await answers(socketPath)) throw new ArError('DAEMON_RUNNING', { socketPath });
}

/** Whether anything accepts a connection. One that hangs counts: it is there. */
function answers(socketPath: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(socketPath);
  socket.setTimeout(CONNECT_TIMEOUT_MS);
  socket.once('connect', () => resolve(true));
  socket.once('timeout', () => resolve(true));
  socket.once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}
