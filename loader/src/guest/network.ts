/**
 * Puts the tunnel under Node's own network modules, so that `http`, `fetch`, `WebSocket`, `pg` and all else that opens
 * sockets work unmodified. None of this is the wall: that is the runtime or the system, which let nothing out at all.
 */
import type dgram from 'node:dgram';
import type dns from 'node:dns';
import net from 'node:net';
import type tls from 'node:tls';
import type { Resolved } from '../bridge/protocol.ts';
import { onlyOnce, type FirstUse } from './first-use.ts';
import { NEVER, refusing, type Refuse } from './refuse.ts';
import { patchServers, type GuestServers } from './servers.ts';
import type { GuestTunnels } from './tunnel.ts';

export interface NetworkPorts {
  readonly tunnels: Pick<GuestTunnels, 'connect'>;
  /** Absent where nothing is ever listened on. */
  readonly servers?: Pick<GuestServers, 'listen'>;
  readonly lookup: (host: string) => Promise<readonly Resolved[]>;
  readonly refuse: Refuse;
  readonly firstUse: FirstUse;
}

/** All that leads to `tls.connect`. */
const WITH_TLS = ['tls', '_tls_common', '_tls_wrap', 'http', '_http_agent', '_http_client', 'https', 'http2'];

/** `syncBuiltinESMExports` is left to the caller. */
export function patchNetwork({ tunnels, servers, lookup, refuse, firstUse }: NetworkPorts): void {
  const load = process.getBuiltinModule.bind(process);
  /** Names by the addresses that the plugin was told, for libraries that look up first and connect to what they got. */
  const names = new Map<string, string>();
  const refuseUnix = refusing(refuse, { permission: NEVER, resource: 'a unix socket' });
  patchSockets({ tunnels, refuse, refuseUnix, nameOf: (host) => names.get(host) ?? host });
  // As it is now: later, the plugin may have put something else in its place.
  const { env } = process;
  const withTls = onlyOnce(() => {
    patchTls(load('node:tls'), refuseUnix);
    keepCertificates(load('node:tls'), env);
  });
  firstUse.onModules(WITH_TLS, withTls);
  firstUse.onFetch(withTls);
  const remembering = async (host: string): Promise<readonly Resolved[]> => {
    const addresses = await lookup(host);
    for (const { address } of addresses) if (address !== host && names.size < 10_000) names.set(address, host);
    return addresses;
  };
  firstUse.onModules(['dns', 'dns/promises'], () => patchDns(load('node:dns'), refuse, remembering));
  patchServers(servers?.listen, refusing(refuse, { permission: NEVER, resource: 'listening on anything but a port' }));
  firstUse.onModules(['dgram'], () => refuseDatagrams(load('node:dgram'), refuse));
}

interface ConnectOptions {
  readonly host?: string;
  readonly port?: number | string;
  readonly path?: string | null;
  readonly timeout?: number;
}

interface SocketPatch {
  readonly tunnels: NetworkPorts['tunnels'];
  readonly refuse: Refuse;
  readonly refuseUnix: () => never;
  readonly nameOf: (host: string) => string;
}

function patchSockets({ tunnels, refuse, refuseUnix, nameOf }: SocketPatch): void {
  const prototype = net.Socket.prototype as unknown as Record<string, unknown>;
  const plainWrite = prototype['write'];
  prototype['connect'] = function connect(this: net.Socket, ...args: unknown[]) {
    const fields = this as unknown as Record<string, unknown>;
    const { options, callback } = readConnect(args);
    // `http` hands over a path of null.
    if (typeof options.path === 'string') refuseUnix();
    const port = readPort(options.port);
    if (this.destroyed) revive(fields);
    // Node replaces `write` on a socket whose other side has ended.
    fields['write'] = plainWrite;
    if (callback) this.once('connect', callback);
    if (options.timeout !== undefined) this.setTimeout(options.timeout);
    const host = nameOf(options.host ?? 'localhost');
    if (host.includes('\n'))
      throw refuse({ permission: 'network', resource: 'a connection to a host with a line feed' });
    tunnels.connect(this, { host, port });
    return this;
  };
}

function readPort(given: unknown): number {
  const port = Number(given);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new RangeError(`${String(given)} is no port`);
}

function revive(socket: Record<string, unknown>): void {
  socket['_handle'] = null;
  socket['_peername'] = undefined;
  (socket['_undestroy'] as (() => void) | undefined)?.call(socket);
}

/** The forms of `socket.connect`; Node itself hands over `[options, callback]` as one list. */
function readConnect(args: readonly unknown[]): {
  readonly options: ConnectOptions;
  readonly callback: (() => void) | undefined;
} {
  const [first, ...rest] = Array.isArray(args[0]) ? (args[0] as readonly unknown[]) : args;
  const callback = rest.find((value) => typeof value === 'function') as (() => void) | undefined;
  if (typeof first === 'object' && first !== null) return { options: first, callback };
  if (typeof first === 'string' && !/^\d+$/.test(first)) return { options: { path: first }, callback };
  const [host] = rest;
  const port = first as number | string;
  return { options: typeof host === 'string' ? { port, host } : { port }, callback };
}

