import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test, vi } from 'vitest';
import { connectTo, lookUp, type OutboundPorts } from './outbound.ts';
import { readNetworkRules } from './network-rules.ts';
import { ownNetwork } from './own-network.ts';

const V4 = { family: 'IPv4', address: '198.41.0.4', cidr: '198.41.0.4/24', internal: false } as NetworkInterfaceInfo;
const V6 = {
  family: 'IPv6',
  address: '2a00:1450:1::5',
  cidr: '2a00:1450:1::5/64',
  internal: false,
} as NetworkInterfaceInfo;
const LOCAL = {
  family: 'IPv6',
  address: 'fe80::1%eth0',
  cidr: null,
  internal: false,
} as unknown as NetworkInterfaceInfo;
const INTERFACES = { eth0: [V4, V6, LOCAL], eth1: undefined };

test.each([
  ['198.41.0.4', true],
  ['198.41.0.5', false],
  ['2a00:1450:1::5', true],
  ['2a00:1450:1:0:ffff::9', true],
  ['2a00:1450:1:1::5', false],
  ['fe80::1', true],
  ['1.1.1.1', false],
])('%s is of this machine or beside it: %s', (address, expected) => {
  expect(ownNetwork(INTERFACES)(address)).toBe(expected);
});

function portsFor(grants: readonly string[], address: string, value?: string): OutboundPorts & { denied: string[] } {
  const denied: string[] = [];
  return {
    denied,
    rules: readNetworkRules(grants, () => value),
    resolve: async () => [{ address, family: address.includes(':') ? 6 : 4 }],
    ownNetwork: () => ownNetwork(INTERFACES),
    onDenied: (target, why) => denied.push(`${target}: ${why}`),
  };
}

const { signal } = new AbortController();
const many: OutboundPorts['resolve'] = async () =>
  Array.from({ length: 4_000 }, () => ({ address: '1.1.1.1', family: 4 }));

test.each([['198.41.0.4'], ['2a00:1450:1::9']])(
  'a granted name that resolves to %s, which leads home, is neither told nor connected to',
  async (address) => {
    const ports = portsFor(['api.example'], address);
    await expect(lookUp('api.example', signal, ports)).rejects.toMatchObject({ code: 'ERR_ACCESS_DENIED' });
    const connecting = connectTo({ host: 'api.example', port: 1 }, { signal, onSocket: () => undefined }, ports);
    await expect(connecting).rejects.toMatchObject({ code: 'ERR_ACCESS_DENIED' });
    expect(ports.denied[0]).toBe('api.example: it resolves to private addresses, or to this machine’s own, only');
  },
);

test('an address that is granted itself, and a name that the user configured, may lead home', async () => {
  const named = portsFor(['198.41.0.4'], '198.41.0.4');
  expect(await lookUp('198.41.0.4', signal, named)).toEqual([{ address: '198.41.0.4', family: 4 }]);
  const configured = portsFor(['${DATABASE_URL}'], '198.41.0.4', 'postgres://db.example/x');
  expect(await lookUp('db.example', signal, configured)).toEqual([{ address: '198.41.0.4', family: 4 }]);
  expect(await lookUp('api.example', signal, portsFor(['api.example'], '1.1.1.1'))).toHaveLength(1);
});

test('how this machine is connected is read once for all addresses of a name, however many there are', async () => {
  const ports = portsFor(['api.example'], '1.1.1.1');
  const ownNetworkOnce = vi.fn<OutboundPorts['ownNetwork']>(() => () => false);
  const found = await lookUp('api.example', signal, { ...ports, resolve: many, ownNetwork: ownNetworkOnce });
  expect(found).toHaveLength(4_000);
  expect(ownNetworkOnce).toHaveBeenCalledTimes(1);
});
