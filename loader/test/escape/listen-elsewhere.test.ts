import { vi } from 'vitest';
import { escapeTest, type Seen } from '../support/escape.ts';
import { isOpen } from '../support/ports.ts';

const REFUSED = ['0.0.0.0:48211', '127.0.0.1:48212', '[::]:48211'];

escapeTest('a plugin that may listen on one address listens on no other, and on nothing but ports', {
  permissions: { listen: ['127.0.0.1:0', '127.0.0.1:48211'] },
  attempts: () => `
    import dgram from 'node:dgram';
    import http from 'node:http';
    import net from 'node:net';
    const listening = (server, ...where) => new Promise((resolve, reject) => server.on('error', reject).listen(...where, () => resolve(server.address().port)));
    const tcp = (...where) => listening(net.createServer((socket) => socket.end('works')), ...where);
    export const attempts = {
      control: async () => (await tcp(0)) > 0 && (await tcp(48211, 'localhost')) === 48211 ? 'works' : '',
      otherPort: () => tcp(48212),
      otherPortOfHttp: () => listening(http.createServer(), { port: '48212' }),
      everywhere: () => tcp(48211, '0.0.0.0'),
      everywhere6: () => tcp({ port: 48211, host: '::' }),
      everywhereInOtherWords: () => tcp(0, '0'),
      everywhereMapped: () => tcp(0, '::ffff:0.0.0.0'),
      otherLoopback: () => tcp(48211, '127.0.0.2'),
      otherFamily: () => tcp(48211, '::1'),
      name: () => tcp(0, 'example.com'),
      lineFeed: () => tcp(0, '127.0.0.1\\n0.0.0.0'),
      wrapped: () => tcp({ port: 65536 + 48212 }),
      negative: () => tcp(-1),
      many: () => Promise.all(Array.from({ length: 20 }, () => tcp(0))),
      path: ({ dataDir }) => tcp(dataDir + '/s'),
      pathOption: ({ dataDir }) => tcp({ path: dataDir + '/s', port: 0 }),
      abstract: () => tcp('\\0name'),
      descriptor: () => tcp({ fd: 0 }),
      pipe: () => tcp({ fd: 3 }),
      handle: () => tcp(new net.Socket()),
      ownHandle: () => tcp({ _handle: { fd: 3, getAsyncId: () => 1 } }),
      internal: () => net.createServer()._listen2('0.0.0.0', 48212, 4, 1),
      bound: () => new net.BoundSocket({ port: 48212 }),
      datagrams: () => new Promise((resolve, reject) => dgram.createSocket('udp4').on('error', reject).bind(0, resolve)),
      cluster: async () => (await import('node:cluster')).default.isPrimary,
      child: async () => (await import('node:child_process')).spawn('nc', ['-l', '48212']),
      thread: async () => new (await import('node:worker_threads')).Worker("require('net').createServer().listen(0)", { eval: true }),
    };`,
  observe: async ({ planted }: Seen) => ({
    log: await vi.waitFor(() => {
      const told = [...planted.log().matchAll(/"permission":"listen: \[(.+?)\]"/g)].map(([, address]) => address);
      if (!REFUSED.every((address) => told.includes(address)))
        throw new Error(`of what was refused it tells ${told.join(', ')}`);
    }),
    own: await isOpen(48211),
    others: await Promise.all([isOpen(48212), isOpen(48211, '127.0.0.2'), isOpen(48211, '::1')]),
  }),
  observed: { log: undefined, own: true, others: [false, false, false] },
});
