/**
 * The connections of one plugin: it has no network of its own, the daemon's process connects for it, after looking at
 * name, port and address. Bytes are copied as they are; TLS is between the plugin and the server.
 *
 * Each side sends no more on a connection than the other has room for, so that a slow reader holds up its own connection
 * alone and nothing piles up here.
 */
import { connect, type Socket } from 'node:net';
import {
  FRAME,
  MAX_STREAM_BYTES,
  ProtocolError,
  STREAM_WINDOW_BYTES,
  type Frame,
  type FrameType,
} from '../bridge/frames.ts';
import type { Resolved } from '../bridge/protocol.ts';
import { findRule, resolveUnder, type NetworkRule, type Resolve } from './network-rules.ts';

export interface TunnelPorts {
  readonly rules: readonly NetworkRule[];
  readonly resolve: Resolve;
  readonly send: (frame: Frame) => void;
  /** A connection was refused; `why` is a clause for the log. */
  readonly onDenied: (target: string, why: string) => void;
  readonly maxConnections: number;
}

export interface Tunnels {
  /** Takes every frame about a connection. @throws ProtocolError */
  receive(frame: Frame): void;
  /** The addresses of a name that a grant covers. @throws Error with the code ERR_ACCESS_DENIED or ENOTFOUND */
  readonly lookup: (host: string) => Promise<readonly Resolved[]>;
  close(): void;
}

interface Tunnel {
  /** Absent while the name is being resolved. */
  socket?: Socket;
  isOpen: boolean;
  /** Bytes that may still be sent to the guest. */
  credit: number;
  /** Bytes that the guest may still send. */
  room: number;
}

interface State extends TunnelPorts {
  readonly tunnels: Map<number, Tunnel>;
}

const CONNECT_TIMEOUT_MS = 30_000;

export function createTunnels(ports: TunnelPorts): Tunnels {
  const state: State = { ...ports, tunnels: new Map() };
  return {
    receive: (frame) => receiveFrame(frame, state),
    async lookup(host) {
      const rule = findRule(state.rules, host);
      if (!rule) throw deny(state, host, UNDECLARED);
      return resolveOrThrow(rule, host, state);
    },
    close() {
      for (const { socket } of state.tunnels.values()) socket?.destroy();
      state.tunnels.clear();
    },
  };
}

function receiveFrame(frame: Frame, state: State): void {
  if (frame.type === FRAME.open) {
    openTunnel(frame, state);
    return;
  }
  const tunnel = state.tunnels.get(frame.id);
  // It may have been closed on this side while the frame was on its way.
  if (!tunnel) return;
  const receive = RECEIVERS.get(frame.type);
  if (!receive) throw new ProtocolError(`a guest sends no frame of type ${frame.type}`);
  receive(frame, tunnel, state);
}

type Receiver = (frame: Frame, tunnel: Tunnel, state: State) => void;

const RECEIVERS: ReadonlyMap<FrameType, Receiver> = new Map<FrameType, Receiver>([
  [FRAME.data, receiveData],
  [FRAME.end, (_, { socket }) => void socket?.end()],
  [FRAME.credit, ({ payload }, tunnel) => addCredit(tunnel, payload)],
  [
    FRAME.close,
    ({ id }, { socket }, { tunnels }) => {
      tunnels.delete(id);
      socket?.destroy();
    },
  ],
]);

function receiveData({ id, payload }: Frame, tunnel: Tunnel, state: State): void {
  tunnel.room -= payload.length;
  if (!tunnel.isOpen || tunnel.room < 0) throw new ProtocolError('more was sent on a connection than it has room for');
  tunnel.socket?.write(Buffer.from(payload), (error) => {
    if (error || !state.tunnels.has(id)) return;
    tunnel.room += payload.length;
    const credit = Buffer.alloc(4);
    credit.writeUInt32BE(payload.length);
    state.send({ type: FRAME.credit, id, payload: credit });
  });
}

function addCredit(tunnel: Tunnel, payload: Uint8Array): void {
  if (payload.length !== 4) throw new ProtocolError('a credit is not a number');
  tunnel.credit += Buffer.from(payload).readUInt32BE();
  if (tunnel.credit > STREAM_WINDOW_BYTES) throw new ProtocolError('more was taken from a connection than it brought');
  if (tunnel.credit > 0) tunnel.socket?.resume();
}

