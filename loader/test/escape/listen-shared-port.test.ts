import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll } from 'vitest';
import { escapeTest } from '../support/escape.ts';

let server: Server;
let port = 0;

beforeAll(async () => {
  // Whoever listens so shares the port with others of the same user that ask for it, too.
  server = createServer((socket) => socket.end('somebody else')).listen({
    port: 0,
    host: '127.0.0.1',
    reusePort: true,
  });
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => server.close());

escapeTest('a port that somebody else listens on is not shared, also where both would', {
  get permissions() {
    return { listen: [`127.0.0.1:${port}`, `0.0.0.0:${port}`, '127.0.0.1:0'] };
  },
  attempts: () => `
    import net from 'node:net';
    const listening = (options) => new Promise((resolve, reject) => net.createServer((socket) => socket.end('stolen')).on('error', reject).listen(options, resolve));
    export const attempts = {
      control: async () => { await listening({ port: 0 }); return 'works'; },
      plain: () => listening({ port: ${port} }),
      reusePort: () => listening({ port: ${port}, host: '127.0.0.1', reusePort: true }),
      shared: () => listening({ port: ${port}, host: '127.0.0.1', exclusive: false }),
      // Linux lets the wider address be bound beside the narrower one, if both asked for that.
      wider: () => listening({ port: ${port}, host: '0.0.0.0', reusePort: true, exclusive: true }),
    };`,
  observe: async () => {
    const answers = Array.from({ length: 20 }, () => text(connect({ port, host: '127.0.0.1' })));
    return new Set(await Promise.all(answers));
  },
  observed: new Set(['somebody else']),
});
