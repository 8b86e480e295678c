import { randomUUID } from 'node:crypto';
import type { DeadLetter, DeadLetterAdapter, DeadLetterQuery } from '@ar-registry/sdk';
import { createConditions } from './conditions.ts';
import type { Database } from './database.ts';
import { toDeadLetter, toJson, toText } from './rows.ts';
import { toColumn } from './text.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 10_000;
/** They become part of statements: what is not in here is not asked for. */
const ORDERS = { dlqTs: 'dlq_ts', originalTs: 'original_ts', attemptCount: 'attempt_count' } as const;

/** @param nowMs milliseconds since the epoch */
export function createDeadLetters(database: Database, nowMs: () => number): Required<DeadLetterAdapter> {
  return {
    init: async () => undefined,
    close: async () => undefined,
    // oxlint-disable-next-line max-params -- the signature is agent-relay's
    add: async (messageId, { from, to, topic, kind, body, data, thread, ts }, reason, attemptCount, errorMessage) => {
      const now = nowMs();
      const letter: DeadLetter = {
        id: randomUUID(),
        messageId,
        from,
        to,
        kind,
        body,
        originalTs: ts,
        dlqTs: now,
        reason,
        attemptCount,
        lastAttemptTs: now,
        dlqRetryCount: 0,
        acknowledged: false,
        ...(topic === undefined ? {} : { topic }),
        ...(data === undefined ? {} : { data }),
        ...(thread === undefined ? {} : { thread }),
        ...(errorMessage === undefined ? {} : { errorMessage }),
      };
      await insert(database, letter);
      return letter;
    },
    get: async (id) => {
      const rows = await database.query('SELECT * FROM dead_letters WHERE id = $1', [toColumn(id)]);
      return rows[0] ? toDeadLetter(rows[0]) : null;
    },
    query: async (query = {}) => find(database, query),
    acknowledge: async (id, acknowledgedBy) => {
      const rows = await database.query(
        `UPDATE dead_letters SET acknowledged = true, acknowledged_ts = $2, acknowledged_by = $3 WHERE id = $1 RETURNING id`,
        [toColumn(id), nowMs(), toText(acknowledgedBy)],
      );
      return rows.length > 0;
    },
    remove: async (id) => {
      const rows = await database.query('DELETE FROM dead_letters WHERE id = $1 RETURNING id', [toColumn(id)]);
      return rows.length > 0;
    },
  };
}

async function insert(database: Database, letter: DeadLetter): Promise<void> {
  await database.query(
    `INSERT INTO dead_letters (id, message_id, sender, recipient, topic, kind, body, data, thread, original_ts, dlq_ts, reason, error_message, attempt_count, last_attempt_ts)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (id) DO NOTHING`,
    [
      letter.id,
      toColumn(letter.messageId),
      toColumn(letter.from),
      toColumn(letter.to),
      toText(letter.topic),
      toColumn(letter.kind),
      toColumn(letter.body),
      toJson(letter.data),
      toText(letter.thread),
      letter.originalTs,
      letter.dlqTs,
      letter.reason,
      toText(letter.errorMessage),
      letter.attemptCount,
      letter.lastAttemptTs ?? null,
    ],
  );
}

async function find(database: Database, query: DeadLetterQuery): Promise<DeadLetter[]> {
  const conditions = createConditions();
  conditions.add('recipient = ?', toText(query.to));
  conditions.add('sender = ?', toText(query.from));
  conditions.add('reason = ?', query.reason);
  conditions.add('acknowledged = ?', query.acknowledged);
  conditions.add('dlq_ts >= ?', query.afterTs);
  conditions.add('dlq_ts <= ?', query.beforeTs);
  const where = conditions.where();
  const order = ORDERS[query.orderBy ?? 'dlqTs'] ?? ORDERS.dlqTs;
  const direction = query.orderDir === 'ASC' ? 'ASC' : 'DESC';
  const limit = conditions.parameter(Math.min(Math.max(Math.trunc(query.limit ?? DEFAULT_LIMIT), 0), MAX_LIMIT));
  const offset = conditions.parameter(Math.max(Math.trunc(query.offset ?? 0), 0));
  const rows = await database.query(
    `SELECT * FROM dead_letters${where} ORDER BY ${order} ${direction}, id LIMIT ${limit} OFFSET ${offset}`,
    conditions.values,
  );
  return rows.map(toDeadLetter);
}
