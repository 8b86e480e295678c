import type { BridgePlugin, HealthStatus, PluginContext } from '@ar-registry/sdk';
import { type WebhookConfig, parseConfig } from './config.ts';
import type { DeliveryEvent } from './deliver.ts';
import { type DeliveryQueue, type QueueStatus, createDeliveryQueue } from './delivery-queue.ts';
import { createInboundHandler } from './inbound-handler.ts';
import { type InboundServer, startInboundServer } from './inbound-server.ts';
import { post } from './post.ts';
import { type RelayMessage, type RelaySide, attachToRelay } from './relay-side.ts';
import { createReplayGuard } from './replay-guard.ts';
import { type Signature, createSignature } from './signature.ts';

/** How long unloading waits for what is in flight, unless the ports say otherwise. */
const CLOSE_LIMIT_MS = 5000;

/** What the bridge takes from outside. */
export interface BridgePorts {
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => Date;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  /** An id that no other has. */
  readonly newId: () => string;
  /** Resolves after the time, or when `signal` is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly closeLimitMs?: number;
}

/** One load of the plugin. */
interface Loaded {
  readonly queue: DeliveryQueue;
  readonly relay: RelaySide;
  readonly inbound: InboundServer | undefined;
  /** Runs once, however often it is called. */
  readonly close: () => Promise<void>;
}

/** The webhook bridge. Its health tells the port of the inbound side, the queue and how the last attempt went. */
export function createWebhookBridge(ports: BridgePorts): BridgePlugin {
  let loaded: Loaded | undefined;
  return {
    async onLoad(context) {
      const current = await load(context, ports);
      loaded = current;
      // The daemon may stop without unloading; what is in flight still gets its time.
      context.signal.addEventListener('abort', () => void current.close(), { once: true });
    },

    async onUnload() {
      const last = loaded;
      loaded = undefined;
      await last?.close();
    },

    async health() {
      if (!loaded) return { status: 'unhealthy', message: 'Not loaded.' };
      return healthOf(loaded.queue.status(), loaded.inbound?.port);
    },
  };
}

async function load(context: PluginContext, ports: BridgePorts): Promise<Loaded> {
  const config = parseConfig(context.config);
  const signature = createSignature(config.secret);
  const queue = createQueue({ config, context, ports, signature });
  const relay = attachToRelay(context.client, config.channels, (message) =>
    enqueue(message, { context, ports, queue }),
  );
  try {
    const inbound = await startInbound({ config, context, ports, signature }, relay);
    const { origin } = config.url;
    context.logger.info('Bridging messages.', {
      origin,
      signed: config.secret !== undefined,
      inboundPort: inbound?.port,
    });
    return { queue, relay, inbound, close: once(() => close({ queue, relay, inbound }, { context, ports })) };
  } catch (error) {
    relay.detach();
    throw error;
  }
}

interface Parts {
  readonly config: WebhookConfig;
  readonly context: PluginContext;
  readonly ports: BridgePorts;
  readonly signature: Signature;
}

function createQueue({ config, context, ports, signature }: Parts): DeliveryQueue {
  return createDeliveryQueue({
    ...ports,
    maxLength: config.queueSize,
    maxAttempts: config.maxAttempts,
    post: ({ id, body }, signal) => {
      const headers = signature.headers(id, ports.now(), body);
      return post({ url: config.url, headers, body, timeoutMs: config.timeoutMs, signal }, ports);
    },
    onEvent: (event) => report(event, context),
  });
}

function report(event: DeliveryEvent, { logger, metrics }: PluginContext): void {
  const { kind, ...facts } = event;
  metrics.counter('deliveries', 1, { result: kind });
  if (kind === 'given-up') logger.error('A message was not delivered.', facts);
  if (kind === 'retrying') logger.warn('A message was not delivered yet.', facts);
}

/** Must not throw, whatever a sender put into its message: data may be nested too deeply to be written. */
function enqueue(
  message: RelayMessage,
  { context, ports, queue }: { context: PluginContext; ports: BridgePorts; queue: DeliveryQueue },
): void {
  const { logger, metrics } = context;
  try {
    const body = JSON.stringify({ type: 'relay.message', timestamp: ports.now().toISOString(), data: message });
    if (queue.add({ id: ports.newId(), body })) metrics.gauge('queue_length', queue.status().queueLength);
    else logger.error('The queue is full; a message was dropped.', { id: message.id });
  } catch (error) {
    logger.error('A message cannot be written as JSON.', { id: message.id, error: String(error) });
  }
}

async function startInbound(parts: Parts, relay: RelaySide): Promise<InboundServer | undefined> {
  const { config, context, ports, signature } = parts;
  if (!config.inbound) return undefined;
  const handler = createInboundHandler({
    agentName: context.client.agentName,
    isSigned: config.secret !== undefined,
    signature,
    replays: createReplayGuard(() => ports.now().getTime()),
    send: (message) => relay.send(message),
    onReply: (status) => context.metrics.counter('inbound', 1, { status: String(status) }),
  });
  return startInboundServer(config.inbound, handler, (error) =>
    context.logger.error('An inbound post failed.', { error: String(error) }),
  );
}

async function close(
  { queue, relay, inbound }: Omit<Loaded, 'close'>,
  { context, ports }: { context: PluginContext; ports: BridgePorts },
): Promise<void> {
  const limitMs = ports.closeLimitMs ?? CLOSE_LIMIT_MS;
  relay.detach();
  const [undelivered] = await Promise.all([queue.close(limitMs), inbound?.close(limitMs)]);
  if (undelivered > 0) context.logger.error('Messages were not delivered before the bridge stopped.', { undelivered });
}

function healthOf({ failing, ...queue }: QueueStatus, inboundPort: number | undefined): HealthStatus {
  const details = { ...queue, ...(inboundPort !== undefined && { inboundPort }) };
  if (failing === undefined) return { status: 'healthy', details };
  // A queue that is empty gave its last message up.
  const status = queue.queueLength === 0 ? 'unhealthy' : 'degraded';
  return { status, message: `The last attempt failed: ${failing}.`, details };
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= action());
}
