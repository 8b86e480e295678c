/** Webhooks against real HTTP servers: told at least once, signed, and nothing forgotten. */
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { indexPaths } from '@ar-registry/core/layout';
import { stringifyRecord } from '@ar-registry/core/yaml';
import type { Notice } from '@ar-registry/schemas';
import { validator as isNotice } from '@ar-registry/schemas/validators/notice';
import { validator as isState } from '@ar-registry/schemas/validators/notify-state';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { notify, type NotifyOutcome } from '../src/stages/notify/index.ts';
import { EVE, testRegistry, type TestRegistry } from './registry-fixture.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const HELLO = '@acme/hello';

interface Received {
  readonly id: string;
  readonly notice: Notice;
}

interface Subscriber {
  readonly url: string;
  /** What was taken, in order. */
  readonly received: Received[];
  /** How many requests there were. */
  requests: number;
  /** What each request is answered with. */
  answer: (request: number) => { readonly status: number; readonly headers?: Record<string, string> };
}

/** Verifies each request as a subscriber should. */
async function listen(): Promise<Subscriber> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      subscriber.requests += 1;
      const { status, headers = {} } = subscriber.answer(subscriber.requests);
      const notice = verified(text, request.headers);
      if (notice && status === 200) subscriber.received.push({ id: String(request.headers['webhook-id']), notice });
      response.writeHead(notice ? status : 401, headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const subscriber: Subscriber = {
    url: `http://127.0.0.1:${port}/hook`,
    received: [],
    requests: 0,
    answer: () => ({ status: 200 }),
  };
  return subscriber;
}

function verified(text: string, headers: http.IncomingHttpHeaders): Notice | undefined {
  try {
    return new Webhook(SECRET).verify(text, headers as Record<string, string>) as Notice;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return undefined;
    throw error;
  }
}

let registry: TestRegistry;
let subscriber: Subscriber;

beforeEach(async () => {
  registry = await testRegistry();
  subscriber = await listen();
  await subscribe({ url: subscriber.url });
  await publish('1.0.0', true);
});

async function subscribe(...webhooks: readonly object[]): Promise<void> {
  const record = {
    schemaVersion: 1,
    name: 'test',
    title: 'Test registry',
    baseUrl: 'https://plugins.example.com',
    webhooks: webhooks.map((webhook, index) => ({ id: `hook-${index}`, secretEnv: 'AR_WEBHOOK_TEST', ...webhook })),
  };
  await registry.commit('main', new Map([['registry.yaml', stringifyRecord(record)]]));
}

async function publish(version: string, first = false): Promise<void> {
  const publishedAt = `2026-06-1${version.split('.')[1] ?? '0'}T12:00:00Z`;
  await registry.commit('main', await registry.submission(HELLO, version, { first, publishedAt }));
}

async function setStatus(status: object): Promise<void> {
  const record = stringifyRecord({ schemaVersion: 1, distTags: { latest: '1.0.0' }, ...status });
  await registry.commit('main', new Map([[indexPaths.status(HELLO), record]]));
}

interface Options {
  readonly fromStart?: boolean;
  readonly retryDead?: boolean;
  readonly allowPrivate?: boolean;
  readonly secret?: string;
  readonly nowMs?: number;
  readonly signal?: AbortSignal;
}

function run(options: Options = {}): Promise<NotifyOutcome> {
  const { fromStart = false, retryDead = false, allowPrivate = true, secret = SECRET, nowMs, signal } = options;
  const source = { repository: registry.bare, revision: 'main' };
  return notify(
    { source, state: join(registry.folder, 'state'), fromStart, retryDead },
    {
      env: { AR_WEBHOOK_TEST: secret },
      now: () => new Date(nowMs ?? Date.now()),
      signal: signal ?? new AbortController().signal,
      allowPrivate,
      retryDelaysMs: [1, 1],
    },
  );
}

const events = (): readonly string[] => subscriber.received.map(({ notice }) => notice.event);
const stateText = (): Promise<string> => readFile(join(registry.folder, 'state/state.json'), 'utf8');

