import { describe, expect, test } from 'vitest';
import type { Resolved } from '../bridge/protocol.ts';
import { isPublicAddress } from '@ar-registry/io/net-address';
import { canonicalHost, findRule, readNetworkRules, resolveUnder } from './network-rules.ts';

const VALUES: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgres://user:pass@db.internal/app',
  API: 'https://api.example.com:8443/v1',
  HOST: 'queue.example',
  PLACE: 'cache.example:6380',
};

const allows = (grant: string, host: string, port?: number): boolean =>
  findRule(
    readNetworkRules([grant], (key) => VALUES[key]),
    host,
    port,
  ) !== undefined;

describe('a network grant', () => {
  test.each([
    ['slack.com', 'slack.com', 443],
    ['slack.com', 'SLACK.com.', 80],
    ['slack.com:443', 'slack.com', 443],
    ['*.slack.com', 'a.slack.com', 443],
    ['*.slack.com', 'a.b.slack.com', 443],
    ['localhost:5432', 'localhost', 5432],
    ['127.0.0.1:80', '127.0.0.1', 80],
    ['127.0.0.1:80', '2130706433', 80],
    ['[::1]:80', '::1', 80],
    ['[::1]:80', '[0:0:0:0:0:0:0:1]', 80],
    ['${DATABASE_URL}', 'db.internal', 5432],
    ['${API}', 'api.example.com', 8443],
    ['${HOST}', 'queue.example', 1],
    ['${PLACE}', 'cache.example', 6380],
    ['bücher.example', 'xn--bcher-kva.example', 443],
  ])('%s allows %s on port %i', (grant, host, port) => {
    expect(allows(grant, host, port)).toBe(true);
  });

  test.each([
    ['slack.com', 'evil-slack.com', 443],
    ['slack.com', 'slack.com.evil.example', 443],
    ['slack.com', 'a.slack.com', 443],
    ['slack.com:443', 'slack.com', 80],
    ['*.slack.com', 'slack.com', 443],
    ['*.slack.com', '.slack.com', 443],
    ['*.slack.com', 'evilslack.com', 443],
    ['*.0.0.1', '127.0.0.1', 80],
    ['localhost:5432', '127.0.0.1', 5432],
    ['localhost:5432', 'localhost', 5433],
    ['127.0.0.1:80', '::ffff:127.0.0.1', 80],
    ['${DATABASE_URL}', 'db.internal', 22],
    ['${MISSING}', 'anything', 1],
    ['slack.com', 'slack.com\0.evil.example', 443],
    ['slack.com', '', 443],
  ])('%s does not allow %j on port %i', (grant, host, port) => {
    expect(allows(grant, host, port)).toBe(false);
  });
});

function toResolved(address: string): Resolved {
  return { address, family: address.includes(':') ? 6 : 4 };
}

const resolved = async (grant: string, host: string, ...list: string[]): Promise<string[]> => {
  const [rule] = readNetworkRules([grant], (key) => VALUES[key]);
  if (!rule) throw new Error('no rule');
  const ports = { resolve: () => Promise.resolve(list.map(toResolved)), ownNetwork: () => () => false };
  return (await resolveUnder(rule, host, ports)).map(({ address }) => address);
};

describe('a name that is allowed', () => {
  test('leads to public addresses only', async () => {
    expect(await resolved('a.example', 'a.example', '10.0.0.1', '93.184.216.34', '::1')).toEqual(['93.184.216.34']);
  });

  test('leads anywhere if the user configured it', async () => {
    expect(await resolved('${DATABASE_URL}', 'db.internal', '10.0.0.1')).toEqual(['10.0.0.1']);
  });

  test('leads anywhere if the user configured it, also where the package names it before', () => {
    const rules = readNetworkRules(['*.internal', 'db.internal', '${DATABASE_URL}'], (key) => VALUES[key]);
    expect(findRule(rules, 'db.internal', 5432)).toMatchObject({ isConfigured: true });
    expect(findRule(rules, 'db.internal', 22)).toMatchObject({ isConfigured: false });
  });

  test('is not looked up if it is an address', async () => {
    expect(await resolved('10.0.0.1:80', '10.0.0.1', '8.8.8.8')).toEqual(['10.0.0.1']);
  });

  test('leads to this machine alone if it is localhost', async () => {
    expect(await resolved('localhost', 'localhost', '8.8.8.8', '127.0.0.1')).toEqual(['127.0.0.1']);
  });
});

test.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2001:4860:4860::8888'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each(
  '0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.255 169.254.169.254 172.16.0.1 172.31.255.255 192.168.0.1 198.19.0.1 224.0.0.1 255.255.255.255 :: ::1 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808:: 2001::1 2001:db8::1 fc00::1 fd12::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 3fff::1 nonsense'.split(
    ' ',
  ),
)('%s is not', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test('a host that is none has no canonical form', () => {
  expect(canonicalHost('a b')).toBeUndefined();
  expect(canonicalHost('x'.repeat(300))).toBeUndefined();
});