type TlsConnect = (options: tls.ConnectionOptions, callback?: () => void) => tls.TLSSocket;

/** TLS makes a handle of its own unless it is given a socket. */
function patchTls(target: typeof tls, refuseUnix: () => never): void {
  const original = target.connect as TlsConnect;
  const connect = (...args: unknown[]): tls.TLSSocket => {
    const { options, callback } = readTlsConnect(args);
    if (options.socket) return original(options, callback);
    if (typeof options.path === 'string') refuseUnix();
    const { host = 'localhost', port, timeout } = options;
    const socket = net.connect({ host, port: port ?? 443 });
    const servername = options.servername ?? (net.isIP(host) === 0 ? host : '');
    const secure = original({ ...options, servername, socket }, callback);
    if (timeout !== undefined) secure.setTimeout(timeout);
    return secure;
  };
  (target as { connect: unknown }).connect = connect;
}

/** Those of the system are read from where these variables say, past the permission model. */
function keepCertificates(target: typeof tls, env: NodeJS.ProcessEnv): void {
  // Since Node 22.15.
  if (!('getCACertificates' in target)) return;
  const original = target.getCACertificates;
  const fromSystem = (type?: Parameters<typeof original>[0]): string[] => {
    for (const name of ['SSL_CERT_FILE', 'SSL_CERT_DIR']) delete env[name];
    return original(type);
  };
  Object.assign(target, { getCACertificates: fromSystem });
}

function readTlsConnect(args: readonly unknown[]): {
  readonly options: tls.ConnectionOptions;
  readonly callback: (() => void) | undefined;
} {
  const callback = args.find((value) => typeof value === 'function') as (() => void) | undefined;
  const objects = args.filter((value) => typeof value === 'object' && value !== null);
  const [port, host] = args;
  return {
    options: Object.assign(
      {},
      typeof port === 'object' ? {} : { port: Number(port) },
      typeof host === 'string' ? { host } : {},
      ...objects,
    ) as tls.ConnectionOptions,
    callback,
  };
}

type LookupCallback = (error: unknown, address?: unknown, family?: number) => void;
type Lookup = (host: string) => Promise<readonly Resolved[]>;

function patchDns(target: typeof dns, refuse: Refuse, lookup: Lookup): void {
  const find = async (host: string, given: unknown): Promise<unknown> => {
    const { family, all } = readLookup(given);
    const isAddress = net.isIP(host);
    const found = isAddress === 0 ? await lookup(host) : [{ address: host, family: isAddress }];
    const fitting = found.filter((one) => family === 0 || one.family === family);
    if (fitting.length === 0) throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
    return all ? fitting : fitting[0];
  };
  const callbackLookup = (host: string, ...rest: unknown[]): void => {
    const callback = rest.at(-1) as LookupCallback;
    const answer = (found: unknown): void => {
      if (Array.isArray(found)) callback(null, found);
      else callback(null, (found as Resolved).address, (found as Resolved).family);
    };
    // oxlint-disable-next-line promise/no-callback-in-promise -- the callback is what `dns.lookup` promises
    find(host, rest[0]).then(answer, (error: unknown) => callback(error));
  };
  const refused = refusing(refuse, { permission: NEVER, resource: 'asking a name server' });
  const { promises, Resolver } = target;
  for (const module of [target, promises, Resolver.prototype, promises.Resolver.prototype])
    refuseFunctions(module, /^(resolve|reverse|lookupService|setServers|setLocalAddress)/, refused);
  Object.assign(target, { lookup: callbackLookup });
  Object.assign(promises, { lookup: find });
}

function readLookup(given: unknown): { readonly family: number; readonly all: boolean } {
  if (typeof given === 'number') return { family: given, all: false };
  const { family = 0, all = false } = (typeof given === 'object' && given !== null ? given : {}) as dns.LookupOptions;
  return { family: Number(String(family).replace('IPv', '')), all: all };
}

function refuseDatagrams(target: typeof dgram, refuse: Refuse): void {
  const datagrams = refusing(refuse, { permission: NEVER, resource: 'a UDP socket' });
  refuseFunctions(target.Socket.prototype, /^(bind|send|connect|addMembership)$/, datagrams);
  Object.assign(target, { createSocket: datagrams });
}

function refuseFunctions(owner: object, names: RegExp, refused: () => never): void {
  for (const name of Object.getOwnPropertyNames(owner))
    if (names.test(name)) Object.defineProperty(owner, name, { value: refused, configurable: true, writable: true });
}
