import { join } from 'node:path';
import type { BridgePlugin, HealthStatus, PluginContext } from '@ar-registry/sdk';
import { Events, REST, type Client, type Message } from 'discord.js';
import { parseConfig, type DiscordConfig } from './config.ts';
import { startConnection, type Connection, type ConnectionStatus } from './connection.ts';
import { isForeign, parseStored, readMessage, type DiscordMessage } from './discord-message.ts';
import { healthOf } from './health.ts';
import { createIdentities } from './identities.ts';
import { startInbound, type Inbound } from './inbound.ts';
import { forgiving, openJournal } from './journal.ts';
import { openLastSeen } from './last-seen.ts';
import { toPlainText } from './markup.ts';
import { createNames } from './names.ts';
import { parseOutbound } from './outbound-item.ts';
import { startOutbound, type Outbound, type OutboundEvent, type OutboundItem } from './outbound.ts';
import { postNext } from './post.ts';
import { attachToRelay, type RelaySide } from './relay-side.ts';
import { createRoutes } from './routes.ts';
import { createSeen } from './seen.ts';
import { openSpool, type Spool } from './spool.ts';
import { nameOfThread, openThreads } from './threads.ts';

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
/** Of each channel; what Discord gives at once. */
const MAX_MISSED = 100;

/** One load of the plugin. */
interface Loaded {
  readonly outboundSpool: Spool<OutboundItem>;
  readonly inboundSpool: Spool<DiscordMessage>;
  readonly outbound: Outbound;
  readonly connection: Connection;
  readonly counts: Counts;
  readonly close: () => Promise<void>;
}

interface Counts {
  dropped: number;
  givenUp: number;
}

/** The Discord bridge. */
export function createDiscordBridge(ports: BridgePorts): BridgePlugin {
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

function report({ connection, outbound, outboundSpool, inboundSpool, counts }: Loaded): HealthStatus {
  return healthOf({
    connection: connection.status(),
    failing: outbound.failing(),
    outboundWaiting: outboundSpool.length,
    inboundWaiting: inboundSpool.length,
    ...counts,
    diskFailure: outboundSpool.failure ?? inboundSpool.failure,
  });
}

/** What is made before anything runs. */
function prepare(context: PluginContext, ports: BridgePorts) {
  const config = parseConfig(context.config);
  const onFailure = (error: unknown): void =>
    context.logger.error('What should be remembered cannot be written.', { error: String(error) });
  const threads = openThreads(
    forgiving(openJournal(join(context.dataDir, 'threads.jsonl'), join(context.dataDir, 'threads.new')), onFailure),
  );
  const bounds = { maxLength: config.queueSize, maxChars: MAX_CHARS };
  const outboundJournal = openJournal(join(context.dataDir, 'outbound.jsonl'), join(context.dataDir, 'outbound.new'));
  const inboundJournal = openJournal(join(context.dataDir, 'inbound.jsonl'), join(context.dataDir, 'inbound.new'));
  const counts: Counts = { dropped: 0, givenUp: 0 };
  const lastSeen = openLastSeen(
    forgiving(openJournal(join(context.dataDir, 'seen.jsonl'), join(context.dataDir, 'seen.new')), onFailure),
  );
  const rest = createRest(config);
  const self: { applicationId?: string } = {};
  const identities = createIdentities({
    rest,
    nowMs: ports.nowMs,
    applicationId: () => self.applicationId,
    onRefused: (channel) =>
      context.logger.warn('The bot may not have a webhook: agents speak under its name.', { channel }),
  });
  return {
    context,
    ports,
    config,
    counts,
    lastSeen,
    threads,
    names: createNames(config.users),
    rest,
    self,
    identities: config.identities === 'webhook' ? identities : undefined,
    opened: new Set<string>(),
    routes: createRoutes({ config, threads }),
    outboundSpool: openSpool(outboundJournal, parseOutbound, bounds),
    inboundSpool: openSpool(inboundJournal, parseStored, bounds),
  };
}

type Parts = ReturnType<typeof prepare>;

/** It forgets a token that was refused once; the bridge goes on trying, in case that Discord was wrong. */
function createRest({ apiUrl, token }: DiscordConfig): Pick<REST, 'get' | 'post'> {
  const rest = new REST({ api: apiUrl, version: '10', timeout: TIMEOUT_MS, retries: 0 });
  return {
    get: (route, data) => rest.setToken(token).get(route, data),
    post: (route, data) => rest.setToken(token).post(route, data),
  };
}

function load(context: PluginContext, ports: BridgePorts): Loaded {
  const parts = prepare(context, ports);
  const { config, routes, outboundSpool } = parts;
  const outbound = startOutbound(outboundSpool, {
    ...ports,
    post: (item) => postNext(item, { ...parts, pings: config.pings }),
    onEvent: (event) => noteOutbound(event, parts),
  });
  const send = (item: OutboundItem): void => {
    if (outbound.add(item)) context.metrics.gauge('queue_length', outboundSpool.length, { direction: 'out' });
    else drop(parts, 'out', item.id);
  };
  const relay = attachToRelay(context.client, routes.relayChannels, (message) => {
    const item = routes.toDiscord(message);
    if (item) send(item);
    else if (message.target.kind !== 'all')
      context.logger.warn('A message has no place in Discord: set DISCORD_DEFAULT_CHANNEL.', {
        id: message.id,
        from: message.from,
      });
  });
  const inbound = listen(parts, relay, send);
  const connection = connect(parts, inbound);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= stop(parts, { relay, outbound, inbound, connection }));
  return { ...parts, outbound, connection, close };
}

