import type { Use } from '../uses/index.ts';
import { memberOf } from '../values/members.ts';
import { textOf, type Value } from '../values/value.ts';
import type { Detector, DetectorInput } from './detector.ts';

const SERVERS = '(?:createServer|createSecureServer|Server|SecureServer)';
/** What makes a server, which need not listen where it is made. */
const MAKERS = new RegExp(`^node:(?:net|tls|https?|http2) ${SERVERS}$`);
/** Servers of packages whose own code is not looked at. */
const FRAMEWORKS =
  'npm:(?:express|koa|polka|restify|connect|fastify|socket\\.io|@slack/bolt)(?: default)?(?: createServer| Server| fastify| App| HTTPReceiver| ExpressReceiver)?';
const LISTENS = new RegExp(
  `^(?:node:(?:net|tls|https?|http2) ${SERVERS}|${FRAMEWORKS}) \\(\\)(?: \\S+ \\(\\))* (?:listen|start)$`,
);
/** Made with their port. */
const AT_ONCE = /^npm:(?:ws(?: default)? (?:WebSocketServer|Server)|@hono\/node-server serve)$/;

export const listening: Detector = {
  about: 'the addresses that are listened on',
  check(input) {
    const { uses, report } = input;
    const calls = uses.filter(({ path, how }) => how === 'called' && isListening(path));
    for (const use of calls)
      for (const name of addressesOf(use, input)) report.need({ kind: 'listen', name }, use.node);
    if (calls.length > 0) return;
    // Whoever gets the server may listen anywhere.
    for (const { path, how, node } of uses)
      if (how === 'called' && MAKERS.test(path.join(' '))) report.need({ kind: 'listen', name: undefined }, node);
  },
};

function isListening(path: readonly string[]): boolean {
  const name = path.join(' ');
  return LISTENS.test(name) || AT_ONCE.test(name);
}

type Address = string | undefined;

/** `host:port`; `*` for a host that is left out; undefined for what is not told. */
function addressesOf({ path, args }: Use, input: DetectorInput): readonly Address[] {
  const [first, second] = args ?? [];
  const isAtOnce = AT_ONCE.test(path.join(' '));
  if (first?.kind === 'own' || first?.kind === 'record') return addressOfOptions(first, isAtOnce, input);
  const port = first && textOf(first);
  if (port === undefined) return isAtOnce ? [] : [undefined];
  return [/^\d+$/.test(port) ? toAddress(hostOf(second), port) : `unix:${port}`];
}

/** `listen(3000, '127.0.0.1')`; in its place may also stand how many may wait, or what is called. */
function hostOf(value: Value | undefined): Address {
  if (!value || value.kind === 'own') return ANY_HOST;
  const text = textOf(value);
  return text !== undefined && /^\d+$/.test(text) ? ANY_HOST : text;
}

const ANY_HOST = '*';

/** Absent, told, or neither. */
type Option = { readonly text?: string } | undefined;

function addressOfOptions(options: Value, isAtOnce: boolean, { evaluation }: DetectorInput): readonly Address[] {
  const option = (key: string): Option => {
    const value = memberOf(options, key, evaluation);
    if (value.kind !== 'constant') return undefined;
    return value.value === undefined ? {} : { text: String(value.value) };
  };
  const [port, host, path] = [option('port'), option('host'), option('path')];
  // A server that is handed over, or none: it listens where that one does.
  if (isAtOnce && port && port.text === undefined) return [];
  if (!port || !host || !path) return [undefined];
  return [toPlace(port.text, { host: host.text, path: path.text })];
}

interface Place {
  readonly host: string | undefined;
  readonly path: string | undefined;
}

function toPlace(port: string | undefined, { host = ANY_HOST, path }: Place): Address {
  return port === undefined && path !== undefined ? `unix:${path}` : toAddress(host, port ?? '0');
}

function toAddress(host: Address, port: string): Address {
  if (host === undefined) return undefined;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
