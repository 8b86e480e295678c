import { connect } from 'node:net';

/** `stale`: a socket on which nobody listens any more, left behind by a program that was killed. */
export type SocketState = 'none' | 'stale' | 'listening';

const TIMEOUT_MS = 2_000;

/** Whether somebody listens on a socket. Who accepts no connection in time is there all the same. Never rejects. */
export function probeSocket(socketPath: string): Promise<SocketState> {
  const { promise, resolve } = Promise.withResolvers<SocketState>();
  const socket = connect(socketPath);
  socket.setTimeout(TIMEOUT_MS, () => resolve('listening'));
  socket.once('connect', () => resolve('listening'));
  socket.once('error', (error) => resolve(stateAfter('code' in error ? error.code : undefined)));
  return promise.finally(() => socket.destroy());
}

function stateAfter(code: unknown): SocketState {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'none';
  // EAGAIN: so many wait to be accepted that there is no room for one more. EACCES: somebody else's.
  return code === 'ECONNREFUSED' || code === 'ENOTSOCK' ? 'stale' : 'listening';
}
