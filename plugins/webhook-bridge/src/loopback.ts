import { BlockList, isIP } from 'node:net';

/** Whether a host name or address, without port, stands for this machine alone: `127.0.0.0/8`, `::1`, `localhost`. */
export function isLoopbackHost(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(address);
  if (family === 0) return address.toLowerCase() === 'localhost';
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  return loopback.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Whether a `Host` header names this machine.
 *
 * A page in the user's browser whose own host name was rebound to 127.0.0.1 sends its own name here, and is refused.
 */
export function isLoopbackHostHeader(header: string | undefined): boolean {
  const url = URL.parse(`http://${header ?? ''}`);
  return url !== null && header !== '' && isLoopbackHost(url.hostname);
}
