/** nginx in between, as most have it: what it says for a service that is away, and what it passes on. */
import { startNginx } from '@ar-registry/testing/nginx';
import { freePort } from '@ar-registry/testing/programs';
import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { SECRET, bodyOf, loadBridge, startTarget } from './world.ts';

it('is not where messages end when it has nobody behind it, or asks to wait', async () => {
  const port = await freePort();
  await using nginx = await startNginx(`
    limit_req_zone $binary_remote_addr zone=slow:1m rate=600r/m;
    limit_req_status 429;
    server {
      listen 127.0.0.1:{{port}};
      location /hook { limit_req zone=slow; proxy_pass http://127.0.0.1:${port}; }
    }`);
  await using world = await loadBridge(
    { webhookUrl: `${nginx.url}/hook`, webhookSecret: SECRET, webhookMaxAttempts: 100 },
    { sleep: (_, signal) => soon(signal) },
  );
  for (const body of ['one', 'two', 'three']) world.context.client.deliver('Alice', body);
  await world.reported('retrying', 2);
  await using target = await startTarget((response) => response.writeHead(200).end(), port);
  await world.reported('delivered', 3);
  expect(target.received.map((each) => bodyOf(each))).toEqual(['one', 'two', 'three']);
  const reasons = new Set(world.context.logger.entries.flatMap(({ extra }) => extra?.['reason'] ?? []));
  expect(reasons).toContain('status 502');
  expect(reasons).toContain('status 429');
  for (const { text, headers } of target.received)
    expect(new Webhook(SECRET).verify(text, headers as Record<string, string>)).toBeDefined();
});

it('passes on what comes in, and its own limits do no harm', async () => {
  const port = await freePort();
  await using nginx = await startNginx(`
    server {
      listen 127.0.0.1:{{port}};
      client_max_body_size 1m;
      location /in { proxy_pass http://127.0.0.1:${port}/; proxy_set_header Host $host; }
    }`);
  await using world = await loadBridge({
    webhookUrl: 'http://127.0.0.1:9/',
    webhookSecret: SECRET,
    webhookInboundPort: port,
  });
  const post = async (body: string, id: string): Promise<number> => {
    const text = JSON.stringify({ channel: '#builds', body });
    const at = new Date();
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(SECRET).sign(id, at, text),
    };
    return (await fetch(`${nginx.url}/in`, { method: 'POST', body: text, headers })).status;
  };
  expect(await post('hello', 'a')).toBe(202);
  expect(await post('hello', 'a')).toBe(409);
  expect(await post('x'.repeat(300_000), 'b')).toBe(413);
  expect(await post('x'.repeat(1_100_000), 'c')).toBe(413);
  expect(await post('still here', 'd')).toBe(202);
  expect(world.context.client.sent.map(({ body }) => body)).toEqual(['hello', 'still here']);
});

function soon(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 20);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
