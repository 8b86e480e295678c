/** Connections that a plugin asks for: name, port and address are looked at, then the daemon's process connects. */
import { connect, type Socket } from 'node:net';
import { ProtocolError } from '../bridge/frames.ts';
import type { Resolved } from '../bridge/protocol.ts';
import { findRule, resolveUnder, type NetworkRule } from './network-rules.ts';
import { SOCKET_OPTIONS } from './tunnel.ts';

export interface OutboundPorts {
  readonly rules: readonly NetworkRule[];
  /** Looks a name up, for this plugin; `signal` gives up waiting for it. */
  readonly resolve: (host: string, signal: AbortSignal) => Promise<readonly Resolved[]>;
  /** Says how this machine is connected now: whether an address that looks public is its own, or beside it. */
  readonly ownNetwork: () => (address: string) => boolean;
  /** A connection was refused; `why` is a clause for the log. */
  readonly onDenied: (target: string, why: string) => void;
}

export interface Target {
  readonly host: string;
  readonly port: number;
}

interface Attempt {
  readonly signal: AbortSignal;
  /** Is told of the socket while it connects. */
  readonly onSocket: (socket: Socket) => void;
}

/** Where a guest asks to connect to. @throws ProtocolError */
export function readTarget(payload: Uint8Array): Target {
  const [host = '', port = '', ...rest] = Buffer.from(payload).toString('utf8').split('\n');
  const isPort = /^\d{1,5}$/.test(port) && Number(port) <= 65_535;
  if (rest.length > 0 || host === '' || !isPort) throw new ProtocolError('a connection names no host and port');
  return { host, port: Number(port) };
}

const CONNECT_TIMEOUT_MS = 30_000;
const UNDECLARED = 'it is not declared';

/** The addresses of a name that a grant covers. @throws Error with the code ERR_ACCESS_DENIED or ENOTFOUND */
export async function lookUp(host: string, signal: AbortSignal, ports: OutboundPorts): Promise<readonly Resolved[]> {
  const rule = findRule(ports.rules, host);
  if (!rule) throw deny(ports, host, UNDECLARED);
  return resolveOrThrow(rule, host, { ports, signal });
}

/** Connects to one of the first four addresses of the host. @throws Error with the code ERR_ACCESS_DENIED or the system's */
export async function connectTo(
  { host, port }: Target,
  { signal, onSocket }: Attempt,
  ports: OutboundPorts,
): Promise<Socket> {
  const rule = findRule(ports.rules, host, port);
  if (!rule) throw deny(ports, `${host}:${port}`, UNDECLARED);
  const addresses = await resolveOrThrow(rule, host, { ports, signal });
  let last: unknown;
  for (const { address } of addresses.slice(0, 4)) {
    signal.throwIfAborted();
    try {
      return await connectAddress({ host: address, port }, onSocket);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

async function resolveOrThrow(
  rule: NetworkRule,
  host: string,
  { ports, signal }: { readonly ports: OutboundPorts; readonly signal: AbortSignal },
): Promise<readonly Resolved[]> {
  const { ownNetwork, resolve } = ports;
  const addresses = await resolveUnder(rule, host, { ownNetwork, resolve: (name) => resolve(name, signal) }).catch(
    (error: unknown) => {
      signal.throwIfAborted();
      const code = (error as NodeJS.ErrnoException).code ?? 'ENOTFOUND';
      throw failure(code, `getaddrinfo ${code} ${host}`);
    },
  );
  if (addresses.length === 0)
    throw deny(ports, host, 'it resolves to private addresses, or to this machine’s own, only');
  return addresses;
}

function connectAddress({ host, port }: Target, onSocket: Attempt['onSocket']): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host, port, ...SOCKET_OPTIONS });
  onSocket(socket);
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

function deny({ onDenied }: OutboundPorts, target: string, why: string): NodeJS.ErrnoException {
  onDenied(target, why);
  return failure('ERR_ACCESS_DENIED', `network access to ${target} is refused: ${why}`);
}

function failure(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}
