/** A loaded bridge between a relay client that records and a real HTTP server. */
import { once } from 'node:events';
import { type IncomingHttpHeaders, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BridgePlugin } from '@ar-registry/sdk';
import { createTestContext, type RecordingMetrics, type TestContext } from '@ar-registry/sdk/testing';
import { type BridgePorts, createWebhookBridge } from '../src/plugin.ts';

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Target extends AsyncDisposable {
  readonly url: string;
  readonly received: readonly Received[];
  /** Resolves when that many requests have arrived. */
  arrived(count: number): Promise<void>;
}

/** A server that answers request after request as `answer` says; the index begins at 0. */
export async function startTarget(
  answer: (response: ServerResponse, index: number) => void,
  port = 0,
): Promise<Target> {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method, url, headers } = request;
    received.push({ method, url, headers, text: Buffer.concat(chunks).toString() });
    answer(response, received.length - 1);
    for (const check of waiting) check();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    arrived: (count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (received.length < count) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** What a target was told. */
export function bodyOf({ text }: Received): unknown {
  return (JSON.parse(text) as { data: { body: unknown } }).data.body;
}

export interface World extends AsyncDisposable {
  readonly plugin: BridgePlugin;
  readonly context: TestContext;
  /** Milliseconds of each wait between attempts. */
  readonly slept: readonly number[];
  /** URL of the inbound side. */
  inboundUrl(): Promise<string>;
  /** Resolves when the bridge has reported that many deliveries with this result. */
  reported(result: 'delivered' | 'retrying' | 'given-up' | 'gone', count: number): Promise<void>;
}

/** A bridge that is loaded, in a folder of its own unless one is given. Waits between attempts take no time. */
export async function loadBridge(
  config: Record<string, unknown>,
  ports: Partial<BridgePorts> = {},
  place?: { readonly dataDir: string },
): Promise<World> {
  const own = await createTestContext({ config, agentName: 'webhook-bridge' });
  const waiting = new Set<() => void>();
  const metrics: RecordingMetrics = {
    ...own.metrics,
    counter(...sample) {
      own.metrics.counter(...sample);
      for (const check of waiting) check();
    },
  };
  const context: TestContext = { ...own, dataDir: place?.dataDir ?? own.dataDir, metrics };
  const slept: number[] = [];
  let ids = 0;
  const plugin = createWebhookBridge({
    fetch: (...request) => fetch(...request),
    now: () => new Date(),
    random: () => 0,
    newId: () => `msg_${(ids += 1)}`,
    sleep: (ms) => Promise.resolve(void slept.push(ms)),
    closeLimitMs: 10_000,
    ...ports,
  });
  try {
    await plugin.onLoad(context);
  } catch (error) {
    await context.dispose();
    throw error;
  }
  return {
    plugin,
    context,
    slept,
    async inboundUrl() {
      const health = await plugin.health?.();
      return `http://127.0.0.1:${String(health?.details?.['inboundPort'])}/`;
    },
    reported: (result, count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (context.metrics.total('deliveries', { result }) < count) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    async [Symbol.asyncDispose]() {
      await plugin.onUnload?.();
      await context.dispose();
    },
  };
}
