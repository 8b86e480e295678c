/* oxlint-disable no-underscore-dangle -- members of Node's own servers are called so */
/**
 * Puts the tunnel under `net.Server`, so that servers of `net`, `http`, `https`, `http2` and all that is built on them
 * listen unmodified: the daemon's process listens, where that is granted, and hands every connection over.
 */
import net, { type AddressInfo } from 'node:net';
import type { Frame } from '../bridge/frames.ts';
import type { ListenRequest } from '../bridge/protocol.ts';
import { readListen, type AskedListen } from './listen-arguments.ts';
import type { GuestTunnels } from './tunnel.ts';

export interface ServerPorts {
  readonly tunnels: Pick<GuestTunnels, 'accept' | 'refuse'>;
  /** Asks the daemon to listen. Rejects with an error that has a code. */
  readonly openPort: (request: ListenRequest) => Promise<AddressInfo>;
  readonly closePort: (listener: number) => void;
}

export interface GuestServers {
  /** Begins to listen, as `server.listen` promises it: what goes wrong is an event. */
  listen(server: net.Server, asked: AskedListen): void;
  /** Takes a connection to one of them. */
  accept(frame: Frame): void;
}

/** Members of `net.Server` that are not in its type. */
interface OpenServer extends net.Server {
  _handle: object | null;
  _connections: number;
  readonly allowHalfOpen: boolean;
  readonly pauseOnConnect: boolean;
}

interface Listener {
  readonly server: OpenServer;
  /** Where it listens; absent until the daemon says so. */
  address?: AddressInfo;
  /** Connections that came before that was heard. */
  readonly early: Frame[];
}

interface State extends ServerPorts {
  readonly listeners: Map<number, Listener>;
}

export function createGuestServers(ports: ServerPorts): GuestServers {
  const state: State = { ...ports, listeners: new Map() };
  let lastListener = 0;
  return {
    listen(server, asked) {
      lastListener += 1;
      void listenOn(server as OpenServer, { ...asked, listener: lastListener }, state);
    },
    accept: (frame) => accept(frame, state),
  };
}

/** @param listen absent where nothing is ever listened on: in threads. @param refused throws */
export function patchServers(listen: GuestServers['listen'] | undefined, refused: () => never): void {
  const prototype = net.Server.prototype as unknown as Record<string, unknown>;
  prototype['listen'] = function (this: OpenServer, ...args: readonly unknown[]) {
    const { callback, signal, ...asked } = readListen(args, refused);
    if (!listen) refused();
    if (this._handle)
      throw Object.assign(new Error('Listen method has been called more than once without closing.'), {
        code: 'ERR_SERVER_ALREADY_LISTEN',
      });
    if (callback) this.once('listening', callback);
    if (signal?.aborted) process.nextTick(() => this.close());
    else signal?.addEventListener('abort', () => this.close(), { once: true });
    listen(this, asked);
    return this;
  };
  // What `listen` of Node's own comes to, which takes handles of any kind, and what makes such a handle.
  prototype['_listen2'] = refused;
  if ('BoundSocket' in net)
    Object.assign(net, {
      BoundSocket: function BoundSocket() {
        refused();
      },
    });
}

async function listenOn(server: OpenServer, request: ListenRequest, state: State): Promise<void> {
  const listener: Listener = { server, early: [] };
  const handle = createHandle(listener, request, state);
  state.listeners.set(request.listener, listener);
  // As with Node's own, a server listens from here on for all who ask it.
  server._handle = handle;
  try {
    listener.address = await state.openPort(request);
  } catch (error) {
    state.listeners.delete(request.listener);
    if (server._handle !== handle) return;
    server._handle = null;
    const { host: address, port } = request;
    server.emit('error', Object.assign(error as Error, { syscall: 'listen', address, port }));
    return;
  }
  if (server._handle !== handle) return;
  server.emit('listening');
  for (const frame of listener.early) accept(frame, state);
}

/** What Node's server needs of a handle. */
function createHandle(listener: Listener, request: ListenRequest, { listeners, closePort }: State): object {
  const asked = {
    address: request.host ?? '',
    family: net.isIPv6(request.host ?? '') ? 'IPv6' : 'IPv4',
    port: request.port,
  };
  return {
    close() {
      listeners.delete(request.listener);
      closePort(request.listener);
    },
    getsockname(out: object) {
      Object.assign(out, listener.address ?? asked);
      return 0;
    },
    ref: () => undefined,
    unref: () => undefined,
    hasRef: () => true,
  };
}

function accept({ id, payload, ...frame }: Frame, state: State): void {
  const [number = '', ...ends] = Buffer.from(payload).toString('utf8').split('\n');
  const listener = state.listeners.get(Number(number));
  if (!listener) state.tunnels.refuse(id);
  else if (listener.address) take(listener.server, { id, ends, tunnels: state.tunnels });
  // Its bytes are part of a larger buffer that is used again.
  else listener.early.push({ ...frame, id, payload: Buffer.from(payload) });
}

interface Offer {
  readonly id: number;
  readonly ends: readonly string[];
  readonly tunnels: ServerPorts['tunnels'];
}

function take(server: OpenServer, { id, ends, tunnels }: Offer): void {
  const [remoteAddress = '', remotePort, localAddress = '', localPort, family = 'IPv4'] = ends;
  const remote = { address: remoteAddress, port: Number(remotePort), family };
  const local = { address: localAddress, port: Number(localPort), family };
  if (server.maxConnections && server._connections >= server.maxConnections) {
    tunnels.refuse(id);
    server.emit('drop', describeEnds(local, remote));
    return;
  }
  const { allowHalfOpen } = server;
  const socket = new net.Socket({ allowHalfOpen, readable: true, writable: true });
  if (server.pauseOnConnect) socket.pause();
  // Its own end counts it down again.
  server._connections += 1;
  Object.assign(socket, { server, _server: server });
  tunnels.accept(socket, id, { remote, local });
  server.emit('connection', socket);
}

type End = Readonly<Record<'address' | 'family', string> & { port: number }>;

function describeEnds(local: End, remote: End): net.DropArgument {
  return {
    localAddress: local.address,
    localPort: local.port,
    localFamily: local.family,
    remoteAddress: remote.address,
    remotePort: remote.port,
    remoteFamily: remote.family,
  };
}
