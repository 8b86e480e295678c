import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Source } from '@ar-registry/schemas';
import { isLoopbackAddress, isPublicAddress } from '@ar-registry/io/net-address';
import type { Route } from './build-source.ts';

/**
 * How git may reach the repository of a source: over https to the public internet, at the very addresses that were looked
 * at here, and without redirects. `url` is attacker-controlled, and git would follow it into the network of the runner.
 *
 * @param allowLocal whether repositories of this machine may be cloned: `file:`, and loopback
 */
export async function routeTo({ url }: Source, allowLocal: boolean): Promise<Route> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (allowLocal && parsed?.protocol === 'file:') return { kind: 'reachable', protocols: ['file'], config: [] };
  const protocol = parsed && protocolOf(parsed, allowLocal);
  if (!parsed || !protocol) return refused('only https addresses are cloned.');
  if (parsed.username !== '' || parsed.password !== '') return refused('its address holds credentials.');
  return routeToHost(parsed, { protocol, allowLocal });
}

async function routeToHost(
  { hostname, port }: URL,
  { protocol, allowLocal }: { readonly protocol: keyof typeof PORTS; readonly allowLocal: boolean },
): Promise<Route> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const isLiteral = isIP(host) !== 0;
  const addresses = isLiteral ? [host] : await resolve(host);
  if (addresses.length === 0) return refused('its host is not known.');
  const isFine = (address: string): boolean => isPublicAddress(address) || (allowLocal && isLoopbackAddress(address));
  if (!addresses.every(isFine)) return refused('its address is none of the public internet.');
  const pinned = `${host}:${port || PORTS[protocol]}:${addresses.join(',')}`;
  return { kind: 'reachable', protocols: [protocol], config: isLiteral ? [] : [`http.curloptResolve=${pinned}`] };
}

const PORTS = { https: '443', http: '80' } as const;

function protocolOf({ protocol }: URL, allowLocal: boolean): keyof typeof PORTS | undefined {
  if (protocol === 'https:') return 'https';
  return allowLocal && protocol === 'http:' ? 'http' : undefined;
}

async function resolve(host: string): Promise<readonly string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return []; // whatever DNS says against it, there is nowhere to connect to
  }
}

function refused(reason: string): Route {
  return { kind: 'refused', reason };
}
