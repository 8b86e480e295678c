/* oxlint-disable no-underscore-dangle -- the streams of Node are extended by members that are called so */
/**
 * The guest's end of connections that the daemon's process opens or accepts for it: a `net.Socket` without a handle of
 * its own.
 */
import type { Socket } from 'node:net';
import {
  CREDIT_BYTES,
  FIRST_ACCEPTED_ID,
  FRAME,
  MAX_STREAM_BYTES,
  STREAM_WINDOW_BYTES,
  type Frame,
  type FrameType,
} from '../bridge/frames.ts';

export interface GuestTunnels {
  /** Makes a socket that has not connected yet go through the daemon. */
  connect(socket: Socket, target: { readonly host: string; readonly port: number }): void;
  /** Makes a new socket the one that somebody connected to; `id` is the daemon's number for it. */
  accept(socket: Socket, id: number, ends: ConnectionEnds): void;
  /** Lets a connection go that the daemon offers. */
  refuse(id: number): void;
  receive(frame: Frame): void;
}

/** Where a connection from outside comes from, and which address it came to. */
export interface ConnectionEnds {
  readonly remote: EndPoint;
  readonly local: EndPoint;
}

interface EndPoint {
  readonly address: string;
  readonly port: number;
  readonly family: string;
}

type Callback = (error?: Error | null) => void;

/** Members of `net.Socket` and of its streams that are not in its type. */
interface OpenSocket {
  connecting: boolean;
  _peername?: object;
  _getsockname(): object;
  _read(size: number): void;
  _write(chunk: Buffer | string, encoding: BufferEncoding, callback: Callback): void;
  _writev: undefined;
  _final(callback: Callback): void;
  _destroy(error: Error | null, callback: (error: Error | null) => void): void;
  _unrefTimer(): void;
}

interface Tunnel {
  readonly socket: Socket & OpenSocket;
  /** Bytes that may still be sent. */
  credit: number;
  /** Bytes that came in and that nobody has asked for. */
  owed: number;
  /** Bytes that were asked for, which the daemon was not told yet. */
  taken: number;
  /** What there was no credit for. */
  rest: { chunk: Buffer; callback: Callback } | undefined;
  hasEnded: boolean;
}

interface Ports {
  readonly send: (frame: Frame) => void;
  readonly tunnels: Map<number, Tunnel>;
}

export function createGuestTunnels(send: (frame: Frame) => void): GuestTunnels {
  const ports: Ports = { send, tunnels: new Map() };
  let lastId = 0;
  return {
    connect(plain, { host, port }) {
      const id = (lastId = (lastId % (FIRST_ACCEPTED_ID - 1)) + 1);
      const socket = takeOver(id, plain, ports);
      socket.connecting = true;
      send({ type: FRAME.open, id, payload: Buffer.from(`${host}\n${port}`) });
    },
    accept(plain, id, { remote, local }) {
      const socket = takeOver(id, plain, ports);
      socket._peername = remote;
      socket._getsockname = () => local;
      send({ type: FRAME.opened, id, payload: NOTHING });
    },
    refuse: (id) => send({ type: FRAME.close, id, payload: NOTHING }),
    receive(frame) {
      const tunnel = ports.tunnels.get(frame.id);
      if (tunnel) RECEIVERS[frame.type]?.(frame, tunnel, ports);
    },
  };
}

type Receiver = (frame: Frame, tunnel: Tunnel, ports: Ports) => void;

const RECEIVERS: { readonly [Type in FrameType]?: Receiver } = {
  [FRAME.opened]: ({ payload }, { socket }) => {
    const [address, port, family] = textOf(payload).split('\n');
    socket._peername = { address, port: Number(port), family };
    socket.connecting = false;
    socket.emit('connect');
    socket.emit('ready');
    if (!socket.destroyed && !socket.isPaused()) socket.read(0);
  },
  [FRAME.data]: ({ id, payload }, tunnel, ports) => {
    const { socket } = tunnel;
    socket._unrefTimer();
    // Bytes of the frame are a view of a larger buffer that is used again.
    if (socket.push(Buffer.from(payload))) take(id, payload.length, { tunnel, ports });
    else tunnel.owed += payload.length;
  },
  [FRAME.end]: (_, tunnel) => end(tunnel),
  [FRAME.credit]: ({ id, payload }, tunnel, ports) => {
    tunnel.credit += Buffer.from(payload).readUInt32BE();
    const { rest } = tunnel;
    tunnel.rest = undefined;
    if (rest) sendData(id, rest, { tunnel, ports });
  },
  [FRAME.close]: ({ id, payload }, tunnel, { tunnels }) => {
    tunnels.delete(id);
    const [code = '', message = ''] = textOf(payload).split('\n');
    if (code === '') end(tunnel);
    else tunnel.socket.destroy(Object.assign(new Error(message), { code, syscall: 'connect' }));
  },
};

