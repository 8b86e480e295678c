/** One endpoint: which messages it gets, as what, through its queue on the disk. */
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { PluginContext } from '@ar-registry/sdk';
import type { WebhookConfig } from './config.ts';
import { createDeadLetters, type DeadLetters } from './dead-letters.ts';
import type { Delivery, DeliveryEvent } from './deliver.ts';
import { createDeliveryQueue, type DeliveryQueue, type QueueStatus } from './delivery-queue.ts';
import { isDelivery } from './delivery.ts';
import type { EndpointConfig } from './endpoint-config.ts';
import { fits } from './filter.ts';
import type { Journals } from './journal.ts';
import type { BridgePorts } from './plugin.ts';
import { post } from './post.ts';
import type { RelayMessage } from './relay-side.ts';
import { createSignature } from './signature.ts';

export interface Endpoint {
  readonly name: string;
  /** Takes a message if it is for this endpoint. Does not throw, whatever a sender put into it. */
  offer(message: RelayMessage): void;
  /** Posts dead letters again, if somebody asked for it. Does not reject. */
  replay(): Promise<void>;
  status(): QueueStatus;
  /** Resolves to the number of messages that stay on the disk. */
  close(limitMs: number): Promise<number>;
}

export interface EndpointOptions {
  readonly config: WebhookConfig;
  readonly context: PluginContext;
  readonly ports: BridgePorts;
  readonly journals: Journals;
}

/** @throws what the disk says */
export async function openEndpoint(endpoint: EndpointConfig, options: EndpointOptions): Promise<Endpoint> {
  const { context, ports } = options;
  const { dataDir, logger } = context;
  const { number, name } = endpoint;
  const marker = createMarker(dataDir, endpoint);
  const letters = createDeadLetters(dataDir, number, ports.now);
  const journal = await options.journals.open(`queue-${number}.jsonl`, isDelivery);
  const unsafe = (error: unknown): void =>
    logger.error('The disk does not take it.', { endpoint: name, error: String(error) });
  const queue = createDeliveryQueue({
    ...ports,
    maxLength: options.config.queueSize,
    maxAttempts: options.config.maxAttempts,
    journal,
    isDisabled: await marker.isSet(),
    post: createPost(endpoint, options),
    bury: (delivery, reason) => letters.bury(delivery, reason).catch(unsafe),
    disable: () => marker.set().catch(unsafe),
    onUnsafe: unsafe,
    onEvent: (event) => report(event, { name, context }),
  });
  return {
    name,
    offer: (message) => offer(message, { endpoint, options, queue }),
    replay: () => replay({ letters, queue, marker, name, context }).catch(unsafe),
    status: () => queue.status(),
    close: (limitMs) => queue.close(limitMs),
  };
}

function createPost(
  { url, secrets }: EndpointConfig,
  { config: { timeoutMs }, ports }: EndpointOptions,
): (delivery: Delivery, signal: AbortSignal) => ReturnType<typeof post> {
  const signature = createSignature(secrets);
  return ({ id, body, contentType }, signal) => {
    const headers = signature.headers(id, ports.now(), body);
    return post({ url, headers, body, contentType, timeoutMs, signal }, ports);
  };
}

function offer(
  message: RelayMessage,
  { endpoint, options, queue }: { endpoint: EndpointConfig; options: EndpointOptions; queue: DeliveryQueue },
): void {
  const { ports, context } = options;
  const { logger, metrics } = context;
  const { name, channels, filter, template } = endpoint;
  const isForIt = message.channel === undefined || channels.includes(message.channel);
  if (!isForIt || (filter && !fits(filter, message))) return;
  try {
    const timestamp = ports.now().toISOString();
    const contentType = template?.contentType ?? 'application/json';
    const body = template
      ? template.render({ ...message, timestamp })
      : JSON.stringify({ type: 'relay.message', timestamp, data: message });
    if (queue.add({ id: ports.newId(), body, contentType }))
      metrics.gauge('queue_length', queue.status().queueLength, { endpoint: name });
    else logger.error('The queue is full; a message was dropped.', { id: message.id, endpoint: name });
  } catch (error) {
    // Data may be nested too deeply to be written.
    logger.error('A message cannot be written as JSON.', { id: message.id, endpoint: name, error: String(error) });
  }
}

function report(
  event: DeliveryEvent,
  { name, context }: { readonly name: string; readonly context: PluginContext },
): void {
  const { logger, metrics } = context;
  const { kind, ...facts } = event;
  const extra = { ...facts, endpoint: name };
  metrics.counter('deliveries', 1, { result: kind, endpoint: name });
  if (kind === 'given-up') logger.error('A message was not delivered; it is among the dead letters.', extra);
  if (kind === 'gone') logger.error('The endpoint is gone; nothing more is posted to it.', extra);
  if (kind === 'kept') logger.warn('A message was not delivered yet; it stays on the disk.', extra);
  if (kind === 'retrying') logger.warn('A message was not delivered yet.', extra);
}

interface ReplayParts {
  readonly letters: DeadLetters;
  readonly queue: DeliveryQueue;
  readonly marker: Marker;
  readonly name: string;
  readonly context: PluginContext;
}

/** Whoever asks for it wants the endpoint back as well. */
async function replay({ letters, queue, marker, name, context }: ReplayParts): Promise<void> {
  let first = true;
  const add = (delivery: Delivery): boolean => {
    if (first) queue.enable();
    first = false;
    return queue.hasRoom(delivery) && queue.add(delivery);
  };
  const count = await letters.replay(add, () => queue.stored());
  if (count === undefined) return;
  await marker.clear();
  context.logger.info('Dead letters are posted again.', { count, endpoint: name });
}

/** Says over restarts that a URL is gone for good. Another URL is not. */
interface Marker {
  isSet(): Promise<boolean>;
  set(): Promise<void>;
  clear(): Promise<void>;
}

function createMarker(dataDir: string, { number, url }: EndpointConfig): Marker {
  const name = `disabled-${number}`;
  // Its path is a secret with many services.
  const digest = createHash('sha256').update(url.href).digest('hex');
  return {
    isSet: async () => (await readFile(join(dataDir, basename(name)), 'utf8').catch(() => '')) === digest,
    set: () => writeFile(join(dataDir, basename(name)), digest, { mode: 0o600 }),
    clear: () => rm(join(dataDir, basename(name)), { force: true }),
  };
}