function listen(parts: Parts, relay: RelaySide, send: (item: OutboundItem) => void): Inbound {
  const { context, config, routes, threads } = parts;
  return startInbound({
    spool: parts.inboundSpool,
    relay,
    threads,
    relayChannelOf: routes.relayChannelOf,
    isOpen: routes.isOpen,
    defaultAgent: config.dmAgent,
    agents: () => context.daemon.getAgents().filter((name) => name !== context.client.agentName),
    onAddressed: routes.noteAddressed,
    answer({ channel, id, isDirect }, text) {
      const place = { channel, root: id };
      const thread = nameOfThread(place);
      threads.remember({ ...place, thread, ...(isDirect && { isDirect }) });
      send({ id: `answer-${id}`, from: context.client.agentName, to: channel, thread, text });
    },
    onDelivered: () => context.metrics.counter('messages', 1, { direction: 'in' }),
    onFailure: (error) => context.logger.error('A message cannot be carried.', { error: String(error) }),
  });
}

function connect(parts: Parts, inbound: Inbound): Connection {
  const { config, ports, context } = parts;
  const seen = createSeen();
  let told = '';
  return startConnection({
    ...ports,
    ...config,
    attach(client) {
      const take = containing(context, (kind: DiscordMessage['kind'], message: Message): void => {
        const read = readOne(parts, client, { kind, message });
        const key = read && [kind, read.id, read.text].join(' ');
        if (!read || key === undefined || seen.has(key)) return;
        seen.add(key);
        if (inbound.accept(read)) parts.lastSeen.note(message.channelId, message.id);
        else drop(parts, 'in', read.id);
      });
      client.on(Events.ClientReady, (ready) => {
        parts.self.applicationId = ready.application.id;
        for (const channel of wantedChannels(config)) void catchUp(parts, ready, { channel, take });
      });
      client.on(Events.MessageCreate, (message) => take('new', message));
      client.on(Events.MessageUpdate, (before, after) => {
        // Discord says `updated` too when it adds a preview of a link.
        if (before.content !== after.content && !after.partial) take('edited', after);
      });
      client.on(Events.MessageDelete, (message) => {
        if (!message.partial) take('deleted', message);
      });
    },
    onStatus(status) {
      const text = textOf(status);
      if (text !== told) context.logger[status.state === 'failing' ? 'warn' : 'info'](text);
      told = text;
    },
  });
}

