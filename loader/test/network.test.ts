/** Unmodified ways of talking to a server, from a plugin that has no network of its own. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createNetServer, type AddressInfo, type Server as NetServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import type { Duplex } from 'node:stream';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeWorkDir } from './support/project.ts';
import { silenceRelay } from './support/relay.ts';
import { plantPlugin, RUNTIMES } from './support/sandbox.ts';

interface Listening {
  readonly port: number;
  close(): void;
}

const servers: Listening[] = [];
let plain: Listening;
let secure: Listening;
let secure2: Listening;
let echo: Listening;
let postgres: Listening;
let cert = '';

beforeAll(async () => {
  silenceRelay();
  const dir = mkdtempSync(join(tmpdir(), 'ar-tls-'));
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost',
      '-keyout',
      join(dir, 'key.pem'),
      '-out',
      join(dir, 'cert.pem'),
    ],
    { stdio: 'ignore' },
  );
  cert = readFileSync(join(dir, 'cert.pem'), 'utf8');
  const options = { key: readFileSync(join(dir, 'key.pem')), cert };
  const big = Buffer.alloc(3_000_000, 'x');
  const answer: Parameters<typeof createServer>[1] = (request, response) => {
    if (request.url === '/big') response.end(big);
    else if (request.method === 'POST') {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => (bytes += chunk.length)).on('end', () => response.end(String(bytes)));
    } else response.end(`hello ${request.url}`);
  };
  plain = await listen(createServer(answer).on('upgrade', greet));
  secure = await listen(createHttpsServer(options, answer));
  const http2 = createHttp2Server();
  http2.on('stream', (stream) => stream.end('hello h2'));
  secure2 = await listen(http2);
  echo = await listen(createNetServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)));
  postgres = await listen(createNetServer(speakPostgres));
});

afterAll(() => {
  for (const server of servers) server.close();
  removeWorkDir();
});

async function listen(server: NetServer): Promise<Listening> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const listening = { port: (server.address() as AddressInfo).port, close: () => server.close() };
  servers.push(listening);
  return listening;
}

/** Accepts a WebSocket and sends one text. */
function greet(request: IncomingMessage, socket: Duplex): void {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.write(Buffer.from([0x81, 2, 0x68, 0x69]));
  socket.on('error', () => undefined);
}