function openTunnel({ id, payload }: Frame, state: State): void {
  const { tunnels, maxConnections } = state;
  const target = readTarget(payload);
  if (tunnels.has(id)) throw new ProtocolError('a connection is opened twice');
  if (tunnels.size >= maxConnections) {
    closeWith(state, id, failure('EMFILE', `there are ${maxConnections} connections already`));
    return;
  }
  const tunnel: Tunnel = { isOpen: false, credit: STREAM_WINDOW_BYTES, room: STREAM_WINDOW_BYTES };
  tunnels.set(id, tunnel);
  void connectTunnel(id, { target, tunnel, state });
}

async function connectTunnel(
  id: number,
  { target, tunnel, state }: { readonly target: Target; readonly tunnel: Tunnel; readonly state: State },
): Promise<void> {
  const isWanted = (): boolean => state.tunnels.get(id) === tunnel;
  try {
    const socket = await connectTo(target, tunnel, state);
    if (isWanted()) startCopying(id, { tunnel, socket, state });
    else socket.destroy();
  } catch (error) {
    if (isWanted()) closeWith(state, id, error as NodeJS.ErrnoException);
  }
}

interface Target {
  readonly host: string;
  readonly port: number;
}

function readTarget(payload: Uint8Array): Target {
  const [host = '', port = '', ...rest] = Buffer.from(payload).toString('utf8').split('\n');
  const isPort = /^\d{1,5}$/.test(port) && Number(port) <= 65_535;
  if (rest.length > 0 || host === '' || !isPort) throw new ProtocolError('a connection names no host and port');
  return { host, port: Number(port) };
}

async function connectTo({ host, port }: Target, tunnel: Tunnel, state: State): Promise<Socket> {
  const rule = findRule(state.rules, host, port);
  if (!rule) throw deny(state, `${host}:${port}`, UNDECLARED);
  const addresses = await resolveOrThrow(rule, host, state);
  let last: unknown;
  for (const { address } of addresses.slice(0, 4)) {
    try {
      return await connectAddress({ host: address, port }, tunnel);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

async function resolveOrThrow(rule: NetworkRule, host: string, state: State): Promise<readonly Resolved[]> {
  const addresses = await resolveUnder(rule, host, state.resolve).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code ?? 'ENOTFOUND';
    throw failure(code, `getaddrinfo ${code} ${host}`);
  });
  if (addresses.length === 0) throw deny(state, host, 'it resolves to a private address only');
  return addresses;
}

function connectAddress({ host, port }: Target, tunnel: Tunnel): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host, port, allowHalfOpen: true });
  tunnel.socket = socket;
  const timer = setTimeout(
    () => socket.destroy(failure('ETIMEDOUT', `connect ETIMEDOUT ${host}:${port}`)),
    CONNECT_TIMEOUT_MS,
  );
  socket.once('connect', () => {
    clearTimeout(timer);
    socket.off('error', reject);
    resolve(socket);
  });
  socket.once('error', reject);
  socket.once('close', () => {
    clearTimeout(timer);
    reject(failure('ECONNRESET', `connect ECONNRESET ${host}:${port}`));
  });
  return promise;
}

interface Copying {
  readonly tunnel: Tunnel;
  readonly socket: Socket;
  readonly state: State;
}

function startCopying(id: number, { tunnel, socket, state }: Copying): void {
  const { tunnels, send } = state;
  tunnel.isOpen = true;
  socket.setNoDelay(true);
  const { remoteAddress = '', remotePort = 0, remoteFamily = 'IPv4' } = socket;
  send({ type: FRAME.opened, id, payload: Buffer.from([remoteAddress, remotePort, remoteFamily].join('\n')) });
  let error: Error | undefined;
  socket.on('data', (chunk) => {
    for (let at = 0; at < chunk.length; at += MAX_STREAM_BYTES)
      send({ type: FRAME.data, id, payload: chunk.subarray(at, at + MAX_STREAM_BYTES) });
    tunnel.credit -= chunk.length;
    if (tunnel.credit <= 0) socket.pause();
  });
  socket.on('end', () => send({ type: FRAME.end, id, payload: NOTHING }));
  socket.on('error', (reason) => (error = reason));
  socket.on('close', () => {
    if (tunnels.get(id) === tunnel) closeWith(state, id, error);
  });
}

const NOTHING = new Uint8Array();
const UNDECLARED = 'it is not declared';

function closeWith({ tunnels, send }: State, id: number, error: NodeJS.ErrnoException | undefined): void {
  tunnels.delete(id);
  const text = error ? `${error.code ?? 'ECONNRESET'}\n${error.message}` : '';
  send({ type: FRAME.close, id, payload: Buffer.from(text).subarray(0, 2_000) });
}

function deny({ onDenied }: State, target: string, why: string): NodeJS.ErrnoException {
  onDenied(target, why);
  return failure('ERR_ACCESS_DENIED', `network access to ${target} is refused: ${why}`);
}

function failure(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}