/** What a listener throws would end the daemon. */
function containing<Arguments extends readonly unknown[]>(
  { logger }: PluginContext,
  listener: (...args: Arguments) => void,
): (...args: Arguments) => void {
  return (...args) => {
    try {
      listener(...args);
    } catch (error) {
      logger.error('A message cannot be carried.', { error: String(error) });
    }
  };
}

function wantedChannels({ channels, defaultChannel }: DiscordConfig): readonly string[] {
  const wanted = channels.map(({ discord }) => discord);
  return defaultChannel === undefined ? wanted : [...new Set([...wanted, defaultChannel])];
}

interface CatchUp {
  readonly channel: string;
  readonly take: (kind: 'new', message: Message) => void;
}

/** What was written while the bridge was away, as far as Discord gives it at once. */
async function catchUp({ lastSeen, context }: Parts, client: Client, { channel: id, take }: CatchUp): Promise<void> {
  const after = lastSeen.of(id);
  if (after === undefined) return;
  try {
    const channel = client.channels.cache.get(id);
    if (!channel?.isTextBased()) return;
    const missed = await channel.messages.fetch({ after, limit: MAX_MISSED });
    for (const message of [...missed.values()].toReversed()) take('new', message);
  } catch (error) {
    context.logger.warn('What was written meanwhile cannot be had.', { channel: id, error: String(error) });
  }
}

function readOne(
  { config, names, context, routes }: Parts,
  client: Client,
  { kind, message }: { readonly kind: DiscordMessage['kind']; readonly message: Message },
): DiscordMessage | undefined {
  if (!client.isReady()) return undefined;
  const self = { userId: client.user.id, applicationId: client.application.id, bots: config.bots };
  if (!isForeign(message, self)) return undefined;
  names.learn(client.user.id, context.client.agentName);
  const markup = {
    userName: (id: string) => names.userName(id),
    channelName: (id: string) => nameOfChannel(client, id),
    roleName: (id: string) => message.guild?.roles.cache.get(id)?.name,
  };
  const read = readMessage(kind, message, { names, toPlain: (text) => toPlainText(text, markup) });
  return read && (routes.relayChannelOf(read.channel) !== undefined || routes.isOpen(read)) ? read : undefined;
}

function nameOfChannel(client: Client, id: string): string | undefined {
  const channel = client.channels.cache.get(id);
  return channel && 'name' in channel && channel.name !== null ? channel.name : undefined;
}

function textOf(status: ConnectionStatus): string {
  switch (status.state) {
    case 'connecting':
      return 'Connecting to Discord.';
    case 'connected':
      return `Connected to Discord as ${status.bot}, shards: ${status.shards}.`;
    case 'failing':
      return `Discord cannot be used: ${status.problem}.`;
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
    logger.error('Discord refuses a message for good.', facts);
  }
  if (kind === 'retrying') logger.warn('A message is not in Discord yet.', facts);
}

function drop({ context: { logger, metrics }, counts }: Parts, direction: 'in' | 'out', id: string): void {
  counts.dropped += 1;
  metrics.counter('dropped', 1, { direction });
  logger.error('The queue is full; a message was not taken.', { direction, id });
}

interface Running {
  readonly relay: RelaySide;
  readonly outbound: Outbound;
  readonly inbound: Inbound;
  readonly connection: Connection;
}

async function stop(
  { outboundSpool, inboundSpool, threads, lastSeen, context: { logger } }: Parts,
  { relay, outbound, inbound, connection }: Running,
): Promise<void> {
  relay.detach();
  const limit = Promise.withResolvers<void>();
  const timer = setTimeout(limit.resolve, CLOSE_MS);
  await Promise.race([Promise.all([connection.close(), outbound.close(CLOSE_MS), inbound.close()]), limit.promise]);
  clearTimeout(timer);
  const waiting = { outbound: outboundSpool.length, inbound: inboundSpool.length };
  if (waiting.outbound + waiting.inbound > 0) logger.info('What waits is kept for the next start.', waiting);
  for (const part of [outboundSpool, inboundSpool, threads, lastSeen]) part.close();
}
