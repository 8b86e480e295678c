import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { SECRET, loadBridge } from './world.ts';

const webhookUrl = 'http://127.0.0.1:9/';
const open = { webhookUrl, webhookInboundPort: 0 };
const signed = { ...open, webhookSecret: SECRET };

describe('the inbound side', () => {
  it('is off without a port', async () => {
    await using world = await loadBridge({ webhookUrl });
    expect((await world.plugin.health?.())?.details).not.toHaveProperty('inboundPort');
  });

  it('turns a post into a message to an agent', async () => {
    await using world = await loadBridge(open);
    const response = await post(await world.inboundUrl(), { to: 'Alice', body: 'hi', thread: 't', data: { n: 1 } });
    expect(response.status).toBe(202);
    expect(world.context.client.sent).toEqual([
      { to: 'Alice', body: 'hi', kind: 'message', thread: 't', data: { n: 1 } },
    ]);
  });

  it('turns a post into a message to a channel', async () => {
    await using world = await loadBridge(open);
    expect((await post(await world.inboundUrl(), { channel: '#builds', body: 'hi' })).status).toBe(202);
    expect(world.context.client.sent).toEqual([{ channel: '#builds', body: 'hi' }]);
    expect([...world.context.client.channels]).toEqual(['#builds']);
  });

  it('accepts what is signed', async () => {
    await using world = await loadBridge(signed);
    expect((await post(await world.inboundUrl(), { to: 'Alice', body: 'Grüße 💬' }, sign)).status).toBe(202);
    expect(world.context.client.sent).toMatchObject([{ body: 'Grüße 💬' }]);
  });

  it('refuses with 401 what is not signed, signed wrongly, changed, too old or too new', async () => {
    await using world = await loadBridge(signed);
    const url = await world.inboundUrl();
    const message = { to: 'Alice', body: 'hi' };
    const withHeaders = (change: (text: string) => Record<string, string>) => post(url, message, change);
    const answers = await Promise.all([
      withHeaders(() => ({})),
      withHeaders((text) => ({ ...sign(text), 'webhook-signature': 'v1,AAAA' })),
      withHeaders((text) => sign(`${text} `)),
      withHeaders((text) => sign(text, { at: Date.now() - 310_000 })),
      withHeaders((text) => sign(text, { at: Date.now() + 310_000 })),
      withHeaders((text) => sign(text, { secret: `whsec_${Buffer.alloc(32, 8).toString('base64')}` })),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([401, 401, 401, 401, 401, 401]);
    expect(world.context.client.sent).toEqual([]);
  });

  it('asks for the signature before it says what else is wrong', async () => {
    await using world = await loadBridge(signed);
    expect((await post(await world.inboundUrl(), { nonsense: true })).status).toBe(401);
    expect((await post(await world.inboundUrl(), { nonsense: true }, sign)).status).toBe(400);
  });

  it('refuses with 409 what it accepted before, even when two come at once', async () => {
    await using world = await loadBridge(signed);
    const url = await world.inboundUrl();
    const replay = () => post(url, { to: 'Alice', body: 'hi' }, (text) => sign(text, { id: 'once' }));
    const answers = await Promise.all([replay(), replay()]);
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202, 409]));
    expect((await replay()).status).toBe(409);
    expect(world.context.client.sent).toHaveLength(1);
  });

  it('takes a post again that it could not accept the first time', async () => {
    await using world = await loadBridge(signed);
    const url = await world.inboundUrl();
    const send = () => post(url, { to: 'Alice', body: 'hi' }, (text) => sign(text, { id: 'once' }));
    world.context.client.setState('BACKOFF');
    const refused = await send();
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('5');
    world.context.client.setState('READY');
    expect((await send()).status).toBe(202);
  });

  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'])('refuses %s with 405', async (method) => {
    await using world = await loadBridge(open);
    const response = await fetch(await world.inboundUrl(), { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each([
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'application/json; charset=iso-8859-1' },
    { 'content-type': 'application/jsonp' },
    { 'content-encoding': 'gzip' },
  ])('refuses %j with 415', async (headers) => {
    await using world = await loadBridge(open);
    expect((await post(await world.inboundUrl(), { to: 'Alice', body: 'hi' }, () => headers)).status).toBe(415);
  });

  it.each(['application/json; charset=utf-8', 'Application/JSON ;charset="UTF-8"'])(
    'accepts the type %s',
    async (type) => {
      await using world = await loadBridge(open);
      const response = await post(await world.inboundUrl(), { to: 'Alice', body: 'hi' }, () => ({
        'content-type': type,
      }));
      expect(response.status).toBe(202);
    },
  );

  it.each(['', '{', '[]', '{"to":"Alice"}', '{"to":"_router","body":"x"}', '{"to":"webhook-bridge","body":"x"}'])(
    'refuses the body %j with 400',
    async (text) => {
      await using world = await loadBridge(open);
      expect((await postText(await world.inboundUrl(), text)).status).toBe(400);
      expect(world.context.client.sent).toEqual([]);
    },
  );

  it('refuses a body that is not UTF-8 with 400', async () => {
    await using world = await loadBridge(open);
    const body = Buffer.concat([Buffer.from('{"to":"Alice","body":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    expect((await postText(await world.inboundUrl(), body)).status).toBe(400);
  });

  it('takes a body of 256 KiB and refuses a larger one with 413', async () => {
    await using world = await loadBridge(open);
    const url = await world.inboundUrl();
    expect((await postText(url, ofSize(256 * 1024))).status).toBe(202);
    expect((await postText(url, ofSize(256 * 1024 + 1))).status).toBe(413);
    expect((await postText(url, ofSize(3 * 1024 ** 2))).status).toBe(413);
    expect(world.context.client.sent).toHaveLength(1);
  });

  it('refuses a body of any announced size without reading it', async () => {
    await using world = await loadBridge(open);
    const answer = await rawRequest(await world.inboundUrl(), {
      'content-type': 'application/json',
      'content-length': '1099511627776',
    });
    expect(answer).toBe(413);
  });

  it('refuses an endless body that announces no size', async () => {
    await using world = await loadBridge(open);
    const { port } = new URL(await world.inboundUrl());
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    const chunk = Buffer.from(`10000\r\n${'x'.repeat(0x10000)}\r\n`);
    const pump = (): void => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on('drain', pump);
    pump();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(world.context.metrics.total('inbound', { status: '413' })).toBe(1);
  });

  it('without a secret, refuses a request under a host name that is not of this machine', async () => {
    await using world = await loadBridge(open);
    const headers = { 'content-type': 'application/json', host: 'rebound.example.test' };
    expect(await rawRequest(await world.inboundUrl(), headers, '{"to":"Alice","body":"hi"}')).toBe(403);
    expect(world.context.client.sent).toEqual([]);
  });

  it('survives a sender that hangs up, and does not log it', async () => {
    await using world = await loadBridge(open);
    const { port } = new URL(await world.inboundUrl());
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    await once(socket, 'connect');
    socket.destroy();
    await once(socket, 'close');
    expect((await post(await world.inboundUrl(), { to: 'Alice', body: 'hi' })).status).toBe(202);
    expect(world.context.logger.entries.filter((entry) => entry.level === 'error')).toEqual([]);
  });

  it('counts its answers', async () => {
    await using world = await loadBridge(open);
    await post(await world.inboundUrl(), { to: 'Alice', body: 'hi' });
    await post(await world.inboundUrl(), {});
    expect(world.context.metrics.total('inbound', { status: '202' })).toBe(1);
    expect(world.context.metrics.total('inbound', { status: '400' })).toBe(1);
  });
});

describe('the address of the inbound side', () => {
  it('is the loopback interface alone', async () => {
    await using world = await loadBridge(open);
    const { port } = new URL(await world.inboundUrl());
    const socket = connect(Number(port), '127.0.0.2');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });

  it('refuses to be another without a secret', async () => {
    await expect(loadBridge({ ...open, webhookInboundHost: '0.0.0.0' })).rejects.toBeInstanceOf(TypeError);
  });

  it('can be another with one', async () => {
    await using world = await loadBridge({ ...signed, webhookInboundHost: '127.0.0.2' });
    const url = (await world.inboundUrl()).replace('127.0.0.1', '127.0.0.2');
    expect((await post(url, { to: 'Alice', body: 'hi' }, sign)).status).toBe(202);
  });

  it('that is taken makes the load fail, and leaves nothing behind', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(loadBridge({ ...open, webhookInboundPort: port })).rejects.toMatchObject({
      cause: { code: 'EADDRINUSE' },
    });
    taken.close();
  });

  it('is given back when the bridge is unloaded, although a connection is open', async () => {
    await using world = await loadBridge(open, { closeLimitMs: 50 });
    const { port } = new URL(await world.inboundUrl());
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST / HTTP/1.1\r\nHost: localhost\r\n');
    await world.plugin.onUnload?.();
    const again = createServer().listen(Number(port), '127.0.0.1');
    await once(again, 'listening');
    expect(again.listening).toBe(true);
    again.close();
    socket.destroy();
  });
});

interface SignOptions {
  readonly id?: string;
  readonly at?: number;
  readonly secret?: string;
}

/** Headers as any sender makes them with the library of the standard. */
function sign(
  text: string,
  { id = 'msg_in', at = Date.now(), secret = SECRET }: SignOptions = {},
): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, new Date(at), text),
  };
}

function post(
  url: string,
  message: object,
  headersOf: (text: string) => Record<string, string> = () => ({}),
): Promise<Response> {
  const text = JSON.stringify(message);
  return postText(url, text, headersOf(text));
}

/** A valid message of that many bytes. */
function ofSize(sizeBytes: number): string {
  return `{"to":"Alice","body":"${'x'.repeat(sizeBytes - 24)}"}`;
}

function postText(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
}

/** A request with headers that `fetch` does not let through; resolves to the status, and hangs up. */
async function rawRequest(url: string, headers: Record<string, string>, body?: string): Promise<number | undefined> {
  const outgoing = request(url, { method: 'POST', headers });
  outgoing.on('error', () => undefined);
  if (body === undefined) outgoing.flushHeaders();
  else outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [{ statusCode?: number }];
  outgoing.destroy();
  return response.statusCode;
}
