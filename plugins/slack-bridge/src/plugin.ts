import { join } from 'node:path';
import type { BridgePlugin, HealthStatus, PluginContext } from '@ar-registry/sdk';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import { parseConfig, type SlackConfig } from './config.ts';
import { startConnection, type Connection, type ConnectionStatus } from './connection.ts';
import { catchUp } from './catch-up.ts';
import { createDirectory, type Directory } from './directory.ts';
import { healthOf } from './health.ts';
import { startInbound, type Inbound } from './inbound.ts';
import { forgiving, openJournal } from './journal.ts';
import { openLastSeen } from './last-seen.ts';
import { startOutbound, type Outbound, type OutboundEvent, type OutboundItem } from './outbound.ts';
import { parseOutbound } from './outbound-item.ts';
import { postNext } from './post.ts';
import { attachToRelay, type RelaySide } from './relay-side.ts';
import { createRoutes, type Routes } from './routes.ts';
import { openSeen } from './seen.ts';
import { createSlackLogger } from './slack-logger.ts';
import { parseStored, readMessage, type Self, type SlackMessage } from './slack-message.ts';
import { openSpool, type Spool } from './spool.ts';
import { openThreads, type Threads } from './threads.ts';

/** What the bridge takes from outside. */
export interface BridgePorts {
  readonly nowMs: () => number;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  /** Resolves after the time, or when `signal` is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** How long unloading waits for what is on its way. */
const CLOSE_MS = 4000;
const TIMEOUT_MS = 15_000;
const MAX_CHARS = 16 * 1024 ** 2;
const REFRESH_MS = 60 * 60 * 1000;

/** One load of the plugin. */
interface Loaded {
  readonly context: PluginContext;
  readonly config: SlackConfig;
  readonly directory: Directory;
  readonly threads: Threads;
  readonly routes: Routes;
  readonly outboundSpool: Spool<OutboundItem>;
  readonly inboundSpool: Spool<SlackMessage>;
  readonly relay: RelaySide;
  readonly outbound: Outbound;
  readonly inbound: Inbound;
  readonly connection: Connection;
  readonly counts: Counts;
  readonly close: () => Promise<void>;
}

interface Counts {
  dropped: number;
  givenUp: number;
}

/** The Slack bridge. */
export function createSlackBridge(ports: BridgePorts): BridgePlugin {
  let loaded: Loaded | undefined;
  return {
    async onLoad(context) {
      const current = load(context, ports);
      loaded = current;
      // The daemon may stop without unloading.
      context.signal.addEventListener('abort', () => void current.close(), { once: true });
    },
    async onUnload() {
      const last = loaded;
      loaded = undefined;
      await last?.close();
    },
    health: async () => (loaded ? report(loaded) : { status: 'unhealthy', message: 'Not loaded.' }),
  };
}

function report({
  config,
  connection,
  outbound,
  outboundSpool,
  inboundSpool,
  directory,
  counts,
}: Loaded): HealthStatus {
  const wanted = [
    ...config.channels.map(({ slack }) => slack),
    ...(config.defaultChannel ? [config.defaultChannel] : []),
  ];
  const isConnected = connection.status().state === 'connected';
  return healthOf({
    connection: connection.status(),
    failing: outbound.failing(),
    outboundWaiting: outboundSpool.length,
    inboundWaiting: inboundSpool.length,
    ...counts,
    diskFailure: outboundSpool.failure ?? inboundSpool.failure,
    eventsPort: connection.port,
    missing: isConnected ? [...new Set(wanted)].filter((name) => directory.resolve(name) === undefined) : [],
  });
}

/** What is made before anything runs. */
function prepare(context: PluginContext, ports: BridgePorts) {
  const config = parseConfig(context.config);
  const onFailure = (error: unknown): void =>
    context.logger.error('What should be remembered cannot be written.', { error: String(error) });
  const logger = createSlackLogger(context.logger);
  // The bridge itself says when to try again.
  const options: WebClientOptions = {
    slackApiUrl: config.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: TIMEOUT_MS,
    logger,
  };
  const client = new WebClient(config.botToken, options);
  const directory = createDirectory({ client, nowMs: ports.nowMs, users: config.users });
  const threads = openThreads(
    forgiving(openJournal(join(context.dataDir, 'threads.jsonl'), join(context.dataDir, 'threads.new')), onFailure),
  );
  const counts: Counts = { dropped: 0, givenUp: 0 };
  const lastSeen = openLastSeen(
    forgiving(openJournal(join(context.dataDir, 'last.jsonl'), join(context.dataDir, 'last.new')), onFailure),
  );
  const seen = openSeen(
    forgiving(openJournal(join(context.dataDir, 'seen.jsonl'), join(context.dataDir, 'seen.new')), onFailure),
  );
  const bounds = { maxLength: config.queueSize, maxChars: MAX_CHARS };
  return {
    context,
    ports,
    config,
    logger,
    client,
    lastSeen,
    seen,
    directory,
    threads,
    routes: createRoutes({ config, directory, threads }),
    outboundSpool: openSpool(
      openJournal(join(context.dataDir, 'outbound.jsonl'), join(context.dataDir, 'outbound.new')),
      parseOutbound,
      bounds,
    ),
    inboundSpool: openSpool(
      openJournal(join(context.dataDir, 'inbound.jsonl'), join(context.dataDir, 'inbound.new')),
      parseStored,
      bounds,
    ),
    counts,
  };
}

type Parts = ReturnType<typeof prepare>;

function load(context: PluginContext, ports: BridgePorts): Loaded {
  const parts = prepare(context, ports);
  const { client, config, directory, threads, routes, outboundSpool, inboundSpool } = parts;
  const outbound = startOutbound(outboundSpool, {
    ...ports,
    post: (item) => postNext(item, { client, config, directory, threads }),
    onEvent: (event) => noteOutbound(event, parts),
  });
  const send = (item: OutboundItem): void => {
    if (outbound.add(item)) context.metrics.gauge('queue_length', outboundSpool.length, { direction: 'out' });
    else drop(parts, 'out', item.id);
  };
  const relay = attachToRelay(context.client, routes.relayChannels, (message) => {
    const item = routes.toSlack(message);
    if (item) send(item);
    else if (message.target.kind !== 'all')
      context.logger.warn('A message has no place in Slack: set DEFAULT_CHANNEL.', {
        id: message.id,
        from: message.from,
      });
  });
  const inbound = startInbound({
    spool: inboundSpool,
    relay,
    directory,
    threads,
    relayChannelOf: routes.relayChannelOf,
    isOpen: routes.isOpen,
    defaultAgent: config.dmAgent,
    agents: () => context.daemon.getAgents().filter((name) => name !== context.client.agentName),
    onAddressed: routes.noteAddressed,
    answer: ({ channel, ts }, text) =>
      send({
        id: `answer-${ts}`,
        from: context.client.agentName,
        to: channel,
        thread: routes.threadAt(channel, ts),
        text,
      }),
    onDelivered: () => context.metrics.counter('messages', 1, { direction: 'in' }),
    onFailure: (error) => context.logger.error('A message cannot be carried.', { error: String(error) }),
  });
  const connection = connect(parts, inbound);
  const close = once(() => stop(parts, { relay, outbound, inbound, connection }));
  return { ...parts, relay, outbound, inbound, connection, close };
}

function connect(parts: Parts, inbound: Inbound): Connection {
  const { client, config, logger, ports, context, directory } = parts;
  const refresh = createRefresh(parts);
  const take = createTaking(parts, inbound);
  let self: Self | undefined;
  let told = '';
  return startConnection({
    ...ports,
    ...config,
    client,
    logger,
    async prepare(known) {
      self = known;
      directory.nameUser(known.userId, context.client.agentName);
      await directory.loadChannels();
      refresh();
      await catchUp(parts, (event) => take(event, known));
    },
    onEvent(event) {
      noteNames(event, directory);
      if (self) take(event, self);
    },
    onStatus(status) {
      const text = textOf(status);
      if (text !== told) context.logger[status.state === 'failing' ? 'warn' : 'info'](text);
      told = text;
    },
  });
}

/** @returns what takes an event; it throws where there is no room, and Slack sends the event again */
function createTaking(parts: Parts, inbound: Inbound): (event: object, self: Self) => void {
  const { seen } = parts;
  return (event, self) => {
    const message = readMessage(event, self);
    if (!message) return;
    const key = [message.kind, message.channel, message.ts, message.text].join(' ');
    if (seen.has(key)) return;
    if (!inbound.accept(message)) {
      drop(parts, 'in', message.ts);
      throw new Error('There is no room for the event.');
    }
    seen.add(key);
    if (message.kind === 'new') parts.lastSeen.note(message.channel, message.ts);
  };
}

/** Learns the users now, without anybody waiting for it, and again when it is an hour later. */
function createRefresh({ directory, ports, context: { logger } }: Parts): () => void {
  let lastMs: number | undefined;
  return () => {
    if (lastMs !== undefined && ports.nowMs() - lastMs < REFRESH_MS) return;
    lastMs = ports.nowMs();
    directory.loadUsers().catch((error: unknown) => {
      lastMs = undefined;
      logger.warn('The names of users cannot be had: mentions stay plain text.', { error: String(error) });
    });
  };
}

function noteNames(event: object, directory: Directory): void {
  const { type, user, channel } = event as {
    type?: unknown;
    user?: { id?: unknown };
    channel?: { id?: unknown; name?: unknown };
  };
  if ((type === 'user_change' || type === 'team_join') && typeof user?.id === 'string') directory.forgetUser(user.id);
  if (typeof channel === 'object' && typeof channel.id === 'string' && typeof channel.name === 'string')
    directory.renameChannel(channel.id, channel.name);
}

function textOf(status: ConnectionStatus): string {
  switch (status.state) {
    case 'connecting':
      return 'Connecting to Slack.';
    case 'connected':
      return `Connected to Slack: ${status.team}.`;
    case 'failing':
      return `Slack cannot be used: ${status.problem}.`;
    default:
      return status satisfies never;
  }
}

function noteOutbound(event: OutboundEvent, { context: { logger, metrics }, counts, outboundSpool }: Parts): void {
  const { kind, ...facts } = event;
  metrics.counter('deliveries', 1, { result: kind });
  metrics.gauge('queue_length', outboundSpool.length, { direction: 'out' });
  if (kind === 'given-up') {
    counts.givenUp += 1;
    logger.error('Slack refuses a message for good.', facts);
  }
  if (kind === 'retrying') logger.warn('A message is not in Slack yet.', facts);
}

function drop({ context: { logger, metrics }, counts }: Parts, direction: 'in' | 'out', id: string): void {
  counts.dropped += 1;
  metrics.counter('dropped', 1, { direction });
  logger.error('The queue is full; a message was not taken.', { direction, id });
}

async function stop(
  { outboundSpool, inboundSpool, threads, lastSeen, seen, context: { logger } }: Parts,
  { relay, outbound, inbound, connection }: Pick<Loaded, 'relay' | 'outbound' | 'inbound' | 'connection'>,
): Promise<void> {
  relay.detach();
  const limit = Promise.withResolvers<void>();
  const timer = setTimeout(limit.resolve, CLOSE_MS);
  await Promise.race([Promise.all([connection.close(), outbound.close(CLOSE_MS), inbound.close()]), limit.promise]);
  clearTimeout(timer);
  const waiting = { outbound: outboundSpool.length, inbound: inboundSpool.length };
  if (waiting.outbound + waiting.inbound > 0) logger.info('What waits is kept for the next start.', waiting);
  for (const part of [outboundSpool, inboundSpool, threads, lastSeen, seen]) part.close();
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= action());
}
