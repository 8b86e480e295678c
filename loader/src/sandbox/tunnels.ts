/**
 * The connections of one plugin: it has no network of its own, the daemon's process connects for it, after looking at
 * name, port and address, and takes the connections that come to it. Bytes are copied as they are; TLS is between the
 * plugin and the other side.
 *
 * Each side sends no more on a connection than the other has room for, so that a slow reader holds up its own connection
 * alone and nothing piles up here.
 */
import type { Socket } from 'node:net';
import {
  CREDIT_BYTES,
  FIRST_ACCEPTED_ID,
  FRAME,
  MAX_STREAM_BYTES,
  ProtocolError,
  type Frame,
  type FrameType,
} from '../bridge/frames.ts';
import type { Resolved } from '../bridge/protocol.ts';
import { connectTo, lookUp, readTarget, type OutboundPorts, type Target } from './outbound.ts';
import { createPace, type Pace } from './pace.ts';
import { addCredit, drop, finish, flow, newTunnel, type Tunnel } from './tunnel.ts';

export interface TunnelPorts extends OutboundPorts {
  readonly send: (frame: Frame) => void;
  /** Of those that are open, and of those that are about to be or not closed yet, whatever the guest says of them. */
  readonly maxConnections: number;
  /** The same for those that come from outside. */
  readonly maxAccepted: number;
}

export interface Tunnels {
  /** Takes every frame about a connection. @throws ProtocolError */
  receive(frame: Frame): void;
  /** Hands a connection from outside over, paused; it is closed if there are too many. @param listener the guest's number */
  accept(listener: number, socket: Socket): void;
  /** The addresses of a name that a grant covers. @throws Error with the code ERR_ACCESS_DENIED or ENOTFOUND */
  readonly lookup: (host: string) => Promise<readonly Resolved[]>;
  close(): void;
}

interface State extends TunnelPorts {
  /** Those that both sides know of. */
  readonly tunnels: Map<number, Tunnel>;
  /** All that hold a socket or are about to: a guest may close a connection while it is still being made. */
  readonly held: Set<Tunnel>;
  /** The same of those from outside. */
  readonly accepted: Set<Tunnel>;
  readonly closing: AbortController;
  /** Of all of them together. */
  readonly pace: Pace;
  lastAccepted: number;
}

