import type { MessageQuery, MessageStatus, StoredMessage } from '@ar-registry/sdk';
import { ErrorReply } from 'redis';
import type { Connection, Redis } from './connection.ts';
import type { Keys } from './keys.ts';
import { bounded, lookUp } from './lookup.ts';
import { fits, indexesFor } from './message-query.ts';
import { isPassing } from './passing.ts';
import { parseMessage, textOfMessage } from './records.ts';
import { createWriter, type Writer } from './writer.ts';

const MAX_BATCH = 200;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** What a write takes besides its text. */
const WRITE_BYTES = 1000;
const DEFAULT_LIMIT = 200;

type Write =
  | { readonly kind: 'save'; readonly message: StoredMessage; readonly text: string }
  | { readonly kind: 'status'; readonly id: string; readonly status: MessageStatus };

export interface Messages {
  readonly writer: Pick<Writer<Write>, 'waiting' | 'drained'>;
  save(message: StoredMessage): Promise<void>;
  find(query?: MessageQuery): Promise<StoredMessage[]>;
  byId(id: string): Promise<StoredMessage | null>;
  updateStatus(id: string, status: MessageStatus): Promise<void>;
  pendingFor(agentName: string, sessionId: string): Promise<StoredMessage[]>;
  maxSeqByStream(agentName: string, sessionId: string): Promise<{ peer: string; topic?: string; maxSeq: number }[]>;
}

export interface MessagesOptions {
  readonly connection: Connection;
  readonly keys: Keys;
  /** 0 for ever. */
  readonly retentionMs: number;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
}

export function createMessages(options: MessagesOptions): Messages {
  const { connection, keys } = options;
  const writer = createWriter<Write>({
    writeAll: (writes) => connection.write((redis) => writeAll(redis, writes, options)),
    maxBatch: MAX_BATCH,
    maxWaitingBytes: MAX_WAITING_BYTES,
  });
  return {
    writer,
    async save(message) {
      const text = textOfMessage(message);
      await writer.write({ kind: 'save', message, text }, WRITE_BYTES + 2 * text.length);
    },
    updateStatus: (id, status) => writer.write({ kind: 'status', id, status }, WRITE_BYTES),
    find: (query = {}) => connection.read((redis) => find(redis, keys, query)),
    byId: (id) => connection.read(async (redis) => (await load(redis, keys, [JSON.stringify(id)]))[0] ?? null),
    pendingFor: (agentName, sessionId) => connection.read((redis) => pendingFor(redis, keys, [agentName, sessionId])),
    maxSeqByStream: (agentName, sessionId) =>
      connection.read(async (redis) => {
        const streams = await redis.zRangeWithScores(keys.of('streams', agentName, sessionId), 0, -1);
        return streams.map(({ value, score }) => ({ ...(JSON.parse(value) as { peer: string }), maxSeq: score }));
      }),
  };
}

/** Redis carries out what comes over one connection in order, and answers in order. */
async function writeAll(redis: Redis, writes: readonly Write[], options: MessagesOptions) {
  const results = await Promise.allSettled(
    writes.map((write) =>
      write.kind === 'save' ? save(redis, write, options) : updateStatus(redis, write, options.keys),
    ),
  );
  // Where one waits for the server, all are written again: later ones must not overtake it.
  const passing = results.find(({ status, reason }: { status: string; reason?: unknown }) => {
    return status === 'rejected' && isPassing(reason);
  });
  if (passing?.status === 'rejected') throw passing.reason;
  // What Redis says of each of them is no fault of one message: the health is to tell.
  const [first] = results;
  if (first?.status === 'rejected' && results.every(isReply)) throw first.reason;
  return results;
}

function isReply(result: PromiseSettledResult<unknown>): boolean {
  return result.status === 'rejected' && result.reason instanceof ErrorReply;
}

/** A message and all that finds it, or nothing. Sets of names lose what is too old, and end with their last message. */
async function save(
  redis: Redis,
  { message, text }: Extract<Write, { kind: 'save' }>,
  { keys, retentionMs, nowMs }: MessagesOptions,
): Promise<void> {
  const { id, ts, status } = message;
  const name = JSON.stringify(id);
  const expires = retentionMs === 0 ? undefined : ts + retentionMs;
  const lifetime = expires === undefined ? undefined : { expiration: { type: 'PXAT', value: expires } as const };
  const transaction = redis.multi();
  transaction.set(`${keys.of('message')}:${name}`, text, lifetime);
  transaction.set(`${keys.of('status')}:${name}`, status, lifetime);
  const indexes = indexesOf(message, keys);
  if (status !== 'unread') transaction.zRem(keys.of('unread'), name);
  for (const index of indexes) transaction.zAdd(index, { score: ts, value: name });
  const stream = streamOf(message, keys);
  if (stream) transaction.zAdd(stream.key, stream.entry, { comparison: 'GT' });
  if (expires !== undefined) {
    for (const index of indexes) transaction.zRemRangeByScore(index, '-inf', nowMs() - retentionMs);
    // GT would not give an end to a key that has none yet.
    for (const key of [...indexes, ...(stream ? [stream.key] : [])]) transaction.pExpire(key, Math.max(1, retentionMs));
  }
  await transaction.exec();
}

