import { escapeTest } from '../support/escape.ts';

escapeTest('nothing is listened on', {
  permissions: { network: ['localhost:1'] },
  attempts: () => `
    import http from 'node:http';
    import http2 from 'node:http2';
    import https from 'node:https';
    import net from 'node:net';
    import tls from 'node:tls';
    const listening = (server, ...where) => new Promise((resolve, reject) => server.on('error', reject).listen(...where, () => resolve(server.address())));
    export const attempts = {
      control: () => (http.createServer() ? 'works' : ''),
      net: () => listening(net.createServer(), 0),
      host: () => listening(net.createServer(), { host: '0.0.0.0', port: 0 }),
      http: () => listening(http.createServer(), 0),
      https: () => listening(https.createServer(), 0),
      http2: () => listening(http2.createServer(), 0),
      tls: () => listening(tls.createServer(), 0),
      descriptor: () => listening(net.createServer(), { fd: 1 }),
      path: ({ dataDir }) => listening(net.createServer(), dataDir + '/s'),
    };`,
});
