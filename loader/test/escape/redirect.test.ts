import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';
import { escapeTest } from '../support/escape.ts';

const servers: Server[] = [];
const permissions = { network: [] as string[] };
let granted = 0;
let other = 0;
let requests = 0;

beforeAll(async () => {
  other = await listen(
    createServer((_, response) => {
      requests += 1;
      response.end('reached');
    }),
  );
  granted = await listen(
    createServer((request, response) => {
      if (request.url === '/control') response.end('works');
      else response.writeHead(302, { location: `http://localhost:${other}/` }).end();
    }),
  );
  permissions.network.push(`localhost:${granted}`);
});
afterAll(() => {
  for (const server of servers) server.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

escapeTest('a granted host cannot redirect to one that is not', {
  permissions,
  attempts: () => `
    import http from 'node:http';
    const get = (options) => new Promise((resolve, reject) => http.get(options, (response) => resolve(response.statusCode)).on('error', reject));
    export const attempts = {
      control: async () => (await fetch('http://localhost:${granted}/control')).text(),
      followed: async () => (await fetch('http://localhost:${granted}/away')).text(),
      direct: async () => (await fetch('http://localhost:${other}/')).text(),
      hostHeader: () => get({ host: 'localhost', port: ${other}, headers: { host: 'localhost:${granted}' } }),
      lookupOption: () => get({ host: 'elsewhere.example', port: ${other}, lookup: (host, options, done) => done(null, '127.0.0.1', 4) }),
      servername: () => get({ host: 'localhost', port: ${other}, servername: 'localhost' }),
      credentials: async () => (await fetch('http://localhost:${granted}@localhost:${other}/')).text(),
    };`,
  observe: () => requests,
  observed: 0,
});
