import { randomUUID } from 'node:crypto';
import type { DeadLetter, DeadLetterAdapter, DeadLetterQuery } from '@ar-registry/sdk';
import { bounded, createConditions, equals, notAfter, notBefore } from './conditions.ts';
import type { Database } from './database.ts';
import { optional, toDeadLetter, toJson, toRequired, toText, toWhole } from './rows.ts';
import { toColumn } from './text.ts';

const DEFAULT_LIMIT = 100;
/** They become part of statements: what is not in here is not asked for. */
const ORDERS = { dlqTs: 'dlq_ts', originalTs: 'original_ts', attemptCount: 'attempt_count' } as const;

/** @param nowMs milliseconds since the epoch */
export function createDeadLetters(database: Database, nowMs: () => number): Required<DeadLetterAdapter> {
  const table = database.tables.dead_letters;
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
      const rows = await database.query(`SELECT * FROM ${table} WHERE id = $1`, [toColumn(id)]);
      return rows[0] ? toDeadLetter(rows[0]) : null;
    },
    query: async (query = {}) => find(database, query),
    acknowledge: async (id, acknowledgedBy) => {
      const rows = await database.change(
        `UPDATE ${table} SET acknowledged = true, acknowledged_ts = $2, acknowledged_by = $3 WHERE id = $1 RETURNING id`,
        [toColumn(id), nowMs(), toText(acknowledgedBy)],
      );
      return rows.length > 0;
    },
    remove: async (id) => {
      const rows = await database.change(`DELETE FROM ${table} WHERE id = $1 RETURNING id`, [toColumn(id)]);
      return rows.length > 0;
    },
  };
}

async function insert(database: Database, letter: DeadLetter): Promise<void> {
  await database.change(
    `INSERT INTO ${database.tables.dead_letters} (id, message_id, sender, recipient, topic, kind, body, data, thread, original_ts, dlq_ts, reason, error_message, attempt_count, last_attempt_ts)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (id) DO NOTHING`,
    [
      letter.id,
      toRequired(letter.messageId, 'messageId'),
      toRequired(letter.from, 'from'),
      toRequired(letter.to, 'to'),
      toText(letter.topic),
      toRequired(letter.kind, 'kind'),
      toRequired(letter.body, 'body'),
      toJson(letter.data),
      toText(letter.thread),
      toWhole(letter.originalTs, 'ts'),
      letter.dlqTs,
      toRequired(letter.reason, 'reason'),
      toText(letter.errorMessage),
      toWhole(letter.attemptCount, 'attemptCount'),
      optional(letter.lastAttemptTs, (ts) => toWhole(ts, 'lastAttemptTs')),
    ],
  );
}

async function find(database: Database, query: DeadLetterQuery): Promise<DeadLetter[]> {
  const conditions = createConditions();
  conditions.add(equals('recipient', '?'), toText(query.to));
  conditions.add('sender = ?', toText(query.from));
  conditions.add('reason = ?', toText(query.reason));
  conditions.add('acknowledged = ?', query.acknowledged);
  conditions.add('dlq_ts >= ?', notBefore(query.afterTs));
  conditions.add('dlq_ts <= ?', notAfter(query.beforeTs));
  const where = conditions.where();
  const order = ORDERS[query.orderBy ?? 'dlqTs'] ?? ORDERS.dlqTs;
  const direction = query.orderDir === 'ASC' ? 'ASC' : 'DESC';
  const limit = conditions.parameter(bounded(query.limit, DEFAULT_LIMIT));
  const offset = conditions.parameter(Math.max(notAfter(query.offset) ?? 0, 0));
  const rows = await database.query(
    `SELECT * FROM ${database.tables.dead_letters}${where} ORDER BY ${order} ${direction}, id LIMIT ${limit} OFFSET ${offset}`,
    conditions.values,
  );
  return rows.map(toDeadLetter);
}
