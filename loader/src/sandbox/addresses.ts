/** @source https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry */
import { isIPv4, isIPv6 } from 'node:net';

const PRIVATE_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/**
 * Whether an address is reachable from anywhere: not loopback, private, link-local, multicast or reserved, nor an IPv6
 * form that carries an IPv4 address inside (mapped, NAT64, 6to4, Teredo), behind which anything may be.
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !PRIVATE_V4.some(([network, bits]) => isInV4(address, network, bits));
  return isIPv6(address) && isPublicV6(address);
}

/** Of IPv6, only 2000::/3 is given out; some of it for other uses. */
function isPublicV6(address: string): boolean {
  const [first = 0, second = 0] = firstGroups(address);
  if (first < 0x2000 || first > 0x3fff) return false;
  // 2001::/23 for protocols (Teredo is in it), 2001:db8::/32 for documents, 2002::/16 is 6to4, 3fff::/20 for documents.
  if (first === 0x2001 && (second < 0x0200 || second === 0x0db8)) return false;
  return first !== 0x2002 && !(first === 0x3fff && second < 0x1000);
}

function firstGroups(address: string): readonly number[] {
  const [withoutZone = ''] = address.split('%');
  if (withoutZone.startsWith('::')) return [0, 0];
  const [first = '0', second = '0'] = withoutZone.split(':');
  return [Number.parseInt(first, 16), second === '' ? 0 : Number.parseInt(second, 16)];
}

function isInV4(address: string, network: string, bits: number): boolean {
  const shift = 32 - bits;
  return toNumber(address) >>> shift === toNumber(network) >>> shift;
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => ((sum << 8) | Number(part)) >>> 0, 0);
}
