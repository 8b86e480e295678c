import type { Use } from '../uses/index.ts';
import { memberOf } from '../values/members.ts';
import { alternatives, textOf, type SingleValue, type Value } from '../values/value.ts';
import type { Detector, DetectorInput } from './detector.ts';

const BY_URL =
  /^(?:fetch|WebSocket|EventSource|WebSocketStream|navigator sendBeacon|node:https? (?:request|get|ClientRequest)|node:http2 connect)$/;
/** Packages that make requests, and what of them makes none. */
const CLIENT =
  /^npm:(?:undici|ws|axios|got|node-fetch|cross-fetch|superagent|ky|request|needle|isomorphic-fetch|websocket|eventsource|socket\.io-client)(?: default)?(?: (.*))?$/;
const QUIET =
  /^(?:Agent|WebSocketServer|Server|interceptors|defaults|is\w+|\w*Error|Headers|FormData|mockTransport|setGlobalDispatcher|getGlobalDispatcher|(?:WebSocket )?(?:CONNECTING|OPEN|CLOSING|CLOSED))(?: |$)/;
const BY_PORT = /^node:(?:net (?:connect|createConnection|Socket \(\) connect|Stream \(\) connect)|tls connect)$/;
const UNTOLD =
  /^(?:XMLHttpRequest|RTCPeerConnection|node:net (?:Socket|Stream)|node:dgram (?:createSocket|Socket)|node:tls TLSSocket|node:quic.*|node:dns (?:promises )?(?:lookup|lookupService|resolve\w*|reverse|Resolver)|node:https? Agent \(\) createConnection)$/;

export const network: Detector = {
  about: 'the hosts that are contacted',
  check(input) {
    for (const use of input.uses) checkUse(use, input);
  },
};

function checkUse(use: Use, input: DetectorInput): void {
  const { path, how, node, isOrigin } = use;
  if (!connects(path.join(' '))) return;
  const isHandedOn = how === 'passed' && isOrigin && !path.includes('()');
  const untold = isHandedOn ? [undefined] : [];
  for (const name of how === 'called' ? hostsOfCall(use, input) : untold)
    input.report.need({ kind: 'network', name }, node);
}

function connects(name: string): boolean {
  return BY_URL.test(name) || BY_PORT.test(name) || UNTOLD.test(name) || isClient(name);
}

function isClient(name: string): boolean {
  const client = CLIENT.exec(name);
  return client !== null && !QUIET.test(client[1] ?? '');
}

function hostsOfCall({ path, args }: Use, input: DetectorInput): readonly (string | undefined)[] {
  const name = path.join(' ');
  const [first, second] = args ?? [];
  // What it connects to is told later, by a method.
  if (/^node:net (?:Socket|Stream)$/.test(name)) return [];
  if (name.startsWith('node:dns ') && first) return alternatives(first).map((value) => hostName(textOf(value)));
  if (UNTOLD.test(name)) return [undefined];
  if (BY_PORT.test(name)) return hostsOfPort(first, second, input);
  const hosts = first ? alternatives(first).flatMap((value) => hostsOf(value, input)) : [undefined];
  // An instance that was made with its host takes paths from then on; a whole URL is told all the same.
  return isInstance(path) ? hosts.filter((host) => host !== undefined) : hosts;
}

/** Of `axios.create(…)`, and what it is made by. */
function isInstance(path: readonly string[]): boolean {
  return path.includes('()') || /^(?:create|extend)$/.test(path.at(-1) ?? '');
}

/** `connect(port, host)`, `connect({ port, host })`, `connect('/path/of/socket')`. */
function hostsOfPort(
  first: Value | undefined,
  host: Value | undefined,
  input: DetectorInput,
): readonly (string | undefined)[] {
  if (!first) return [undefined];
  if (first.kind === 'own') return hostsOfOptions(first, input);
  const target = textOf(first);
  if (target === undefined) return [host && hostName(textOf(host))];
  if (!/^\d+$/.test(target)) return [`unix:${target}`];
  const name = host && host.kind !== 'own' ? hostName(textOf(host)) : 'localhost';
  return [name === undefined ? undefined : `${name}:${target}`];
}

function hostsOf(value: SingleValue, input: DetectorInput): readonly (string | undefined)[] {
  if (value.kind === 'own') return hostsOfOptions(value, input);
  const text = value.kind === 'prefix' ? authorityOf(value.text) : textOf(value);
  return [text === undefined ? undefined : hostOfUrl(text)];
}

/** As much of a text as certainly holds the whole host. */
function authorityOf(prefix: string): string | undefined {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#\\]+[/?#\\]/i.exec(prefix)?.[0];
}

function hostOfUrl(text: string): string | undefined {
  const url = URL.parse(text);
  // Code in the URL itself comes from no host.
  if (url && /^(?:data|blob):$/.test(url.protocol)) return undefined;
  return url && url.host !== '' ? url.host : undefined;
}

/** The options of http.request, net.connect and of the common HTTP clients. */
function hostsOfOptions(options: Value, { evaluation }: DetectorInput): readonly (string | undefined)[] {
  const option = (...keys: readonly string[]): Option =>
    keys.map((key) => toOption(memberOf(options, key, evaluation))).find(({ kind }) => kind !== 'absent') ?? ABSENT;
  const url = option('url', 'baseURL', 'prefixUrl', 'uri');
  if (url.kind !== 'absent') return [url.kind === 'told' ? hostOfUrl(url.text) : undefined];
  const host = option('hostname', 'host');
  const port = option('port');
  const isSocket = host.kind === 'absent' && port.kind === 'absent';
  const socket = option('socketPath', ...(isSocket ? ['path'] : []));
  if (socket.kind !== 'absent') return [socket.kind === 'told' ? `unix:${socket.text}` : undefined];
  return [hostWithPort(host, port)];
}

type Option = { readonly kind: 'absent' | 'untold' } | { readonly kind: 'told'; readonly text: string };

const ABSENT: Option = { kind: 'absent' };

function toOption(value: Value): Option {
  if (value.kind !== 'constant') return { kind: 'untold' };
  return value.value === undefined ? ABSENT : { kind: 'told', text: String(value.value) };
}

function hostWithPort(host: Option, port: Option): string | undefined {
  if (host.kind === 'untold') return undefined;
  const name = hostName(host.kind === 'told' ? host.text : 'localhost');
  return name === undefined || port.kind !== 'told' || /:\d+$/.test(name) ? name : `${name}:${port.text}`;
}

/** As URLs spell it: lower case, punycode. */
function hostName(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  return URL.parse(`x://${text}`)?.host.toLowerCase() || text;
}
