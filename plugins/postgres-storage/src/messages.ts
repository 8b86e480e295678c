import type { MessageQuery, MessageStatus, StoredMessage } from '@ar-registry/sdk';
import { createBatchWriter, type BatchWriter } from './batch-writer.ts';
import { bounded, createConditions, equals, notBefore } from './conditions.ts';
import type { Database, Tables } from './database.ts';
import { concernsAll } from './passing.ts';
import { MESSAGE_COLUMNS, messageValues, toMessage, toRequired, toText } from './rows.ts';
import { toColumn } from './text.ts';

const MAX_BATCH = 500;
const MAX_BATCH_BYTES = 4 * 1024 * 1024;
const MAX_WAITING_BYTES = 128 * 1024 * 1024;
/** What a write takes beside its text. */
const WRITE_BYTES = 500;
const DEFAULT_LIMIT = 200;

const COLUMN_TYPES =
  'text[], bigint[], text[], text[], text[], text[], text[], text[], text[], text[], bigint[], text[], text[], text[], boolean[], boolean[]';
const NAMES = MESSAGE_COLUMNS.split(', ');
const STATUS = NAMES.indexOf('status');

/** In one queue: a status that was noted after its message was saved must not be overwritten by it. */
type Write =
  | { readonly kind: 'save'; readonly id: string; readonly values: readonly unknown[] }
  | { readonly kind: 'status'; readonly id: string; readonly status: string };

export interface Messages {
  readonly writer: Pick<BatchWriter<Write>, 'waiting' | 'oldestMs' | 'drained'>;
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
  const statement = writeStatement(database.tables);
  const select = selectFrom(database.tables);
  const writer = createBatchWriter<Write>({
    writeAll: (writes, bytes) => database.save(statement, valuesOf(writes), bytes),
    concernsAll,
    maxBatch: MAX_BATCH,
    maxBatchBytes: MAX_BATCH_BYTES,
    maxWaitingBytes: MAX_WAITING_BYTES,
    nowMs: () => performance.now(),
  });
  return {
    writer,
    save: async (message) => {
      const values = messageValues(message);
      await writer.write({ kind: 'save', id: String(values[0]), values }, bytesOf(values));
    },
    updateStatus: async (id, status) => {
      const values = [toColumn(id), toRequired(status, 'status')] as const;
      await writer.write({ kind: 'status', id: values[0], status: values[1] }, bytesOf(values));
    },
    find: async (query = {}) => (await database.query(...findStatement(select, query))).map(toMessage),
    byId: async (id) => {
      const rows = await database.query(`${select} WHERE id = $1`, [toColumn(id)]);
      return rows[0] ? toMessage(rows[0]) : null;
    },
    pendingFor: async (agentName, sessionId) => {
      const condition = `${inSession} AND status <> 'acked'`;
      const order = 'ORDER BY delivery_seq, ts, id';
      const rows = await database.query(`${select} WHERE ${condition} ${order}`, [
        toColumn(agentName),
        toColumn(sessionId),
      ]);
      return rows.map(toMessage);
    },
    maxSeqByStream: async (agentName, sessionId) => maxSeqByStream(database, agentName, sessionId),
    search: async (words, { limit } = {}) => {
      const rows = await database.query(
        `${select}, websearch_to_tsquery('simple', $1) AS query WHERE search @@ query ORDER BY ts_rank(search, query) DESC, ts DESC, id LIMIT $2`,
        [toColumn(words), bounded(limit, DEFAULT_LIMIT)],
      );
      return rows.map(toMessage);
    },
  };
}

const inSession = `${equals('recipient', '$1')} AND ${equals('delivery_session_id', '$2')}`;

/** One statement of the same text whatever the number of messages, and either all or none. */
function writeStatement({ messages }: Tables): string {
  const unnested = COLUMN_TYPES.split(', ')
    .map((type, index) => `$${index + 1}::${type}`)
    .join(', ');
  const values = NAMES.map((name) => (name === 'data' || name === 'payload_meta' ? `${name}::json` : name)).join(', ');
  const replaced = NAMES.filter((name) => name !== 'id')
    .map((name) => `${name} = excluded.${name}`)
    .join(', ');
  const [ids, statuses] = [NAMES.length + 1, NAMES.length + 2];
  return `WITH saved AS (
      INSERT INTO ${messages} (${MESSAGE_COLUMNS}) SELECT ${values} FROM unnest(${unnested}) AS batch (${MESSAGE_COLUMNS})
      ON CONFLICT (id) DO UPDATE SET ${replaced})
    UPDATE ${messages} AS message SET status = noted.status
    FROM unnest($${ids}::text[], $${statuses}::text[]) AS noted (id, status) WHERE message.id = noted.id`;
}

/** Of what is in the batch about one message, the last counts: no message is in both parts of the statement. */
function valuesOf(writes: readonly Write[]): readonly unknown[] {
  const rows = new Map<string, readonly unknown[]>();
  const statuses = new Map<string, string>();
  for (const write of writes) {
    const row = rows.get(write.id);
    if (write.kind === 'save') {
      rows.set(write.id, write.values);
      statuses.delete(write.id);
    } else if (row) rows.set(write.id, row.with(STATUS, write.status));
    else statuses.set(write.id, write.status);
  }
  const saved = [...rows.values()];
  const columns = NAMES.map((_, index) => saved.map((row) => row[index]));
  return [...columns, [...statuses.keys()], [...statuses.values()]];
}

function selectFrom({ messages }: Tables): string {
  const replies = `(SELECT count(*) FROM ${messages} AS reply WHERE ${equals('reply.thread', 'messages.id')}) AS reply_count`;
  return `SELECT ${MESSAGE_COLUMNS}, ${replies} FROM ${messages} AS messages`;
}

function findStatement(select: string, query: MessageQuery): [text: string, values: readonly unknown[]] {
  const conditions = createConditions();
  conditions.add('ts >= ?', notBefore(query.sinceTs));
  conditions.add(equals('sender', '?'), toText(query.from));
  conditions.add(equals('recipient', '?'), toText(query.to));
  conditions.add(equals('topic', '?'), toText(query.topic));
  conditions.add(equals('thread', '?'), toText(query.thread));
  conditions.add(`status = 'unread'`, query.unreadOnly === true ? true : undefined);
  conditions.add('is_urgent', query.urgentOnly === true ? true : undefined);
  const where = conditions.where();
  const direction = query.order === 'asc' ? 'ASC' : 'DESC';
  const limit = conditions.parameter(bounded(query.limit, DEFAULT_LIMIT));
  return [`${select}${where} ORDER BY ts ${direction}, id ${direction} LIMIT ${limit}`, conditions.values];
}

async function maxSeqByStream(
  database: Database,
  agentName: string,
  sessionId: string,
): Promise<{ peer: string; topic?: string; maxSeq: number }[]> {
  const rows = await database.query(
    `SELECT sender, topic, max(delivery_seq) AS max_seq FROM ${database.tables.messages}
     WHERE ${inSession} AND delivery_seq IS NOT NULL GROUP BY sender, topic`,
    [toColumn(agentName), toColumn(sessionId)],
  );
  return rows.map((row) => {
    const { from, topic } = toMessage({ ...row, id: '', recipient: '', body: '' });
    return { peer: from, ...(topic === undefined ? {} : { topic }), maxSeq: Number(row['max_seq']) };
  });
}

/** At two bytes for each character. */
function bytesOf(values: readonly unknown[]): number {
  return values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? 2 * value.length : 0), WRITE_BYTES);
}
