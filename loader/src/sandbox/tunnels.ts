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
import { findRule, resolveUnder, type NetworkRule } from './network-rules.ts';

export interface TunnelPorts {
  readonly rules: readonly NetworkRule[];
  /** Looks a name up, for this plugin; `signal` gives up waiting for it. */
  readonly resolve: (host: string, signal: AbortSignal) => Promise<readonly Resolved[]>;
  readonly send: (frame: Frame) => void;
  /** A connection was refused; `why` is a clause for the log. */
  readonly onDenied: (target: string, why: string) => void;
  /** Of those that are open, and of those that are about to be or not closed yet, whatever the guest says of them. */
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
  /** Ends the attempt to connect. */
  readonly attempt: AbortController;
  /** Absent while the name is being resolved. */
  socket?: Socket;
  isOpen: boolean;
  /** Bytes that may still be sent to the guest. */
  credit: number;
  /** Bytes that the guest may still send. */
  room: number;
}

interface State extends TunnelPorts {
  /** Those that both sides know of. */
  readonly tunnels: Map<number, Tunnel>;
  /** All that hold a socket or are about to: a guest may close a connection while it is still being made. */
  readonly held: Set<Tunnel>;
  readonly closing: AbortController;
}

const CONNECT_TIMEOUT_MS = 30_000;

export function createTunnels(ports: TunnelPorts): Tunnels {
  const state: State = { ...ports, tunnels: new Map(), held: new Set(), closing: new AbortController() };
  return {
    receive: (frame) => receiveFrame(frame, state),
    async lookup(host) {
      const rule = findRule(state.rules, host);
      if (!rule) throw deny(state, host, UNDECLARED);
      return resolveOrThrow(rule, host, { state, signal: state.closing.signal });
    },
    close() {
      state.closing.abort();
      for (const tunnel of state.tunnels.values()) drop(tunnel);
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
    ({ id }, tunnel, { tunnels }) => {
      tunnels.delete(id);
      drop(tunnel);
    },
  ],
]);

function drop({ attempt, socket }: Tunnel): void {
  attempt.abort();
  socket?.destroy();
}

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
  const { tunnels, held, maxConnections } = state;
  const target = readTarget(payload);
  if (tunnels.has(id)) throw new ProtocolError('a connection is opened twice');
  if (held.size >= maxConnections) {
    closeWith(state, id, failure('EMFILE', `there are ${maxConnections} connections already`));
    return;
  }
  const attempt = new AbortController();
  const tunnel: Tunnel = { attempt, isOpen: false, credit: STREAM_WINDOW_BYTES, room: STREAM_WINDOW_BYTES };
  tunnels.set(id, tunnel);
  held.add(tunnel);
  void connectTunnel(id, { target, tunnel, state });
}

async function connectTunnel(
  id: number,
  { target, tunnel, state }: { readonly target: Target; readonly tunnel: Tunnel; readonly state: State },
): Promise<void> {
  const isWanted = (): boolean => state.tunnels.get(id) === tunnel;
  const letGo = (): void => void state.held.delete(tunnel);
  try {
    const socket = await connectTo(target, tunnel, state);
    if (socket.closed) letGo();
    else socket.once('close', letGo);
    if (isWanted()) startCopying(id, { tunnel, socket, state });
    else socket.destroy();
  } catch (error) {
    letGo();
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
  const { signal } = tunnel.attempt;
  const addresses = await resolveOrThrow(rule, host, { state, signal });
  let last: unknown;
  for (const { address } of addresses.slice(0, 4)) {
    signal.throwIfAborted();
    try {
      return await connectAddress({ host: address, port }, tunnel);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

async function resolveOrThrow(
  rule: NetworkRule,
  host: string,
  { state, signal }: { readonly state: State; readonly signal: AbortSignal },
): Promise<readonly Resolved[]> {
  const addresses = await resolveUnder(rule, host, (name) => state.resolve(name, signal)).catch((error: unknown) => {
    signal.throwIfAborted();
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
