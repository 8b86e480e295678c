import type { PluginContext, StoragePlugin, StoredMessage } from '@ar-registry/sdk';
import { parseConfig, type PostgresConfig } from './config.ts';
import { openDatabase, type Database } from './database.ts';
import { createDeadLetters } from './dead-letters.ts';
import { healthOf, type Tables } from './health.ts';
import { createMessages, type Messages } from './messages.ts';
import { migrate } from './migrations.ts';
import { describe } from './passing.ts';
import { deleteOld } from './retention.ts';
import { createSessions, type Sessions } from './sessions.ts';

const RETENTION_EVERY_MS = 60 * 60 * 1000;
/** How long `close` waits for what is still to be written. */
const DRAIN_MS = 5000;
/** How long `init` waits for the database: a daemon starts also while it is away. */
const INIT_MS = 2000;
const QUERY_MS = 10_000;

/** One load of the plugin. */
interface Loaded {
  readonly context: PluginContext;
  readonly config: PostgresConfig;
  readonly database: Database;
  readonly messages: Messages;
  readonly sessions: Sessions;
  readonly deadLetters: ReturnType<typeof createDeadLetters>;
  readonly stop: AbortController;
  tables: Tables;
  timer?: NodeJS.Timeout;
}

export interface PostgresStorage extends StoragePlugin {
  /** Messages that hold these words, as a search engine takes them: `"two words" -without`. The best first. */
  searchMessages(words: string, options?: { readonly limit?: number }): Promise<StoredMessage[]>;
}

/**
 * Messages, sessions, summaries and dead letters in PostgreSQL. What is saved is committed when its promise resolves; while
 * the database is away, calls wait for it.
 *
 * @param options `queryMs`: how long a statement may take
 */
export function createPostgresStorage(
  nowMs: () => number,
  { queryMs = QUERY_MS }: { readonly queryMs?: number } = {},
): PostgresStorage {
  let loaded: Loaded | undefined;
  const need = (): Loaded => {
    if (!loaded) throw new Error('The storage is not loaded.');
    return loaded;
  };
  return {
    async onLoad(context) {
      loaded = load(context, { nowMs, queryMs });
    },
    async onUnload() {
      const last = loaded;
      loaded = undefined;
      if (last) await unload(last);
    },
    init: async () => initialise(need(), nowMs),
    close: async () => drain(need()),
    health: async () => (loaded ? healthOf(loaded) : { status: 'unhealthy', message: 'Not loaded.' }),

    saveMessage: async (message) => need().messages.save(message),
    getMessages: async (query) => need().messages.find(query),
    getMessageById: async (id) => need().messages.byId(id),
    updateMessageStatus: async (id, status) => need().messages.updateStatus(id, status),
    getPendingMessagesForSession: async (agent, session) => need().messages.pendingFor(agent, session),
    getMaxSeqByStream: async (agent, session) => need().messages.maxSeqByStream(agent, session),
    searchMessages: async (words, options) => need().messages.search(words, options),

    startSession: async (session) => need().sessions.start(session),
    endSession: async (id, options) => need().sessions.end(id, options),
    getSessions: async (query) => need().sessions.find(query),
    getRecentSessions: async (limit) => need().sessions.find({ limit: limit ?? 10 }),
    incrementSessionMessageCount: async (id) => need().sessions.count(id),
    getSessionByResumeToken: async (token) => need().sessions.byToken(token),
    saveAgentSummary: async (summary) => need().sessions.saveSummary(summary),
    getAgentSummary: async (agent) => need().sessions.summary(agent),
    getAllAgentSummaries: async () => need().sessions.summaries(),

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
  { nowMs, queryMs }: { readonly nowMs: () => number; readonly queryMs: number },
): Loaded {
  const config = parseConfig(context.config);
  const stop = new AbortController();
  const { logger, metrics } = context;
  const database = openDatabase({
    url: config.databaseUrl,
    schema: config.schema,
    poolSize: config.poolSize,
    signal: AbortSignal.any([stop.signal, context.signal]),
    queryMs,
    onFailure(problem) {
      metrics.counter('connection_failures');
      logger.error('The database cannot be used.', { problem });
    },
    onRecovery: () => logger.info('The database can be used again.'),
  });
  return {
    context,
    config,
    database,
    messages: createMessages(database),
    sessions: createSessions(database, nowMs),
    deadLetters: createDeadLetters(database, nowMs),
    stop,
    tables: { state: 'pending' },
  };
}

/** Rejects for what does not pass; goes on by itself where the database is away or slow. */
async function initialise(loaded: Loaded, nowMs: () => number): Promise<void> {
  const { database, config, context, stop } = loaded;
  const make = async (): Promise<void> => {
    try {
      await database.prepare((run) => migrate(run, config.schema));
      loaded.tables = { state: 'ready' };
      if (!stop.signal.aborted) keepClean(loaded, nowMs);
    } catch (error) {
      loaded.tables = { state: 'failed', problem: describe(error) };
      if (!stop.signal.aborted) context.logger.error('The tables cannot be made.', { problem: describe(error) });
      throw error;
    }
  };
  const ready = make();
  await Promise.race([ready, after(INIT_MS)]);
  // Later there is nobody to be told; it is logged, and `health` says it.
  ready.catch(() => undefined);
}

function keepClean(loaded: Loaded, nowMs: () => number): void {
  const { database, config, context, stop } = loaded;
  const { retentionDays } = config;
  const clean = (): void => {
    deleteOld(database, { retentionDays, nowMs: nowMs(), signal: stop.signal }).then(
      (deleted) => deleted > 0 && context.logger.info('Old rows were deleted.', { deleted }),
      (error: unknown) =>
        stop.signal.aborted || context.logger.warn('Old rows could not be deleted.', { error: String(error) }),
    );
  };
  if (retentionDays === 0) return;
  clean();
  loaded.timer = setInterval(clean, RETENTION_EVERY_MS).unref();
}

async function drain({ messages: { writer }, database, context, stop }: Loaded): Promise<void> {
  await Promise.race([writer.drained(), after(DRAIN_MS, stop.signal)]);
  if (writer.waiting() === 0) return;
  const reason = database.failure() ?? 'it is slow';
  context.logger.error('Messages were not written.', { count: writer.waiting(), reason });
}

async function unload({ stop, timer, database }: Loaded): Promise<void> {
  clearInterval(timer);
  stop.abort(new Error('The storage was unloaded.'));
  await database.close();
}

function after(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    timer.unref();
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