function indexesOf(message: StoredMessage, keys: Keys): readonly string[] {
  const { from, to, topic, thread, deliverySessionId, status, is_urgent: isUrgent } = message;
  return [
    keys.of('messages'),
    keys.of('from', from),
    keys.of('to', to),
    ...(topic === undefined ? [] : [keys.of('topic', topic)]),
    ...(thread === undefined ? [] : [keys.of('thread', thread)]),
    ...(deliverySessionId === undefined ? [] : [keys.of('delivered', to, deliverySessionId)]),
    ...(status === 'unread' ? [keys.of('unread')] : []),
    ...(isUrgent ? [keys.of('urgent')] : []),
  ];
}

/** The highest number of each sender to an agent in a session. */
function streamOf({ from, to, topic, deliverySessionId, deliverySeq }: StoredMessage, keys: Keys) {
  if (deliverySessionId === undefined || deliverySeq === undefined) return undefined;
  const value = JSON.stringify({ peer: from, ...(topic === undefined ? {} : { topic }) });
  return { key: keys.of('streams', to, deliverySessionId), entry: { score: deliverySeq, value } };
}

/** Of a message that is there: XX sets nothing where there is nothing. */
async function updateStatus(
  redis: Redis,
  { id, status }: Extract<Write, { kind: 'status' }>,
  keys: Keys,
): Promise<void> {
  const name = JSON.stringify(id);
  const changing = redis.set(`${keys.of('status')}:${name}`, status, { condition: 'XX', expiration: 'KEEPTTL' });
  // Sent together: where the message is unknown, there is nothing to remove either.
  const removing = status === 'unread' ? undefined : redis.zRem(keys.of('unread'), name);
  const [changed] = await Promise.all([changing, removing]);
  if (changed !== null && status === 'unread') {
    const [message] = await load(redis, keys, [name]);
    if (message) await redis.zAdd(keys.of('unread'), { score: message.ts, value: name });
  }
}

/** Along the shortest of the sets that hold all that is asked for. */
async function find(redis: Redis, keys: Keys, query: MessageQuery): Promise<StoredMessage[]> {
  const found = await lookUp(redis, {
    index: await shortest(redis, indexesFor(query, keys)),
    order: query.order === 'asc' ? 'asc' : 'desc',
    since: Number.isNaN(query.sinceTs) ? undefined : query.sinceTs,
    limit: bounded(query.limit, DEFAULT_LIMIT),
    load: (names) => load(redis, keys, names),
    fits: (message) => fits(query, message),
  });
  const replies = await Promise.all(found.map(({ id }) => redis.zCard(keys.of('thread', id))));
  return found.map((message, at) => ({ ...message, ...(replies[at] ? { replyCount: replies[at] } : {}) }));
}

async function shortest(redis: Redis, indexes: readonly string[]): Promise<string> {
  if (indexes.length === 1) return indexes[0] ?? '';
  const lengths = await Promise.all(indexes.map((index) => redis.zCard(index)));
  return indexes[lengths.indexOf(Math.min(...lengths))] ?? '';
}

/** @param names ids as JSON, as the sets hold them */
async function load(redis: Redis, keys: Keys, names: readonly string[]): Promise<(StoredMessage | undefined)[]> {
  if (names.length === 0) return [];
  const texts = await redis.mGet(
    names.flatMap((name) => [`${keys.of('message')}:${name}`, `${keys.of('status')}:${name}`]),
  );
  return names.map((_, at) => parseMessage(texts[2 * at], texts[2 * at + 1]));
}

async function pendingFor(redis: Redis, keys: Keys, [agentName, sessionId]: readonly [string, string]) {
  const found = await lookUp(redis, {
    index: keys.of('delivered', agentName, sessionId),
    order: 'asc',
    limit: Infinity,
    load: (names) => load(redis, keys, names),
    fits: ({ to, deliverySessionId, status }) =>
      to === agentName && deliverySessionId === sessionId && status !== 'acked',
  });
  return found.toSorted((a, b) => (a.deliverySeq ?? 0) - (b.deliverySeq ?? 0) || a.ts - b.ts);
}
