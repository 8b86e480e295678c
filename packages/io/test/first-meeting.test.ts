/** What a client asks of a registry that it has never met. */
import { once } from 'node:events';
import http from 'node:http';
import { createApiClient } from '@ar-registry/io/api-client';
import { expect, it } from 'vitest';
import { tempDir } from './support/temp-dir.ts';

it('waits for nothing but what it asked for, until the registry has said whether it is signed', async () => {
  await using temp = await tempDir();
  const wanted = new Set(['/api/v1/plugins/@acme/hello.json', '/api/v1/advisories.json']);
  let root: http.ServerResponse | undefined;
  const server = http.createServer((request, response) => {
    wanted.delete(request.url ?? '');
    if (request.url === '/api/v1/trust/1.root.json') root = response;
    else response.writeHead(404).end();
    if (wanted.size > 0) return;
    // It says so when everything else was asked for.
    root?.writeHead(404).end();
    root = undefined;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const registryUrl = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const client = createApiClient({
    registryUrl,
    userAgent: 'test',
    trust: { folder: temp.path, writes: true, nowMs: () => 0, freshWillDo: false, onFirstUse: () => undefined },
  });
  const { signal } = new AbortController();
  try {
    const asked = await Promise.allSettled([
      client.plugin('@acme/hello', signal),
      client.advisories('@acme/hello', signal),
    ]);
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
