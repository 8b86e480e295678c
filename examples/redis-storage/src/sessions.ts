import type { SessionEnd, SessionQuery, StoredSession } from '@ar-registry/sdk';
import type { Connection, Redis } from './connection.ts';
import type { Keys } from './keys.ts';
import { bounded, lookUp } from './lookup.ts';
import { toJson } from './records.ts';

const DEFAULT_LIMIT = 50;

export interface Sessions {
  start(session: Omit<StoredSession, 'messageCount'>): Promise<void>;
  end(sessionId: string, options?: SessionEnd): Promise<void>;
  find(query?: SessionQuery): Promise<StoredSession[]>;
  count(sessionId: string): Promise<void>;
  byToken(resumeToken: string): Promise<StoredSession | null>;
}

export interface SessionsOptions {
  readonly connection: Connection;
  readonly keys: Keys;
  /** After the last that happened in a session; 0 for ever. */
  readonly retentionMs: number;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
}

/** Each is a hash of three fields that change apart from each other: how it began, how it ended, and its messages. */
export function createSessions({ connection, keys, retentionMs, nowMs }: SessionsOptions): Sessions {
  /** Unless there is none: what is not known is passed over. */
  const change = (sessionId: string, fields: (redis: Redis, key: string) => Promise<unknown>): Promise<void> =>
    connection.write(async (redis) => {
      const key = keys.of('session', sessionId);
      if ((await redis.exists(key)) === 0) return;
      await Promise.all([fields(redis, key), retentionMs > 0 && redis.pExpire(key, retentionMs)]);
    });
  return {
    start: ({ ...session }) => connection.write((redis) => start(redis, session, { keys, retentionMs })),
    end: (sessionId, { summary, closedBy } = {}) => {
      const end = toJson({ endedAt: nowMs(), ...present({ summary, closedBy }) });
      return change(sessionId, (redis, key) => redis.hSet(key, 'end', end));
    },
    count: (sessionId) => change(sessionId, (redis, key) => redis.hIncrBy(key, 'messages', 1)),
    find: (query = {}) => connection.read((redis) => find(redis, keys, query)),
    byToken: (resumeToken) =>
      connection.read(async (redis) => {
        const id = await redis.get(keys.of('resume', resumeToken));
        return id === null ? null : ((await load(redis, keys, [id]))[0] ?? null);
      }),
  };
}

/** One that is taken up again goes on: it keeps its start and its count, and has no end any more. */
async function start(
  redis: Redis,
  session: Omit<StoredSession, 'messageCount'>,
  { keys, retentionMs }: { readonly keys: Keys; readonly retentionMs: number },
): Promise<void> {
  const key = keys.of('session', session.id);
  const known = await redis.hGet(key, 'start');
  const first = known === null ? session : { ...session, ...(JSON.parse(known) as typeof session), ...later(session) };
  const transaction = redis
    .multi()
    .hSet(key, 'start', toJson(first))
    .hDel(key, 'end')
    .zAdd(keys.of('sessions'), { score: first.startedAt, value: session.id });
  if (retentionMs > 0) transaction.pExpire(key, retentionMs);
  if (session.resumeToken !== undefined) {
    const lifetime = retentionMs > 0 ? { expiration: { type: 'PX', value: retentionMs } as const } : undefined;
    transaction.set(keys.of('resume', session.resumeToken), session.id, lifetime);
  }
  await transaction.exec();
}

/** What the later start of a session says anew; when it began is known. */
function later(session: Omit<StoredSession, 'messageCount'>) {
  const { startedAt: _, ...said } = session;
  return present(said);
}

async function find(redis: Redis, keys: Keys, { agentName, projectId, since, limit }: SessionQuery) {
  return lookUp<StoredSession>(redis, {
    index: keys.of('sessions'),
    order: 'desc',
    since: Number.isNaN(since) ? undefined : since,
    limit: bounded(limit, DEFAULT_LIMIT),
    load: (ids) => load(redis, keys, ids),
    fits: (session) =>
      (agentName === undefined || session.agentName === agentName) &&
      (projectId === undefined || session.projectId === projectId),
  });
}

async function load(redis: Redis, keys: Keys, ids: readonly string[]): Promise<(StoredSession | undefined)[]> {
  const hashes = await Promise.all(ids.map((id) => redis.hGetAll(keys.of('session', id))));
  return hashes.map(({ start: first, end = '{}', messages = '0' }) =>
    first === undefined
      ? undefined
      : {
          ...(JSON.parse(first) as Omit<StoredSession, 'messageCount'>),
          ...(JSON.parse(end) as SessionEnd),
          messageCount: Number(messages),
        },
  );
}

type Present<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

function present<Fields extends object>(fields: Fields): Present<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<Fields>;
}
