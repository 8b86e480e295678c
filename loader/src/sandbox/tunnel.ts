/** One connection of a plugin, as the daemon's process keeps it. */
import type { Socket } from 'node:net';
import { createByteBuffer, type ByteBuffer } from '../bridge/byte-buffer.ts';
import { ProtocolError, STREAM_WINDOW_BYTES } from '../bridge/frames.ts';

/**
 * Of every socket. Node reads on into a paused one until so many bytes are there, each piece of them by itself: all but the first
 * are to wait in the system, which makes one piece of them.
 */
export const SOCKET_OPTIONS = { allowHalfOpen: true, highWaterMark: 1 } as const;

export interface Tunnel {
  /** Ends the attempt to connect. */
  readonly attempt: AbortController;
  /** Absent while the name is being resolved. */
  socket?: Socket;
  /** `offered` to the guest, which has not answered yet. */
  state: 'connecting' | 'offered' | 'open';
  /** The guest sends no more. */
  hasEnded: boolean;
  /** What came from the guest while something before it is being written. */
  readonly unsent: ByteBuffer;
  isWriting: boolean;
  /** Bytes that may still be sent to the guest. */
  credit: number;
  /** The guest sent something since it brought something. */
  isAsked: boolean;
  /** It brought enough for now. */
  rests: boolean;
  /** Bytes that the guest may still send. */
  room: number;
  /** Bytes that were written, which the guest was not told yet. */
  written: number;
}

export function newTunnel(state: Tunnel['state']): Tunnel {
  const attempt = new AbortController();
  return {
    attempt,
    state,
    hasEnded: false,
    unsent: createByteBuffer(),
    isWriting: false,
    credit: STREAM_WINDOW_BYTES,
    isAsked: false,
    rests: false,
    room: STREAM_WINDOW_BYTES,
    written: 0,
  };
}

/** How long what a guest sent before it closed a connection may take to be sent on. */
const LINGER_MS = 10_000;

export function drop({ attempt, socket }: Tunnel): void {
  attempt.abort();
  socket?.destroy();
}

/** What was sent before goes out first: a guest closes as soon as it has handed everything over. */
export function finish(tunnel: Tunnel): void {
  const { socket } = tunnel;
  if (!socket || socket.destroyed) return;
  const late = setTimeout(() => drop(tunnel), LINGER_MS);
  socket.once('close', () => clearTimeout(late));
  socket.destroySoon();
}

/** The guest took what the payload says. @throws ProtocolError */
export function addCredit(tunnel: Tunnel, payload: Uint8Array): void {
  if (payload.length !== 4) throw new ProtocolError('a credit is not a number');
  tunnel.credit += Buffer.from(payload).readUInt32BE();
  if (tunnel.credit > STREAM_WINDOW_BYTES) throw new ProtocolError('more was taken from a connection than it brought');
  flow(tunnel);
}

/** Reads on, or not, from where a connection leads to. */
export function flow({ socket, state, credit, rests }: Tunnel): void {
  if (state === 'open' && credit > 0 && !rests) socket?.resume();
  else socket?.pause();
}
