import { randomUUID } from 'node:crypto';
import type { DeadLetter, DeadLetterAdapter, DeadLetterQuery } from '@ar-registry/sdk';
import type { Connection, Redis } from './connection.ts';
import type { Keys } from './keys.ts';
import { bounded, lookUp } from './lookup.ts';
import { toJson } from './records.ts';

const DEFAULT_LIMIT = 100;

export interface DeadLettersOptions {
  readonly connection: Connection;
  readonly keys: Keys;
  /** 0 for ever. */
  readonly retentionMs: number;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
}

type Letters = Required<Pick<DeadLetterAdapter, 'add' | 'get' | 'query' | 'acknowledge' | 'remove'>>;

/** Messages that were given up, by the time of that. */
export function createDeadLetters({ connection, keys, retentionMs, nowMs }: DeadLettersOptions): Letters {
  const index = keys.of('dead-letters');
  const keyOf = (id: string): string => keys.of('dead-letter', id);
  const lifetime = retentionMs > 0 ? { expiration: { type: 'PX', value: retentionMs } as const } : undefined;
  return {
    // oxlint-disable-next-line max-params -- the signature is agent-relay's
    async add(messageId, { ts: originalTs, ...message }, reason, attemptCount, errorMessage) {
      const now = nowMs();
      const count = { attemptCount, lastAttemptTs: now, dlqRetryCount: 0, acknowledged: false };
      const why = { reason, ...(errorMessage === undefined ? {} : { errorMessage }) };
      const letter: DeadLetter = { id: randomUUID(), messageId, ...message, originalTs, dlqTs: now, ...why, ...count };
      const text = toJson(letter);
      await connection.write((redis) =>
        redis
          .multi()
          .set(keyOf(letter.id), text, lifetime)
          .zAdd(index, { score: letter.dlqTs, value: letter.id })
          .zRemRangeByScore(index, '-inf', retentionMs > 0 ? now - retentionMs : '-inf')
          .exec(),
      );
      return letter;
    },
    get: async (id) => (await connection.read((redis) => load(redis, [keyOf(id)])))[0] ?? null,
    query: (query = {}) =>
      connection.read((redis) => find({ redis, index, load: (ids) => load(redis, ids.map(keyOf)) }, query)),
    acknowledge: (id, acknowledgedBy) =>
      connection.write(async (redis) => {
        const [letter] = await load(redis, [keyOf(id)]);
        if (!letter) return false;
        const by = acknowledgedBy === undefined ? {} : { acknowledgedBy };
        const text = toJson({ ...letter, acknowledged: true, acknowledgedTs: nowMs(), ...by });
        return (await redis.set(keyOf(id), text, { condition: 'XX', expiration: 'KEEPTTL' })) !== null;
      }),
    remove: (id) =>
      connection.write(async (redis) => {
        const [removed] = await Promise.all([redis.del(keyOf(id)), redis.zRem(index, id)]);
        return removed > 0;
      }),
  };
}

async function load(redis: Redis, keys: readonly string[]): Promise<(DeadLetter | undefined)[]> {
  if (keys.length === 0) return [];
  const texts = await redis.mGet([...keys]);
  return texts.map((text) => (text === null ? undefined : (JSON.parse(text) as DeadLetter)));
}

interface Place {
  readonly redis: Redis;
  readonly index: string;
  readonly load: (ids: readonly string[]) => Promise<readonly (DeadLetter | undefined)[]>;
}

/** They are few: where they are asked for in another order than that of the set, all that fit are sorted here. */
async function find({ redis, index, load: loadIds }: Place, query: DeadLetterQuery): Promise<DeadLetter[]> {
  const { orderBy = 'dlqTs', orderDir } = query;
  const order = orderDir === 'ASC' ? 'asc' : 'desc';
  const [limit, offset] = [bounded(query.limit, DEFAULT_LIMIT), bounded(query.offset, 0)];
  const inOrder = orderBy === 'dlqTs';
  const found = await lookUp<DeadLetter>(redis, {
    index,
    order,
    since: query.afterTs,
    limit: inOrder ? offset + limit : Infinity,
    load: loadIds,
    fits: (letter) => fits(query, letter),
  });
  if (!inOrder) {
    const sign = order === 'asc' ? 1 : -1;
    const by = orderBy === 'attemptCount' ? 'attemptCount' : 'originalTs';
    found.sort((a, b) => sign * (a[by] - b[by]));
  }
  return found.slice(offset, offset + limit);
}

function fits(query: DeadLetterQuery, letter: DeadLetter): boolean {
  if (query.beforeTs !== undefined && letter.dlqTs > query.beforeTs) return false;
  const fields = ['to', 'from', 'reason', 'acknowledged'] as const;
  return fields.every((field) => query[field] === undefined || query[field] === letter[field]);
}
