import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { escapeTest } from '../support/escape.ts';

const path = join(tmpdir(), `ar-unix-${process.pid}.sock`);
let server: Server;
let connections = 0;

beforeAll(async () => {
  rmSync(path, { force: true });
  server = createServer((socket) => {
    connections += 1;
    socket.end('reached');
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
});
afterAll(() => server.close());

escapeTest('sockets of programs on this machine, that of the daemon among them, are not reached', {
  attempts: () => `
    import http from 'node:http';
    import net from 'node:net';
    import tls from 'node:tls';
    const path = ${JSON.stringify(path)};
    const connected = (socket) => new Promise((resolve, reject) => socket.on('connect', () => resolve('connected')).on('error', reject));
    export const attempts = {
      control: () => (net.isIP('127.0.0.1') === 4 ? 'works' : ''),
      path: () => connected(net.connect(path)),
      options: () => connected(net.createConnection({ path })),
      socket: () => connected(new net.Socket().connect({ path })),
      socketPath: () => new Promise((resolve, reject) => http.get({ socketPath: path }, resolve).on('error', reject)),
      tls: () => connected(tls.connect({ path })),
      abstract: () => connected(net.connect('\\0abstract')),
      daemon: ({ dataDir }) => connected(net.connect(dataDir + '/../../../relay.sock')),
      listen: ({ dataDir }) => new Promise((resolve, reject) => net.createServer().on('error', reject).listen(dataDir + '/own.sock', resolve)),
    };`,
  observe: () => connections,
  observed: 0,
});