/** As much of the protocol as one query needs. */
function speakPostgres(socket: Socket): void {
  const ready = message('Z', Buffer.from('I'));
  let started = false;
  socket.on('data', (chunk) => {
    if (!started) {
      started = true;
      socket.write(Buffer.concat([message('R', Buffer.alloc(4)), ready]));
      return;
    }
    if (chunk.toString('latin1', 0, 1) !== 'Q') return;
    const column = Buffer.concat([
      Buffer.from('\0\x01answer\0', 'latin1'),
      Buffer.from('000000000000000000190000ffffffff0000'.slice(0, 36), 'hex'),
    ]);
    const row = Buffer.from('00010000000234 32'.replace(' ', ''), 'hex');
    socket.write(
      Buffer.concat([message('T', column), message('D', row), message('C', Buffer.from('SELECT 1\0')), ready]),
    );
  });
  socket.on('error', () => undefined);
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const MODULES = fileURLToPath(new URL('../../tools/agent-relay/node_modules/', import.meta.url));

describe.each(RUNTIMES)('on %s', (_, node) => {
  test('http, https, fetch, http2, WebSocket, net and pg reach granted hosts', async () => {
    const attempts = `
      import http from 'node:http';
      import https from 'node:https';
      import http2 from 'node:http2';
      import net, { connect } from 'node:net';
      import tls from 'node:tls';
      import dns from 'node:dns';
      import { text } from 'node:stream/consumers';
      const ca = ${JSON.stringify(cert)};
      const get = (module, options) => new Promise((resolve, reject) => module.get(options, async (response) => resolve(await text(response))).on('error', reject));
      export const attempts = {
        http: () => get(http, 'http://localhost:${plain.port}/a'),
        httpAgent: () => get(http, { host: 'localhost', port: ${plain.port}, path: '/k', agent: new http.Agent({ keepAlive: true }) }),
        https: () => get(https, { host: 'localhost', port: ${secure.port}, path: '/s', ca }),
        badCertificate: () => get(https, { host: 'localhost', port: ${secure.port}, path: '/s' }),
        fetch: async () => (await fetch('http://localhost:${plain.port}/f')).text(),
        fetchBig: async () => (await (await fetch('http://localhost:${plain.port}/big')).arrayBuffer()).byteLength,
        fetchPost: async () => (await fetch('http://localhost:${plain.port}/', { method: 'POST', body: 'y'.repeat(2_000_000) })).text(),
        http2: () => new Promise((resolve, reject) => {
          const session = http2.connect('http://localhost:${secure2.port}');
          session.on('error', reject);
          const stream = session.request({ ':path': '/' });
          text(stream).then((body) => { session.close(); resolve(body); }, reject);
          stream.end();
        }),
        net: async () => {
          const socket = connect(${echo.port}, 'localhost');
          socket.end('round trip');
          return text(socket);
        },
        netEvents: () => new Promise((resolve, reject) => {
          const socket = new net.Socket();
          const events = [];
          for (const name of ['connect', 'ready', 'end', 'close']) socket.on(name, () => events.push(name));
          socket.on('data', (data) => { events.push(String(data)); socket.end(); });
          socket.on('error', reject).on('close', () => resolve({ events, hasPort: socket.remotePort > 0 }));
          socket.connect({ port: ${echo.port}, host: 'localhost' }, () => socket.write('hi'));
        }),
        tls: () => new Promise((resolve, reject) => {
          const socket = tls.connect({ host: 'localhost', port: ${secure.port}, ca }, () => { resolve(socket.authorized); socket.destroy(); });
          socket.on('error', reject);
        }),
        startTls: () => new Promise((resolve, reject) => {
          const plain = net.connect(${secure.port}, 'localhost', () => {
            const socket = tls.connect({ socket: plain, servername: 'localhost', ca }, () => { resolve(socket.authorized); socket.destroy(); });
            socket.on('error', reject);
          });
        }),
        reconnect: () => new Promise((resolve, reject) => {
          const events = [];
          const socket = new net.Socket();
          socket.on('error', reject).on('data', (data) => { events.push(String(data)); socket.destroy(); });
          const connect = () => socket.connect(${echo.port}, 'localhost', () => { events.push(socket.connecting); socket.write('hi'); });
          socket.on('close', () => (events.length < 6 ? connect() : resolve(events)));
          connect();
        }),
        lookup: async () => (await dns.promises.lookup('localhost', { family: 4 })).address,
        otherPort: () => get(http, 'http://localhost:1/'),
        otherHost: async () => (await fetch('http://other.invalid/')).text(),
        otherHostHttp: () => get(http, 'http://other.invalid/'),
        otherHostTls: () => get(https, 'https://other.invalid/'),
        webSocket: () => new Promise((resolve, reject) => {
          const socket = new WebSocket('ws://localhost:${plain.port}/');
          socket.onmessage = ({ data }) => { socket.close(); resolve(data); };
          socket.onerror = (event) => reject(event.error ?? new Error('refused'));
        }),
        pg: async () => {
          const { default: pg } = await import('pg');
          const client = new pg.Client({ host: 'localhost', port: ${postgres.port}, user: 'u', database: 'd', ssl: false });
          await client.connect();
          const { rows } = await client.query('select 42');
          await client.end();
          return rows;
        },
      };`;
    const network = [plain, secure, secure2, echo, postgres].map(({ port }) => `localhost:${port}`);
    await using planted = await plantPlugin({
      attempts,
      node,
      permissions: { network },
      version: node.includes('26') ? '1.0.1' : '1.0.0',
      prepare: ({ packageDir }) => {
        for (const name of PG) cpSync(join(MODULES, name), join(packageDir, 'node_modules', name), { recursive: true });
      },
    });
    const results = await planted.attempt();
    expect(results).toMatchObject({
      http: { returned: 'hello /a' },
      httpAgent: { returned: 'hello /k' },
      https: { returned: 'hello /s' },
      badCertificate: { threw: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } },
      fetch: { returned: 'hello /f' },
      fetchBig: { returned: 3_000_000 },
      fetchPost: { returned: '2000000' },
      http2: { returned: 'hello h2' },
      webSocket: { returned: 'hi' },
      net: { returned: 'round trip' },
      netEvents: { returned: { events: ['connect', 'ready', 'hi', 'end', 'close'], hasPort: true } },
      tls: { returned: true },
      startTls: { returned: true },
      reconnect: { returned: [false, 'hi', false, 'hi', false, 'hi'] },
      lookup: { returned: '127.0.0.1' },
      pg: { returned: [{ answer: '42' }] },
      otherPort: { threw: { code: 'ERR_ACCESS_DENIED' } },
      otherHost: { threw: { message: 'fetch failed' } },
      otherHostHttp: { threw: { code: 'ERR_ACCESS_DENIED' } },
      otherHostTls: { threw: { code: 'ERR_ACCESS_DENIED' } },
    });
    expect(planted.log()).toContain('"permission":"network: [other.invalid:443]"');
  });
});

const PG = [
  'pg',
  'pg-connection-string',
  'pg-int8',
  'pg-pool',
  'pg-protocol',
  'pg-types',
  'pgpass',
  'postgres-array',
  'postgres-bytea',
  'postgres-date',
  'postgres-interval',
  'split2',
  'xtend',
];
