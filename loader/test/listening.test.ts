/** Unmodified servers, in a plugin that has no network of its own. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, type IncomingMessage } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { request as requestTls } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connected, freePort } from './support/ports.ts';
import { removeWorkDir } from './support/project.ts';
import { silenceRelay } from './support/relay.ts';
import { RUNTIMES } from './support/sandbox.ts';
import { ask, plantServers, portsOf, told } from './support/servers.ts';

let tlsFiles: Readonly<Record<string, string>>;

beforeAll(() => {
  silenceRelay();
  tlsFiles = makeCertificate();
});
afterAll(removeWorkDir);

describe.each(RUNTIMES)('on %s', (_, node) => {
  test('servers of net, http, https and http2 work', async () => {
    await using planted = await plantServers(
      `
      const big = Buffer.alloc(3_000_000, 'x');
      const sockets = new Set();
      const answer = async (request, response) => {
        sockets.add(request.socket);
        const { remoteAddress, remotePort, localAddress, localPort } = request.socket;
        Object.assign(seen, { remoteAddress, localAddress, ports: remotePort > 0 && localPort === ports.http });
        if (request.url === '/big') return response.writeHead(200, { connection: 'close' }).end(big);
        let bytes = 0;
        for await (const chunk of request) bytes += chunk.length;
        response.setHeader('sockets', sockets.size);
        response.end('got ' + bytes);
      };
      const server = http.createServer(answer);
      server.on('upgrade', (request, socket) => {
        socket.write('HTTP/1.1 101 Switching Protocols\\r\\nupgrade: echo\\r\\nconnection: upgrade\\r\\n\\r\\n');
        socket.pipe(socket);
      });
      await listen('http', server, 0);
      const tls = { key: readFileSync(new URL('key.pem', import.meta.url)), cert: readFileSync(new URL('cert.pem', import.meta.url)) };
      await listen('https', https.createServer(tls, (request, response) => response.end('secret')), 0, '127.0.0.1');
      const h2 = http2.createServer();
      h2.on('stream', (stream) => stream.end('hello h2'));
      await listen('h2', h2, { port: 0, host: 'localhost' });
      await listen('echo', net.createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)), { port: 0 });`,
      { node, files: tlsFiles },
    );
    const ports = await portsOf<'http' | 'https' | 'h2' | 'echo'>(planted);
    using agent = agentOf({ keepAlive: true, maxSockets: 1 });
    expect(await ask(ports.http, { ...agent, body: Buffer.alloc(2_000_000) })).toMatchObject({ body: 'got 2000000' });
    expect(await ask(ports.http, agent)).toMatchObject({ status: 200, body: 'got 0', headers: { sockets: '1' } });
    // The server closes at once: what it wrote arrives all the same.
    expect((await ask(ports.http, { path: '/big' })).body).toHaveLength(3_000_000);
    expect(await told(planted, 'seen')).toEqual({ remoteAddress: '127.0.0.1', localAddress: '127.0.0.1', ports: true });
    expect(await upgraded(ports.http)).toBe('hello');
    expect(await askTls(ports.https)).toBe('secret');
    expect(await askHttp2(ports.h2)).toBe('hello h2');
    // Both directions, and the end of each by itself.
    const socket = await connected(ports.echo);
    const sent = Buffer.alloc(1_500_000, 'y');
    socket.end(sent);
    expect((await buffer(socket)).equals(sent)).toBe(true);
  }, 30_000);

  test('a server says where it listens, fails where somebody else does, and can be closed and opened again', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const used = (taken.address() as AddressInfo).port;
    const own = await freePort();
    await using planted = await plantServers(
      `
      const failed = net.createServer();
      failed.listen(${used}, '127.0.0.1');
      const [{ code, syscall, port }] = await once(failed, 'error');
      Object.assign(seen, { failed: [code, syscall, port === ${used}, failed.listening, failed.address()] });
      const server = net.createServer((socket) => socket.end('hello'));
      server.listen(${own});
      try { server.listen(${own}); } catch (error) { seen.twice = error.code; }
      await once(server, 'listening');
      seen.address = server.address().address;
      seen.second = await new Promise((resolve) => net.createServer().once('error', ({ code }) => resolve(code)).listen(${own}));
      await new Promise((resolve) => server.close(resolve));
      seen.closed = [server.listening, server.address()];
      // Before the daemon has heard of it, more often than there may be servers.
      for (let round = 0; round < 40; round += 1) net.createServer().listen(${own}).close();
      await listen('own', server, { port: '${own}', host: '127.0.0.1' });
      seen.connections = await new Promise((resolve) => server.getConnections((_, count) => resolve(count)));`,
      { node, permissions: { listen: [`127.0.0.1:${own}`, `127.0.0.1:${used}`] } },
    );
    const { own: port } = await portsOf<'own'>(planted);
    expect(await told(planted, 'seen')).toEqual({
      failed: ['EADDRINUSE', 'listen', true, false, null],
      twice: 'ERR_SERVER_ALREADY_LISTEN',
      address: '127.0.0.1',
      second: 'EADDRINUSE',
      closed: [false, null],
      connections: 0,
    });
    expect(await text(await connected(port))).toBe('hello');
    taken.close();
  }, 30_000);

  test('a reader that is slow holds up its own connection alone', async () => {
    await using planted = await plantServers(
      `
      const chunk = Buffer.alloc(64 * 1024);
      await listen('flood', net.createServer(async (socket) => {
        while (!socket.destroyed) {
          seen.sent = (seen.sent ?? 0) + chunk.length;
          if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
        }
      }), 0);
      await listen('echo', net.createServer((socket) => socket.pipe(socket)), 0);`,
      { node },
    );
    const ports = await portsOf<'flood' | 'echo'>(planted);
    const slow = await connected(ports.flood);
    slow.pause();
    const other = await connected(ports.echo);
    for (let round = 0; round < 20; round += 1) {
      other.write('ping');
      await once(other, 'data');
    }
    const sent = async (): Promise<number> => (await told<{ sent: number }>(planted, 'seen')).sent;
    let before = -1;
    await expect.poll(async () => before === (before = await sent()), { timeout: 10_000 }).toBe(true);
    // The buffers of the system, of the window and of the socket.
    expect(before).toBeLessThan(32 * 1024 * 1024);
    slow.destroy();
    other.destroy();
  }, 30_000);
});

function agentOf(options: ConstructorParameters<typeof Agent>[0]): { readonly agent: Agent } & Disposable {
  const agent = new Agent(options);
  return { agent, [Symbol.dispose]: () => agent.destroy() };
}

/** What an echo says that took the connection over from HTTP. */
async function upgraded(port: number): Promise<string> {
  const socket = await connected(port);
  socket.write('GET / HTTP/1.1\r\nhost: here\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n');
  await once(socket, 'data');
  socket.end('hello');
  return text(socket);
}

async function askTls(port: number): Promise<string> {
  const asking = requestTls({ port, host: '127.0.0.1', ca: tlsFiles['cert.pem'], servername: 'localhost' }).end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  return text(response);
}

async function askHttp2(port: number): Promise<string> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const body = await text(session.request({ ':path': '/' }));
  session.close();
  return body;
}

function makeCertificate(): Readonly<Record<string, string>> {
  const dir = mkdtempSync(join(tmpdir(), 'ar-tls-'));
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...names, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const files = { 'key.pem': readFileSync(key, 'utf8'), 'cert.pem': readFileSync(cert, 'utf8') };
  rmSync(dir, { recursive: true });
  return files;
}
