/**
 * Which hosts and ports a plugin may reach: its `network` grants, read once.
 *
 * Everything that is asked here comes from the guest, and so does the name that a server answers for: a granted name that
 * resolves to a private address is refused, unless the grant says such an address itself or the user's own
 * configuration does.
 */
import { isIP, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { isPublicAddress } from '@ar-registry/io/net-address';
import type { Resolved } from '../bridge/protocol.ts';
import type { ResolveHost } from './name-lookups.ts';

export interface NetworkRule {
  /** The grant as it is written. */
  readonly grant: string;
  /** Lower case, ASCII; an address in its shortest form; `*.` in front for all names below. */
  readonly host: string;
  /** Absent for any port. */
  readonly port?: number;
  /** From a value that the user configured: may lie in a private network. */
  readonly isConfigured: boolean;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'ws:': 80,
  'wss:': 443,
  'postgres:': 5432,
  'postgresql:': 5432,
  'mysql:': 3306,
  'mariadb:': 3306,
  'redis:': 6379,
  'rediss:': 6379,
  'mongodb:': 27017,
  'amqp:': 5672,
  'amqps:': 5671,
  'nats:': 4222,
  'mqtt:': 1883,
  'mqtts:': 8883,
};

/** Reads the grants. @param value what the user gave for a key, as text; undefined if nothing */
export function readNetworkRules(
  grants: readonly string[],
  value: (key: string, grant: string) => string | undefined,
): readonly NetworkRule[] {
  return grants.flatMap((grant) => {
    const key = /^\$\{(.+)\}$/.exec(grant)?.[1];
    const rule = key === undefined ? parseHostPort(grant) : parseConfigured(value(key, grant));
    return rule ? [{ grant, isConfigured: key !== undefined, ...rule }] : [];
  });
}

/** The rule that allows a host and port: one that the user configured, if there is any, since it allows more addresses. */
export function findRule(rules: readonly NetworkRule[], host: string, port?: number): NetworkRule | undefined {
  const name = canonicalHost(host);
  if (name === undefined) return undefined;
  const fitting = rules.filter((rule) => matchesHost(rule.host, name) && matchesPort(rule, port));
  return fitting.find(({ isConfigured }) => isConfigured) ?? fitting[0];
}

/** Lower case, ASCII, without a final dot; addresses in their shortest form. Undefined if it is no host. */
export function canonicalHost(host: string): string | undefined {
  const bare = host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  if (isIPv6(bare)) return URL.parse(`http://[${bare}]/`)?.hostname.slice(1, -1);
  // Also turns 2130706433, 0x7f.1 and 127.1 into the address that the resolver would take them for.
  const name = domainToASCII(bare.toLowerCase());
  return name === '' || name.length > 253 ? undefined : name;
}

export interface AddressPorts {
  readonly resolve: ResolveHost;
  /** Says how this machine is connected now: whether an address that looks public is its own, or beside it. */
  readonly ownNetwork: () => (address: string) => boolean;
}

/**
 * The addresses that a connection under a rule may go to. Connect to one of these, not to the name: it could be another
 * address by then.
 *
 * @returns none if the name resolves to what the rule does not allow
 */
export async function resolveUnder(
  rule: NetworkRule,
  host: string,
  { resolve, ownNetwork }: AddressPorts,
): Promise<readonly Resolved[]> {
  const name = canonicalHost(host) ?? '';
  const family = isIP(name);
  // The grant names the address itself, or the user did.
  if (family === 4 || family === 6) return [{ address: name, family }];
  if (name === 'localhost') return (await resolve(name)).filter(({ address }) => isLoopback(address));
  const addresses = await resolve(name);
  if (rule.isConfigured) return addresses;
  const isOwn = ownNetwork();
  return addresses.filter(({ address }) => isPublicAddress(address) && !isOwn(address));
}

function matchesHost(pattern: string, name: string): boolean {
  if (!pattern.startsWith('*.')) return pattern === name;
  return isIP(name) === 0 && name.endsWith(pattern.slice(1)) && name.length > pattern.length - 1;
}

function matchesPort({ port }: NetworkRule, asked: number | undefined): boolean {
  return port === undefined || asked === undefined || port === asked;
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

type HostPort = Pick<NetworkRule, 'host' | 'port'>;

function parseHostPort(text: string): HostPort | undefined {
  const [, host = '', digits] = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(text) ?? [];
  return toHostPort(host, digits);
}

/** A configured value is a URL, `host:port`, or a host. */
function parseConfigured(value: string | undefined): HostPort | undefined {
  if (value === undefined) return undefined;
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? URL.parse(value) : null;
  if (!url) return parseHostPort(value.trim());
  const port = url.port === '' ? DEFAULT_PORTS[url.protocol] : Number(url.port);
  return toHostPort(url.hostname, port === undefined ? undefined : String(port));
}

function toHostPort(text: string, digits: string | undefined): HostPort | undefined {
  const wildcard = text.startsWith('*.');
  const host = canonicalHost(wildcard ? text.slice(2) : text);
  if (host === undefined) return undefined;
  return { host: wildcard ? `*.${host}` : host, ...(digits === undefined ? {} : { port: Number(digits) }) };
}
