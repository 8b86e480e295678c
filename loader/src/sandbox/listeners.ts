/**
 * The ports that one plugin listens on: it has no network of its own, the daemon's process listens for it, on addresses
 * that are granted and on no others, and hands every connection over. All that is asked here comes from the guest.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { ListenRequest } from '../bridge/protocol.ts';
import { findListenAddress, type ListenRule } from './listen-rules.ts';
import { SOCKET_OPTIONS } from './tunnel.ts';

export interface ListenerPorts {
  readonly rules: readonly ListenRule[];
  /** Takes a connection, which is paused; `listener` is the number that the guest gave. */
  readonly accept: (listener: number, socket: Socket) => void;
  /** It was refused; `target` is an address with its port. */
  readonly onDenied: (target: string) => void;
}

export interface Listeners {
  /** Listens. @throws Error with the code ERR_ACCESS_DENIED, EADDRINUSE, EMFILE or another of the system's */
  listen(request: ListenRequest): Promise<AddressInfo>;
  /** Accepts no more there; connections go on. */
  stop(listener: number): void;
  /** Gives all ports back. */
  close(): void;
}

/** All but one of a plugin that asks for free ports need a grant each. */
const MAX_LISTENERS = 16;
const MAX_BACKLOG = 128;

interface State extends ListenerPorts {
  readonly servers: Map<number, Server>;
  isClosed: boolean;
}

export function createListeners(ports: ListenerPorts): Listeners {
  const state: State = { ...ports, servers: new Map(), isClosed: false };
  const stop = (listener: number): void => {
    state.servers.get(listener)?.close();
    state.servers.delete(listener);
  };
  return {
    listen: (request) => open(request, state),
    stop,
    close() {
      state.isClosed = true;
      for (const listener of state.servers.keys()) stop(listener);
    },
  };
}

async function open({ listener, host, port, ...options }: ListenRequest, state: State): Promise<AddressInfo> {
  const { servers, rules, accept } = state;
  const address = findListenAddress(rules, { host, port });
  if (!address) throw deny(state, { host, port });
  if (state.isClosed || servers.has(listener)) throw failure('EINVAL', 'listen EINVAL: this server listens already');
  if (servers.size >= MAX_LISTENERS)
    throw failure('EMFILE', `listen EMFILE: there are ${MAX_LISTENERS} servers already`);
  const server = createServer({ ...SOCKET_OPTIONS, pauseOnConnect: true, noDelay: true });
  servers.set(listener, server);
  server.on('connection', (socket) => accept(listener, socket));
  // Also of one that could not be accepted, later: the daemon goes on, and so does the server.
  server.on('error', () => undefined);
  try {
    // Never shared: neither with a process that asks for the same port, nor among the workers of a cluster.
    server.listen({ ...address, exclusive: true, ipv6Only: options.ipv6Only === true, backlog: backlogOf(options) });
    await Promise.race([once(server, 'listening'), once(server, 'close')]);
  } catch (error) {
    if (servers.get(listener) === server) servers.delete(listener);
    const { code = 'EADDRNOTAVAIL', message } = error as NodeJS.ErrnoException;
    throw failure(code, message);
  }
  if (servers.get(listener) === server) return server.address() as AddressInfo;
  // It was given up on while it was being opened.
  server.close();
  throw failure('ECANCELED', 'listen ECANCELED: the server was closed');
}

function backlogOf({ backlog = 0 }: Pick<ListenRequest, 'backlog'>): number {
  return backlog > 0 ? Math.min(backlog, MAX_BACKLOG) : MAX_BACKLOG;
}

function deny({ onDenied }: State, { host = '127.0.0.1', port }: Pick<ListenRequest, 'host' | 'port'>): Error {
  const target = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  onDenied(target);
  return failure('ERR_ACCESS_DENIED', `listening on ${target} is refused: it is not declared`);
}

function failure(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}
