import type { BridgePlugin, HealthStatus, PluginContext } from '@ar-registry/sdk';
import { type WebhookConfig, parseConfig } from './config.ts';
import { type Endpoint, openEndpoint } from './endpoint.ts';
import { createInboundHandler } from './inbound-handler.ts';
import { type InboundServer, startInboundServer } from './inbound-server.ts';
import { type Journals, createJournals } from './journal.ts';
import { type RelaySide, attachToRelay } from './relay-side.ts';
import { type ReplayGuard, createReplayGuard, isSeenPost } from './replay-guard.ts';
import { createSignature } from './signature.ts';

/** How long unloading waits for what is in flight, unless the ports say otherwise. */
const CLOSE_LIMIT_MS = 5000;
/** How often it is looked whether somebody wants dead letters posted again. */
const REPLAY_EVERY_MS = 5000;

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
  readonly endpoints: readonly Endpoint[];
  readonly inbound: InboundServer | undefined;
  /** Runs once, however often it is called. */
  readonly close: () => Promise<void>;
}

/** The webhook bridge. Its health tells the port of the inbound side, and of each endpoint how it goes. */
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
      await Promise.all(loaded.endpoints.map((endpoint) => endpoint.replay()));
      return healthOf(loaded);
    },
  };
}

interface Parts {
  readonly config: WebhookConfig;
  readonly context: PluginContext;
  readonly ports: BridgePorts;
  readonly journals: Journals;
}

async function load(context: PluginContext, ports: BridgePorts): Promise<Loaded> {
  const config = parseConfig(context.config);
  const journals = createJournals(context.dataDir);
  const endpoints = await openAll({ config, context, ports, journals });
  const channels = [...new Set(config.endpoints.flatMap((endpoint) => endpoint.channels))];
  const relay = attachToRelay(context.client, channels, (message) => {
    for (const endpoint of endpoints) endpoint.offer(message);
  });
  let replays: ReplayGuard | undefined;
  try {
    replays = config.inbound && (await openReplays(journals, ports));
    const inbound = replays && (await startInbound({ config, context, ports, journals }, { relay, replays }));
    const origins = config.endpoints.map(
      ({ name, url, secrets }) => `${name}: ${url.origin}${secrets.length > 0 ? ', signed' : ''}`,
    );
    context.logger.info('Bridging messages.', {
      endpoints: origins,
      inboundPort: inbound?.port,
      files: context.dataDir,
    });
    const timer = setInterval(() => void replayAll(endpoints), REPLAY_EVERY_MS).unref();
    const closing = { endpoints, relay, inbound, replays, timer };
    return { endpoints, inbound, close: once(() => close(closing, { context, ports })) };
  } catch (error) {
    relay.detach();
    await Promise.all([replays?.close(), ...endpoints.map((endpoint) => endpoint.close(0))]);
    throw error;
  }
}

async function openAll(parts: Parts): Promise<readonly Endpoint[]> {
  const endpoints = await Promise.all(parts.config.endpoints.map((endpoint) => openEndpoint(endpoint, parts)));
  await replayAll(endpoints);
  return endpoints;
}

async function replayAll(endpoints: readonly Endpoint[]): Promise<void> {
  await Promise.all(endpoints.map((endpoint) => endpoint.replay()));
}

async function openReplays(journals: Journals, ports: BridgePorts): Promise<ReplayGuard> {
  return createReplayGuard(() => ports.now().getTime(), await journals.open('seen.jsonl', isSeenPost));
}

async function startInbound(
  { config, context }: Parts,
  { relay, replays }: { readonly relay: RelaySide; readonly replays: ReplayGuard },
): Promise<InboundServer | undefined> {
  if (!config.inbound) return undefined;
  const { secrets } = config.inbound;
  const handler = createInboundHandler({
    agentName: context.client.agentName,
    isSigned: secrets.length > 0,
    signature: createSignature(secrets),
    replays,
    send: (message) => relay.send(message),
    onReply: (status) => context.metrics.counter('inbound', 1, { status: String(status) }),
    onUnsafe: (error) => context.logger.error('The disk does not take it.', { error: String(error) }),
  });
  return startInboundServer(config.inbound, handler, (error) =>
    context.logger.error('An inbound post failed.', { error: String(error) }),
  );
}

interface Closing {
  readonly endpoints: readonly Endpoint[];
  readonly relay: RelaySide;
  readonly inbound: InboundServer | undefined;
  readonly replays: ReplayGuard | undefined;
  readonly timer: NodeJS.Timeout;
}

async function close(
  { endpoints, relay, inbound, replays, timer }: Closing,
  { context, ports }: { context: PluginContext; ports: BridgePorts },
): Promise<void> {
  const limitMs = ports.closeLimitMs ?? CLOSE_LIMIT_MS;
  clearInterval(timer);
  relay.detach();
  const [left] = await Promise.all([
    Promise.all(endpoints.map((endpoint) => endpoint.close(limitMs))),
    inbound?.close(limitMs).then(() => replays?.close()),
  ]);
  const undelivered = left.reduce((sum, count) => sum + count, 0);
  if (undelivered > 0)
    context.logger.warn('Messages stay on the disk until the bridge is loaded again.', { undelivered });
}

function healthOf({ endpoints, inbound }: Loaded): HealthStatus {
  const states = endpoints.map((endpoint) => ({ name: endpoint.name, ...endpoint.status() }));
  const details = { endpoints: states, ...(inbound && { inboundPort: inbound.port }) };
  const bad = states.filter(({ disabled, failing }) => disabled || failing !== undefined);
  if (bad.length === 0) return { status: 'healthy', details };
  const problems = bad.map(
    ({ name, disabled, failing = '' }) => `${name} ${disabled ? 'is gone' : `failed: ${failing}`}`,
  );
  // A queue that is empty gave its last message up.
  const isLost = bad.some(({ disabled, queueLength }) => disabled || queueLength === 0);
  return { status: isLost ? 'unhealthy' : 'degraded', message: `Endpoint ${problems.join('; ')}.`, details };
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= action());
}
