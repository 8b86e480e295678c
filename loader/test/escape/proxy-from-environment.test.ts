import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';
import { escapeTest } from '../support/escape.ts';

let proxy: Server;
let port = 0;
let requests = 0;

beforeAll(async () => {
  proxy = createServer((_, response) => {
    requests += 1;
    response.end('through the proxy');
  });
  proxy.on('connect', (_, socket) => {
    requests += 1;
    socket.end();
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  ({ port } = proxy.address() as AddressInfo);
});
afterAll(() => proxy.close());

escapeTest('a proxy, set by whomever, is a host like any other', {
  permissions: { network: ['granted.example'], env: ['HTTP_PROXY'] },
  relay: { resolveHost: () => Promise.reject(Object.assign(new Error('no network'), { code: 'ENOTFOUND' })) },
  attempts: () => `
    import http from 'node:http';
    const proxy = 'http://127.0.0.1:${port}';
    const get = (url, options) => new Promise((resolve, reject) => http.get(url, options, (response) => resolve(response.statusCode)).on('error', reject));
    export const attempts = {
      control: () => (typeof fetch === 'function' ? 'works' : ''),
      byVariable: async () => {
        Object.assign(process.env, { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxy, http_proxy: proxy, HTTPS_PROXY: proxy, ALL_PROXY: proxy });
        return (await fetch('http://other.example/')).text();
      },
      byAgent: () => get('http://other.example/', { agent: new http.Agent({ proxyEnv: { HTTP_PROXY: proxy } }) }),
      byHand: () => get({ host: '127.0.0.1', port: ${port}, path: 'http://other.example/' }),
      byConnect: () => new Promise((resolve, reject) => http.request({ host: '127.0.0.1', port: ${port}, method: 'CONNECT', path: 'other.example:443' }).on('connect', resolve).on('error', reject).end()),
      byPath: () => get({ host: 'granted.example', path: 'http://other.example/' }),
    };`,
  observe: () => requests,
  observed: 0,
});