function end(tunnel: Tunnel): void {
  if (tunnel.hasEnded) return;
  tunnel.hasEnded = true;
  tunnel.socket.push(null);
  tunnel.socket.read(0);
}

function takeOver(id: number, plain: Socket, ports: Ports): Socket & OpenSocket {
  const socket = plain as Socket & OpenSocket;
  const tunnel: Tunnel = { socket, credit: STREAM_WINDOW_BYTES, owed: 0, taken: 0, rest: undefined, hasEnded: false };
  ports.tunnels.set(id, tunnel);
  const original = Object.getPrototypeOf(socket) as OpenSocket;
  socket._writev = undefined;
  socket._read = () => {
    take(id, tunnel.owed, { tunnel, ports });
    tunnel.owed = 0;
  };
  socket._write = (chunk, encoding, callback) => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
    whenOpen(socket, () => sendData(id, { chunk: bytes, callback }, { tunnel, ports }));
  };
  socket._final = (callback) => {
    whenOpen(socket, () => {
      if (ports.tunnels.has(id)) ports.send({ type: FRAME.end, id, payload: NOTHING });
      callback();
    });
  };
  socket._destroy = (error, callback) => {
    if (ports.tunnels.delete(id)) ports.send({ type: FRAME.close, id, payload: NOTHING });
    socket.connecting = false;
    tunnel.rest?.callback(error ?? new Error('the socket was closed'));
    tunnel.rest = undefined;
    original._destroy.call(socket, error, callback);
  };
  answerLateOnce(socket, () => !socket.connecting && ports.tunnels.get(id) === tunnel);
  return socket;
}

/** TLS takes a socket without a handle for one that connects yet, also where it comes later, as in STARTTLS. */
function answerLateOnce(socket: Socket, isConnected: () => boolean): void {
  // Not its own, which is of a connection before this one.
  const { once } = Object.getPrototypeOf(socket) as {
    readonly once: (this: Socket, event: string, listener: () => void) => Socket;
  };
  const answering = (event: string, listener: () => void): Socket => {
    if (event !== 'connect' || !isConnected()) return once.call(socket, event, listener);
    process.nextTick(() => listener.call(socket));
    return socket;
  };
  // Without a handle there is nothing to hold, and Node's own would wait for one by `once`.
  const same = (): Socket => socket;
  Object.assign(socket, { once: answering, ref: same, unref: same });
}

function whenOpen(socket: OpenSocket & Socket, task: () => void): void {
  if (socket.connecting) socket.once('connect', task);
  else task();
}

function sendData(
  id: number,
  { chunk, callback }: { readonly chunk: Buffer; readonly callback: Callback },
  { tunnel, ports }: { readonly tunnel: Tunnel; readonly ports: Ports },
): void {
  if (!ports.tunnels.has(id)) {
    callback(Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' }));
    return;
  }
  tunnel.socket._unrefTimer();
  let at = 0;
  while (at < chunk.length && tunnel.credit > 0) {
    const part = chunk.subarray(at, at + Math.min(MAX_STREAM_BYTES, tunnel.credit));
    ports.send({ type: FRAME.data, id, payload: part });
    tunnel.credit -= part.length;
    at += part.length;
  }
  if (at < chunk.length) tunnel.rest = { chunk: chunk.subarray(at), callback };
  else callback();
}

/** Lets the daemon send as many more, once there are enough of them. */
function take(
  id: number,
  bytes: number,
  { tunnel, ports: { send, tunnels } }: { readonly tunnel: Tunnel; readonly ports: Ports },
): void {
  tunnel.taken += bytes;
  if (tunnel.taken < CREDIT_BYTES || !tunnels.has(id)) return;
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(tunnel.taken);
  tunnel.taken = 0;
  send({ type: FRAME.credit, id, payload });
}

function textOf(payload: Uint8Array): string {
  return Buffer.from(payload).toString('utf8');
}

const NOTHING = new Uint8Array();
