/** How the binary asks, of servers that lie: on its own runtime, which has no `node:http` in the way. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownTarget } from './compile.ts';
import type { Asked, Became } from './exchange-program.ts';

const run = promisify(execFile);
const head = (...lines: readonly string[]): string => `HTTP/1.1 ${lines.join('\r\n')}\r\n\r\n`;
const answer = (body: string | Buffer, ...lines: readonly string[]): Buffer =>
  Buffer.concat([
    Buffer.from(head('200 OK', `content-length: ${body.length}`, ...lines)),
    typeof body === 'string' ? Buffer.from(body) : body,
  ]);

/** What a server says to a question for this path, and whether it says no more; undefined: it is silent. */
const SAID: Readonly<Record<string, (request: string) => Buffer | string | undefined>> = {
  whole: () => answer('whole', 'etag: "1"'),
  gzip: () => answer(gzipSync('small'), 'content-encoding: gzip'),
  br: () => answer(brotliCompressSync(Buffer.from('small')), 'content-encoding: br'),
  empty: () => head('304 Not Modified', 'etag: "1"', 'content-encoding: gzip'),
  elsewhere: () => head('302 Found', 'location: http://127.0.0.1:9/', 'content-length: 0'),
  echo: (request) => answer(request),
  bomb: () => answer(gzipSync(Buffer.alloc(10_000_000)), 'content-encoding: gzip'),
  'br-bomb': () => answer(brotliCompressSync(Buffer.alloc(10_000_000)), 'content-encoding: br'),
  damaged: () => answer(gzipSync('small').subarray(0, 15), 'content-encoding: gzip'),
  'no-gzip': () => answer('<html>', 'content-encoding: gzip'),
  large: () => answer('x'.repeat(1001)),
  endless: () => `${head('200 OK', 'transfer-encoding: chunked')}${`3e8\r\n${'x'.repeat(1000)}\r\n`.repeat(3)}`,
  cut: () => head('200 OK', 'content-length: 100').concat('some'),
  'cut-chunk': () => head('200 OK', 'transfer-encoding: chunked').concat('5\r\nabc'),
  'no-http': () => 'SSH-2.0-OpenSSH_9.9\r\n\r\n',
  silent: () => undefined,
  trickle: () => head('200 OK', 'content-length: 100000'),
};
/** What ends after it has spoken. */
const ENDING = ['cut', 'cut-chunk', 'no-http'];

let server: net.Server;
let base: string;

beforeAll(async () => {
  server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      const request = bytes.toString('latin1');
      const name = /^[A-Z]+ \/(\S+)/.exec(request)?.[1] ?? '';
      const said = SAID[name]?.(request);
      if (said !== undefined) socket.write(said);
      if (name === 'trickle') trickle(socket);
      if (ENDING.includes(name)) socket.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
});

afterAll(() => server.close());

/** A byte every now and then, and never an end. */
function trickle(socket: net.Socket): void {
  const timer = setInterval(() => socket.write('x'), 10);
  socket.once('close', () => clearInterval(timer));
}

async function ask(question: Omit<Asked, 'url'> & { readonly of: string }, env = {}): Promise<Became> {
  const { of, ...rest } = question;
  const bun = createRequire(path.resolve(import.meta.dirname, '../test-dependencies/package.json')).resolve(
    'bun/bin/bun.exe',
  );
  const program = path.join(import.meta.dirname, 'exchange-program.ts');
  const asked: Asked = { url: of.includes('://') ? of : `${base}/${of}`, ...rest };
  const { stdout } = await run(bun, ['--conditions=ar-source', program, JSON.stringify([asked])], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  const [became] = JSON.parse(stdout) as readonly Became[];
  return became ?? {};
}

describe.skipIf(ownTarget() === undefined)('exchange', () => {
  it.each([
    ['whole', { status: 200, body: 'whole', headers: { etag: '"1"' } }],
    ['gzip', { status: 200, body: 'small' }],
    ['br', { status: 200, body: 'small' }],
    ['empty', { status: 304, body: '' }],
    ['elsewhere', { status: 302, body: '', headers: { location: 'http://127.0.0.1:9/' } }],
  ])('takes an answer as it is meant: %s', async (of, expected) => {
    expect(await ask({ of })).toMatchObject(expected);
  });

  it.each(['large', 'endless', 'bomb', 'br-bomb'])('takes no more than is allowed: %s', async (of) => {
    expect(await ask({ of })).toMatchObject({ code: 'REGISTRY_RESPONSE_TOO_LARGE', facts: { limitBytes: 1000 } });
  });

  it.each(['damaged', 'no-gzip'])('refuses what is not compressed as it says: %s', async (of) => {
    expect(await ask({ of })).toMatchObject({ code: 'REGISTRY_RESPONSE_INVALID' });
  });

  it.each(['cut', 'cut-chunk', 'no-http', 'http://127.0.0.1:9/'])('takes nothing that is not whole: %s', async (of) => {
    const became = await ask({ of });
    expect(became.code).toBe('REGISTRY_UNREACHABLE');
    expect(became.facts).not.toHaveProperty('timedOut');
  });

  it.each(['silent', 'trickle'])('waits as long as it is told to: %s', async (of) => {
    const became = await ask({ of, timeoutMs: 50, limitBytes: 1_000_000 });
    expect(became).toMatchObject({ code: 'REGISTRY_UNREACHABLE', facts: { timedOut: true } });
  });

  it('is given up with the reason that it is given', async () => {
    expect(await ask({ of: 'silent', abortMs: 100 })).toEqual({ code: 'TimeoutError' });
  });

  it('sends what it is told to, and a secret with it', async () => {
    const asked = {
      of: 'echo',
      headers: { 'user-agent': 'me', 'accept-encoding': 'identity' },
      authorization: 'Bearer x',
    };
    const { body = '' } = await ask({ ...asked, json: '{"a":1}', limitBytes: 5000 });
    expect(body).toMatch(/^POST \/echo HTTP\/1\.1\r\n/);
    for (const line of [
      'user-agent: me',
      'accept-encoding: identity',
      'authorization: bearer x',
      'content-type: application/json',
    ])
      expect(body.toLowerCase().split('\r\n')).toContain(line);
    expect(body).toMatch(/\{"a":1\}$/);
  });

  it.each(['ftp://127.0.0.1/x', 'file:///etc/passwd'])('asks nobody at %s', async (of) => {
    expect(await ask({ of })).toMatchObject({ code: 'REGISTRY_URL_INVALID' });
  });

  it('cannot be made to send a header of another', async () => {
    expect(await ask({ of: 'echo', headers: { 'user-agent': 'a\r\nx: y' } })).toMatchObject({
      code: 'REGISTRY_URL_INVALID',
    });
  });

  it('heeds no variable that the scripts do not', async () => {
    const env = { ALL_PROXY: 'http://127.0.0.1:9', all_proxy: 'socks5://127.0.0.1:9' };
    expect(await ask({ of: 'whole' }, env)).toMatchObject({ status: 200 });
  });
});
