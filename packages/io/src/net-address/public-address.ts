/**
 * Which addresses are somebody else's, on the public internet.
 *
 * The pipeline fetches from addresses that strangers write into records, and the sandbox connects plugins to hosts by
 * name. From a network of its own they could reach what only that network may see: other services, and the metadata of a
 * cloud, which hands out credentials.
 */
import { BlockList, isIP } from 'node:net';

/** @source IANA IPv4 Special-Purpose Address Registry; multicast and reserved space (RFC 1112, RFC 5771) */
const NOT_PUBLIC_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** What of the one block of IPv6 that is given out, 2000::/3, leads elsewhere: tunnels that carry IPv4, documentation. */
const NOT_PUBLIC_V6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

/** Azure answers its virtual machines at this one, which looks public. */
const METADATA_V4 = '168.63.129.16';

interface Lists {
  readonly notPublic: BlockList;
  /** What of IPv6 is given out at all. */
  readonly given: BlockList;
  readonly loopback: BlockList;
}

let made: Lists | undefined;

/** Made for the first address, and the same ever after. */
function lists(): Lists {
  made ??= makeLists();
  return made;
}

function makeLists(): Lists {
  const [notPublic, given, loopback] = [new BlockList(), new BlockList(), new BlockList()];
  for (const [net, bits] of NOT_PUBLIC_V4) notPublic.addSubnet(net, bits, 'ipv4');
  for (const [net, bits] of NOT_PUBLIC_V6) notPublic.addSubnet(net, bits, 'ipv6');
  notPublic.addAddress(METADATA_V4, 'ipv4');
  given.addSubnet('2000::', 3, 'ipv6');
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  return { notPublic, given, loopback };
}

/** Whether `address`, an IP address, is of the public internet. False for what is none. */
export function isPublicAddress(address: string): boolean {
  const { notPublic, given } = lists();
  const family = isIP(address);
  if (family === 4) return !notPublic.check(address, 'ipv4');
  // What maps or embeds an IPv4 address (::ffff:0:0/96, 64:ff9b::/96) lies outside of 2000::/3.
  return family === 6 && given.check(address, 'ipv6') && !notPublic.check(address, 'ipv6');
}

export function isLoopbackAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && lists().loopback.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
