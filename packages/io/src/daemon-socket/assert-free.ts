import { ArError } from '@ar-registry/core/errors';
import { probeSocket } from './probe.ts';

/** `sun_path` has 108 bytes on Linux and 104 on macOS, the last of which is zero. */
const [MOST_BYTES, MOST_BYTES_ON_MACOS] = [107, 103];

/**
 * Checks that a daemon may listen on a path.
 *
 * The daemon itself checks neither: a longer path is cut off and ends the process, and a second daemon takes the socket
 * of the first one over. A socket or pid file that a killed daemon left behind is no hindrance.
 *
 * @param platform as `process.platform` has it
 * @throws SOCKET_PATH_TOO_LONG, DAEMON_RUNNING
 */
export async function assertSocketFree(socketPath: string, platform: string = process.platform): Promise<void> {
  const bytes = Buffer.byteLength(socketPath);
  const mostBytes = platform === 'darwin' ? MOST_BYTES_ON_MACOS : MOST_BYTES;
  if (bytes > mostBytes) throw new ArError('SOCKET_PATH_TOO_LONG', { socketPath, bytes, mostBytes });
  if ((await probeSocket(socketPath)) === 'listening') throw new ArError('DAEMON_RUNNING', { socketPath });
}