describe('notify', () => {
  it('counts what there is as told the first time, and tells what is new after that, once', async () => {
    expect(await run()).toMatchObject({ ok: true, firstRun: true, events: 0, sent: 0 });
    await publish('1.1.0');
    await setStatus({ deprecated: { '1.0.0': 'Use 1.1.0.' } });
    expect(await run()).toMatchObject({ ok: true, firstRun: false, events: 2, sent: 2 });
    expect(await run()).toMatchObject({ events: 0, sent: 0 });
    expect(subscriber.received.map(({ notice }) => isNotice(notice).ok)).toEqual([true, true]);
    expect(subscriber.received[0]).toMatchObject({
      id: 'plugin.updated:@acme/hello@1.1.0',
      notice: {
        event: 'plugin.updated',
        plugin: HELLO,
        version: '1.1.0',
        url: 'https://plugins.example.com/api/v1/plugins/@acme/hello.json',
      },
    });
    expect(events()).toEqual(['plugin.updated', 'plugin.deprecated']);
    expect(isState(JSON.parse(await stateText())).ok).toBe(true);
  });

  it('tells everything from the start where that is asked for, and what changed hands or was withdrawn', async () => {
    await run({ fromStart: true });
    await setStatus({ yanked: { '1.0.0': 'Broken.' } });
    const record = {
      schemaVersion: 1,
      name: HELLO,
      owners: [EVE],
      trust: 'community',
      repository: { url: 'https://example.com/acme/hello.git' },
    };
    await registry.commit('main', new Map([[indexPaths.plugin(HELLO), stringifyRecord(record)]]));
    await run();
    expect(events()).toEqual(['plugin.published', 'plugin.yanked', 'plugin.transferred']);
  });

  it('remembers from run to run that it told a yank, and tells the second one as another', async () => {
    await run();
    for (const yanked of [{ '1.0.0': 'Broken.' }, undefined, { '1.0.0': 'Broken after all.' }]) {
      await setStatus(yanked ? { yanked } : {});
      await run();
    }
    const id = 'plugin.yanked:@acme/hello@1.0.0';
    expect(subscriber.received.map((received) => received.id)).toEqual([id, `${id}:2`]);
  });

  it('tells each subscriber only what it asked for', async () => {
    await subscribe(
      { url: subscriber.url, events: ['plugin.yanked'] },
      { url: subscriber.url, plugins: ['@other/*'] },
      { url: subscriber.url, plugins: ['@acme/*'], events: ['plugin.published'] },
    );
    expect(await run({ fromStart: true })).toMatchObject({ events: 1, sent: 1 });
    expect(events()).toEqual(['plugin.published']);
  });

  it('tries again, with the same id, in this run and in the next ones', async () => {
    subscriber.answer = (request) => ({ status: request < 3 ? 503 : 200 });
    expect(await run({ fromStart: true })).toMatchObject({ ok: true, sent: 1 });
    expect(subscriber.requests).toBe(3);
    subscriber.answer = () => ({ status: 500 });
    await publish('1.1.0');
    await publish('1.2.0');
    const failed = await run();
    expect(failed).toMatchObject({ ok: false, sent: 0, waiting: [{ attempts: 3 }, { attempts: 0 }] });
    subscriber.answer = () => ({ status: 200 });
    expect(await run()).toMatchObject({ ok: true, sent: 2 });
    expect(subscriber.received.map(({ id }) => id).slice(1)).toEqual([
      'plugin.updated:@acme/hello@1.1.0',
      'plugin.updated:@acme/hello@1.2.0',
    ]);
  });

  it('gives up what nobody takes for three days, keeps it, and tries it again when told to', async () => {
    subscriber.answer = () => ({ status: 400 });
    await run({ fromStart: true });
    const later = Date.now() + 4 * 24 * 60 * 60 * 1000;
    expect(await run({ nowMs: later })).toMatchObject({ dead: [{ id: 'plugin.published:@acme/hello' }], waiting: [] });
    subscriber.answer = () => ({ status: 200 });
    expect(await run()).toMatchObject({ sent: 0 });
    expect(await run({ retryDead: true })).toMatchObject({ ok: true, sent: 1 });
  });

  it('loses nothing when it is broken off while it tells', async () => {
    const controller = new AbortController();
    subscriber.answer = () => {
      controller.abort(new Error('ended'));
      return { status: 500 };
    };
    await expect(run({ fromStart: true, signal: controller.signal })).rejects.toThrow('ended');
    subscriber.answer = () => ({ status: 200 });
    expect(await run()).toMatchObject({ sent: 1 });
  });

  it.each([
    ['a private address', { allowPrivate: false }, 'none of the public internet'],
    ['no secret', { secret: '' }, 'is not set'],
    ['a secret that is none', { secret: 'hunter2' }, 'holds no secret'],
  ] as const)('sends nothing to %s, and says why', async (_what, options, problem) => {
    const { waiting, dead } = await run({ fromStart: true, ...options });
    expect([...waiting, ...dead]).toMatchObject([{ problem: expect.stringContaining(problem) }]);
    expect(subscriber.requests).toBe(0);
    expect(await stateText()).not.toContain('hunter2');
  });

  it('follows no redirect, and stops where it is told that nobody is there', async () => {
    subscriber.answer = () => ({ status: 302, headers: { location: 'http://127.0.0.1:1/' } });
    expect((await run({ fromStart: true })).waiting).toMatchObject([{ problem: expect.stringContaining('redirects') }]);
    subscriber.answer = () => ({ status: 410 });
    expect((await run()).dead).toHaveLength(1);
  });
});
