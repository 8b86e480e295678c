import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';
import type { ResolveHost } from '../../src/sandbox/name-lookups.ts';
import { escapeTest } from '../support/escape.ts';

let server: Server;
let port = 0;
let requests = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url !== '/control') requests += 1;
    response.end('works');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
  permissions.network.push(`localhost:${port}`);
});
afterAll(() => server.close());

/** What a hostile name server says of a name that was granted. */
const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  'loopback.example': ['127.0.0.1'],
  'zero.example': ['0.0.0.0'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'loopback6.example': ['::1'],
  'private.example': ['10.0.0.1', '192.168.1.1', '172.16.0.1', 'fd00::1'],
  'link-local.example': ['169.254.169.254', 'fe80::1'],
  'nat64.example': ['64:ff9b::7f00:1'],
};
const permissions = { network: Object.keys(ADDRESSES).concat('*.example') };
let changing = 0;

const resolveHost: ResolveHost = async (host) => {
  if (host === 'localhost') return [{ address: '127.0.0.1', family: 4 }];
  // The first answer is harmless, the next is not.
  if (host === 'changing.example') return [{ address: (changing += 1) === 1 ? '203.0.113.1' : '127.0.0.1', family: 4 }];
  return (ADDRESSES[host] ?? ['127.0.0.1']).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
};

escapeTest('a granted name that resolves to a private address is not connected to', {
  permissions,
  relay: { resolveHost },
  attempts: () => `
    const get = async (host) => (await fetch('http://' + host + ':${port}/')).text();
    const lookup = async (host) => (await import('node:dns/promises')).lookup(host);
    export const attempts = {
      control: async () => (await fetch('http://localhost:${port}/control')).text(),
      loopback: () => get('loopback.example'),
      zero: () => get('zero.example'),
      mapped: () => get('mapped.example'),
      loopback6: () => get('loopback6.example'),
      private: () => get('private.example'),
      linkLocal: () => get('link-local.example'),
      nat64: () => get('nat64.example'),
      below: () => get('any.name.example'),
      changing: () => get('changing.example'),
      changed: () => get('changing.example'),
      lookup: () => lookup('loopback.example'),
      decimal: () => get('2130706433'),
      hexadecimal: () => get('0x7f000001'),
      short: () => get('127.1'),
      literal: () => get('127.0.0.1'),
      literal6: () => get('[::1]'),
      mappedLiteral: () => get('[::ffff:127.0.0.1]'),
    };`,
  observe: () => requests,
  observed: 0,
});
