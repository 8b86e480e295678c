import type { MessageQuery, MessageStatus, StoredMessage } from '@ar-registry/sdk';
import { createBatchWriter, type BatchWriter } from './batch-writer.ts';
import { createConditions } from './conditions.ts';
import type { Database } from './database.ts';
import { MESSAGE_COLUMNS, messageValues, toMessage, toText } from './rows.ts';
import { toColumn } from './text.ts';

const MAX_BATCH = 500;
const MAX_WAITING_BYTES = 128 * 1024 * 1024;
const DEFAULT_LIMIT = 200;
const MAX_LIMIT = 10_000;

const COLUMN_TYPES =
  'text[], bigint[], text[], text[], text[], text[], text[], text[], text[], text[], bigint[], text[], text[], text[], boolean[], boolean[]';
const NAMES = MESSAGE_COLUMNS.split(', ');
const UNNESTED = COLUMN_TYPES.split(', ')
  .map((type, index) => `$${index + 1}::${type}`)
  .join(', ');
const VALUES = NAMES.map((name) => (name === 'data' || name === 'payload_meta' ? `${name}::json` : name)).join(', ');
const REPLACED = NAMES.filter((name) => name !== 'id')
  .map((name) => `${name} = excluded.${name}`)
  .join(', ');
/** One statement of the same text whatever the number of messages: prepared once, and either all or none. */
const SAVE = `INSERT INTO messages (${MESSAGE_COLUMNS}) SELECT ${VALUES} FROM unnest(${UNNESTED}) AS batch (${MESSAGE_COLUMNS}) ON CONFLICT (id) DO UPDATE SET ${REPLACED}`;
const SELECT = `SELECT ${MESSAGE_COLUMNS}, (SELECT count(*) FROM messages reply WHERE reply.thread = messages.id) AS reply_count FROM messages`;

export interface Messages {
  readonly writer: BatchWriter<StoredMessage>;
  save(message: StoredMessage): Promise<void>;
  find(query?: MessageQuery): Promise<StoredMessage[]>;
  byId(id: string): Promise<StoredMessage | null>;
  updateStatus(id: string, status: MessageStatus): Promise<void>;
  pendingFor(agentName: string, sessionId: string): Promise<StoredMessage[]>;
  maxSeqByStream(agentName: string, sessionId: string): Promise<{ peer: string; topic?: string; maxSeq: number }[]>;
  /** Messages that hold these words, as a search engine takes them: "two words", -without. The best first. */
  search(words: string, options?: { readonly limit?: number }): Promise<StoredMessage[]>;
}

export function createMessages(database: Database): Messages {
  const writer = createBatchWriter<StoredMessage>({
    writeAll: (messages) => saveAll(database, messages),
    maxBatch: MAX_BATCH,
    maxWaitingBytes: MAX_WAITING_BYTES,
    sizeOf: ({ body }) => body.length + 500,
  });
  return {
    writer,
    save: (message) => writer.write(message),
    find: async (query = {}) => find(database, query),
    byId: async (id) => {
      const rows = await database.query(`${SELECT} WHERE id = $1`, [toColumn(id)]);
      return rows[0] ? toMessage(rows[0]) : null;
    },
    updateStatus: async (id, status) => {
      await database.query('UPDATE messages SET status = $2 WHERE id = $1', [toColumn(id), status]);
    },
    pendingFor: async (agentName, sessionId) => {
      const condition = `recipient = $1 AND delivery_session_id = $2 AND status <> 'acked'`;
      const order = 'ORDER BY delivery_seq, ts, id';
      const rows = await database.query(`${SELECT} WHERE ${condition} ${order}`, [
        toColumn(agentName),
        toColumn(sessionId),
      ]);
      return rows.map(toMessage);
    },
    maxSeqByStream: async (agentName, sessionId) => maxSeqByStream(database, agentName, sessionId),
    search: async (words, { limit } = {}) => {
      const rows = await database.query(
        `${SELECT}, websearch_to_tsquery('simple', $1) AS query WHERE search @@ query ORDER BY ts_rank(search, query) DESC, ts DESC, id LIMIT $2`,
        [toColumn(words), bounded(limit)],
      );
      return rows.map(toMessage);
    },
  };
}

/** Of one message that is in the batch twice, the last counts. */
async function saveAll(database: Database, messages: readonly StoredMessage[]): Promise<void> {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const rows = [...byId.values()].map(messageValues);
  const columns = NAMES.map((_, index) => rows.map((row) => row[index]));
  await database.withClient((client) => client.query({ name: 'save-messages', text: SAVE, values: columns }));
}

async function find(database: Database, query: MessageQuery): Promise<StoredMessage[]> {
  const conditions = createConditions();
  conditions.add('ts >= ?', query.sinceTs);
  conditions.add('sender = ?', toText(query.from));
  conditions.add('recipient = ?', toText(query.to));
  conditions.add('topic = ?', toText(query.topic));
  conditions.add('thread = ?', toText(query.thread));
  conditions.add(`status = 'unread'`, query.unreadOnly === true ? true : undefined);
  conditions.add('is_urgent', query.urgentOnly === true ? true : undefined);
  const where = conditions.where();
  const direction = query.order === 'asc' ? 'ASC' : 'DESC';
  const limit = conditions.parameter(bounded(query.limit));
  const rows = await database.query(
    `${SELECT}${where} ORDER BY ts ${direction}, id ${direction} LIMIT ${limit}`,
    conditions.values,
  );
  return rows.map(toMessage);
}

async function maxSeqByStream(
  database: Database,
  agentName: string,
  sessionId: string,
): Promise<{ peer: string; topic?: string; maxSeq: number }[]> {
  const rows = await database.query(
    `SELECT sender, topic, max(delivery_seq) AS max_seq FROM messages
     WHERE recipient = $1 AND delivery_session_id = $2 AND delivery_seq IS NOT NULL GROUP BY sender, topic`,
    [toColumn(agentName), toColumn(sessionId)],
  );
  return rows.map((row) => {
    const { from, topic } = toMessage({ ...row, id: '', recipient: '', body: '' });
    return { peer: from, ...(topic === undefined ? {} : { topic }), maxSeq: Number(row['max_seq']) };
  });
}

function bounded(limit: number | undefined): number {
  return Math.min(Math.max(Math.trunc(limit ?? DEFAULT_LIMIT), 0), MAX_LIMIT);
}
