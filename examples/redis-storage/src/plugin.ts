import type { PluginContext, StoragePlugin } from '@ar-registry/sdk';
import { parseConfig } from './config.ts';
import { openConnection, type Connection } from './connection.ts';
import { createDeadLetters } from './dead-letters.ts';
import { healthOf } from './health.ts';
import { createKeys } from './keys.ts';
import { createMessages, type Messages } from './messages.ts';
import { describe } from './passing.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createSummaries, type Summaries } from './summaries.ts';

/** How long `init` waits for Redis: a daemon starts also while it is away. */
const INIT_MS = 2000;
/** How long `close` waits for what is still to be written. */
const DRAIN_MS = 5000;
const SILENCE_MS = 10_000;

/** One load of the plugin. */
interface Loaded {
  readonly context: PluginContext;
  readonly connection: Connection;
  readonly messages: Messages;
  readonly sessions: Sessions;
  readonly summaries: Summaries;
  readonly deadLetters: ReturnType<typeof createDeadLetters>;
  readonly stop: AbortController;
}

/**
 * Messages, sessions, summaries and dead letters in Redis. What is saved is in Redis when its promise resolves; while Redis is away, calls wait
 * for it.
 *
 * @param nowMs milliseconds since the epoch
 * @param options `silenceMs`: after how long without an answer a connection counts as lost
 */
export function createRedisStorage(
  nowMs: () => number,
  { silenceMs = SILENCE_MS }: { readonly silenceMs?: number } = {},
): StoragePlugin {
  let loaded: Loaded | undefined;
  const need = (): Loaded => {
    if (!loaded) throw new Error('The storage is not loaded.');
    return loaded;
  };
  return {
    async onLoad(context) {
      loaded = load(context, { nowMs, silenceMs });
    },
    async onUnload() {
      const last = loaded;
      loaded = undefined;
      last?.stop.abort(new Error('The storage was unloaded.'));
      last?.connection.close();
    },
    init: async () => initialise(need()),
    close: async () => drain(need()),
    health: async () =>
      loaded ? healthOf(loaded.connection, loaded.messages) : { status: 'unhealthy', message: 'Not loaded.' },

    saveMessage: async (message) => need().messages.save(message),
    getMessages: async (query) => need().messages.find(query),
    getMessageById: async (id) => need().messages.byId(id),
    updateMessageStatus: async (id, status) => need().messages.updateStatus(id, status),
    getPendingMessagesForSession: async (agent, session) => need().messages.pendingFor(agent, session),
    getMaxSeqByStream: async (agent, session) => need().messages.maxSeqByStream(agent, session),

    startSession: async (session) => need().sessions.start(session),
    endSession: async (id, options) => need().sessions.end(id, options),
    getSessions: async (query) => need().sessions.find(query),
    getRecentSessions: async (limit) => need().sessions.find({ limit: limit ?? 10 }),
    incrementSessionMessageCount: async (id) => need().sessions.count(id),
    getSessionByResumeToken: async (token) => need().sessions.byToken(token),
    saveAgentSummary: async (summary) => need().summaries.save(summary),
    getAgentSummary: async (agent) => need().summaries.of(agent),
    getAllAgentSummaries: async () => need().summaries.all(),

    deadLetters: {
      // oxlint-disable-next-line max-params -- the signature is agent-relay's
      add: async (...letter) => need().deadLetters.add(...letter),
      get: async (id) => need().deadLetters.get(id),
      query: async (query) => need().deadLetters.query(query),
      acknowledge: async (id, by) => need().deadLetters.acknowledge(id, by),
      remove: async (id) => need().deadLetters.remove(id),
    },
  };
}

function load(
  context: PluginContext,
  { nowMs, silenceMs }: { readonly nowMs: () => number; readonly silenceMs: number },
): Loaded {
  const { redisUrl, prefix, retentionMs } = parseConfig(context.config);
  const { logger, metrics } = context;
  const stop = new AbortController();
  const connection = openConnection({
    url: redisUrl,
    signal: AbortSignal.any([stop.signal, context.signal]),
    silenceMs,
    onFailure(problem) {
      metrics.counter('connection_failures');
      logger.error('Redis cannot be used.', { problem });
    },
    onRecovery: () => logger.info('Redis can be used again.'),
  });
  const options = { connection, keys: createKeys(prefix), retentionMs, nowMs };
  return {
    context,
    connection,
    messages: createMessages(options),
    sessions: createSessions(options),
    summaries: createSummaries(options),
    deadLetters: createDeadLetters(options),
    stop,
  };
}

/** Rejects for what does not pass by itself, such as a wrong password; while Redis is away, calls wait for it. */
async function initialise({ connection, context, stop }: Loaded): Promise<void> {
  const opened = connection.open();
  await Promise.race([opened, after(INIT_MS, stop.signal)]);
  // Later there is nobody to be told; `health` says it.
  opened.catch((error: unknown) => {
    if (!stop.signal.aborted) context.logger.error('Redis refuses the connection.', { problem: describe(error) });
  });
}

async function drain({ messages: { writer }, connection, context, stop }: Loaded): Promise<void> {
  await Promise.race([writer.drained(), after(DRAIN_MS, stop.signal)]);
  if (writer.waiting() === 0) return;
  const reason = connection.failure() ?? 'it is slow';
  context.logger.error('Messages were not written.', { count: writer.waiting(), reason });
}

function after(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    timer.unref();
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
