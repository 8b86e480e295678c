/**
 * Addresses that look public and lead home: those of this machine, which reach what listens here past the firewall in
 * front of it, and those beside them on a link of IPv6, where every printer has one.
 */
import { BlockList, isIPv6 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';

export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** @param interfaces as `os.networkInterfaces` tells them @returns whether an address is one of these */
export function ownNetwork(interfaces: Interfaces): (address: string) => boolean {
  const own = new BlockList();
  for (const { family, address, cidr } of Object.values(interfaces).flatMap((each) => each ?? [])) {
    // Beside an address of version 4, others may be anybody's.
    const bits = family === 'IPv6' ? Number(cidr?.split('/')[1] ?? 128) : 32;
    own.addSubnet(withoutZone(address), bits, family === 'IPv6' ? 'ipv6' : 'ipv4');
  }
  return (address) => own.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

function withoutZone(address: string): string {
  return address.split('%')[0] ?? address;
}