/** Connections from outside that the guest has not answered: a blocked one must not gather them. */
const MAX_OFFERED = 64;
export function createTunnels(ports: TunnelPorts): Tunnels {
  const closing = new AbortController();
  const state: State = {
    ...ports,
    tunnels: new Map(),
    held: new Set(),
    accepted: new Set(),
    closing,
    pace: createPace(),
    lastAccepted: 0,
  };
  return {
    receive: (frame) => receiveFrame(frame, state),
    accept: (listener, socket) => offer(listener, socket, state),
    lookup: (host) => lookUp(host, closing.signal, ports),
    close() {
      closing.abort();
      state.pace.close();
      for (const tunnel of [...state.held, ...state.accepted]) drop(tunnel);
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
  [FRAME.opened, (_, tunnel) => takeOffer(tunnel)],
  [FRAME.data, receiveData],
  [FRAME.end, receiveEnd],
  [FRAME.credit, ({ payload }, tunnel) => addCredit(tunnel, payload)],
  [
    FRAME.close,
    ({ id }, tunnel, { tunnels }) => {
      tunnels.delete(id);
      if (tunnel.hasEnded && tunnel.state === 'open') finish(tunnel);
      else drop(tunnel);
    },
  ],
]);

function receiveEnd({ id }: Frame, tunnel: Tunnel, state: State): void {
  if (tunnel.hasEnded) return;
  tunnel.hasEnded = true;
  if (tunnel.unsent.length > 0) write(id, tunnel, state);
  tunnel.socket?.end();
}

function receiveData({ id, payload }: Frame, tunnel: Tunnel, state: State): void {
  tunnel.room -= payload.length;
  if (payload.length === 0) throw new ProtocolError('nothing was sent on a connection');
  if (tunnel.state !== 'open' || tunnel.hasEnded || tunnel.room < 0)
    throw new ProtocolError('more was sent on a connection than it has room for');
  tunnel.isAsked = true;
  tunnel.unsent.append(payload);
  if (!tunnel.isWriting) write(id, tunnel, state);
}

/** One piece at a time: what comes meanwhile is one piece, too, of however many it came. */
function write(id: number, tunnel: Tunnel, state: State): void {
  const bytes = tunnel.unsent.take();
  tunnel.isWriting = true;
  tunnel.socket?.write(bytes, (error) => {
    tunnel.isWriting = false;
    if (error || state.tunnels.get(id) !== tunnel) return;
    tunnel.written += bytes.length;
    if (tunnel.written >= CREDIT_BYTES) giveCredit(id, tunnel, state);
    if (tunnel.unsent.length > 0) write(id, tunnel, state);
  });
}

function giveCredit(id: number, tunnel: Tunnel, { send }: State): void {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(tunnel.written);
  tunnel.room += tunnel.written;
  tunnel.written = 0;
  send({ type: FRAME.credit, id, payload });
}

function openTunnel({ id, payload }: Frame, state: State): void {
  const { tunnels, held, maxConnections } = state;
  const target = readTarget(payload);
  if (id >= FIRST_ACCEPTED_ID) throw new ProtocolError('a connection has a number that is not the guest’s to give');
  if (tunnels.has(id)) throw new ProtocolError('a connection is opened twice');
  if (held.size >= maxConnections) {
    closeWith(state, id, failure('EMFILE', `there are ${maxConnections} connections already`));
    return;
  }
  const tunnel = newTunnel('connecting');
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
  const onSocket = (socket: Socket): void => void (tunnel.socket = socket);
  try {
    const socket = await connectTo(target, { signal: tunnel.attempt.signal, onSocket }, state);
    if (socket.closed) letGo();
    else socket.once('close', letGo);
    if (!isWanted()) {
      socket.destroy();
      return;
    }
    tunnel.state = 'open';
    socket.setNoDelay(true);
    const { remoteAddress = '', remotePort = 0, remoteFamily = 'IPv4' } = socket;
    state.send({ type: FRAME.opened, id, payload: lines(remoteAddress, remotePort, remoteFamily) });
    startCopying(id, { tunnel, socket, state });
  } catch (error) {
    letGo();
    if (isWanted()) closeWith(state, id, error as NodeJS.ErrnoException);
  }
}

function offer(listener: number, socket: Socket, state: State): void {
  const { accepted, tunnels, maxAccepted, closing } = state;
  const offered = [...accepted].filter(({ state: at }) => at === 'offered').length;
  if (closing.signal.aborted || accepted.size >= maxAccepted || offered >= MAX_OFFERED) {
    socket.resetAndDestroy();
    return;
  }
  const tunnel = Object.assign(newTunnel('offered'), { socket });
  do state.lastAccepted = (state.lastAccepted + 1) % FIRST_ACCEPTED_ID;
  while (tunnels.has(FIRST_ACCEPTED_ID + state.lastAccepted));
  const id = FIRST_ACCEPTED_ID + state.lastAccepted;
  tunnels.set(id, tunnel);
  accepted.add(tunnel);
  socket.once('close', () => accepted.delete(tunnel));
  const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = socket;
  const payload = lines(listener, remoteAddress, remotePort, localAddress, localPort, socket.remoteFamily ?? 'IPv4');
  state.send({ type: FRAME.accepted, id, payload });
  // It stays paused until the guest takes it.
  startCopying(id, { tunnel, socket, state });
}

function takeOffer(tunnel: Tunnel): void {
  if (tunnel.state !== 'offered') throw new ProtocolError('a connection is taken that is not offered');
  tunnel.state = 'open';
  flow(tunnel);
}

interface Copying {
  readonly tunnel: Tunnel;
  readonly socket: Socket;
  readonly state: State;
}

function startCopying(id: number, { tunnel, socket, state }: Copying): void {
  const { tunnels, send, pace } = state;
  let error: Error | undefined;
  const goOn = (): void => {
    tunnel.rests = false;
    flow(tunnel);
  };
  const isKnown = (): boolean => tunnels.get(id) === tunnel;
  socket.on('data', (chunk) => {
    // The guest closed it, and what it sent before is still going out.
    if (!isKnown()) return;
    for (let at = 0; at < chunk.length; at += MAX_STREAM_BYTES)
      send({ type: FRAME.data, id, payload: chunk.subarray(at, at + MAX_STREAM_BYTES) });
    tunnel.credit -= chunk.length;
    if (pace.take({ bytes: chunk.length, isAsked: tunnel.isAsked }, goOn)) tunnel.rests = true;
    tunnel.isAsked = false;
    if (tunnel.rests || tunnel.credit <= 0) flow(tunnel);
  });
  socket.on('end', () => void (isKnown() && send({ type: FRAME.end, id, payload: NOTHING })));
  socket.on('error', (reason) => (error = reason));
  socket.on('close', () => {
    if (isKnown()) closeWith(state, id, error);
  });
}

const NOTHING = new Uint8Array();

function lines(...parts: readonly (string | number)[]): Buffer {
  return Buffer.from(parts.join('\n'));
}

function closeWith({ tunnels, send }: State, id: number, error: NodeJS.ErrnoException | undefined): void {
  tunnels.delete(id);
  const text = error ? `${error.code ?? 'ECONNRESET'}\n${error.message}` : '';
  send({ type: FRAME.close, id, payload: Buffer.from(text).subarray(0, 2_000) });
}

function failure(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}
