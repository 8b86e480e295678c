/** Fetching from addresses that strangers wrote. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fetchPublic, type PublicRequest } from '../src/web/fetch-public.ts';

const REQUEST: PublicRequest = { method: 'GET', limitBytes: 1000, timeoutMs: 10_000, allowLoopback: true };

async function serve(answer: http.RequestListener): Promise<string> {
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('fetchPublic', () => {
  it('gives the bytes, also after a redirect', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/a') response.writeHead(302, { location: '/b' }).end();
      else response.end('hello');
    });
    const { status, body } = await fetchPublic(`${url}/a`, REQUEST);
    expect([status, new TextDecoder().decode(body)]).toEqual([200, 'hello']);
  });

  it.each<[string, http.RequestListener]>([
    ['says that it is too large', (_, response) => response.writeHead(200, { 'content-length': 2000 }).end('x')],
    ['is too large without saying so', (_, response) => void response.end(Buffer.alloc(2000))],
    [
      'is small when packed',
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(9000))),
    ],
    [
      'ends in the middle',
      (_, response) => void response.writeHead(200, { 'content-length': 500 }).write('x', () => response.destroy()),
    ],
    ['redirects for ever', (_, response) => response.writeHead(302, { location: '/' }).end()],
    ['redirects to no address', (_, response) => response.writeHead(302, { location: 'http://[' }).end()],
  ])('refuses an answer that %s', async (_what, answer) => {
    await expect(fetchPublic(await serve(answer), REQUEST)).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
  });

  it('waits no longer than it should', async () => {
    const url = await serve(() => undefined);
    const slow = fetchPublic(url, { ...REQUEST, timeoutMs: 50 });
    await expect(slow).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
  });

  it.each([
    'http://127.0.0.1/',
    'https://127.0.0.1/',
    'https://localhost/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://user:secret@example.com/',
    'http://example.com/',
    'file:///etc/passwd',
    'ftp://example.com/',
    'not an address',
  ])('does not go to %s', async (url) => {
    const refused = fetchPublic(url, { ...REQUEST, allowLoopback: false });
    await expect(refused).rejects.toMatchObject({ code: 'ADDRESS_NOT_PUBLIC' });
    await expect(refused).rejects.toSatisfy((error) => !String(error).includes('secret'));
  });

  it('does not follow a redirect to where it may not go', async () => {
    const url = await serve((_, response) => response.writeHead(302, { location: 'https://10.0.0.1/' }).end());
    await expect(fetchPublic(url, REQUEST)).rejects.toMatchObject({ code: 'ADDRESS_NOT_PUBLIC' });
  });

  it('ends when it is told to', async () => {
    const controller = new AbortController();
    const url = await serve(() => controller.abort());
    await expect(fetchPublic(url, { ...REQUEST, signal: controller.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
