/** Between the values of the relay and the rows of the tables. Numbers of milliseconds are `bigint`, which is text. */
import type { AgentSummary, DeadLetter, StoredMessage, StoredSession } from '@ar-registry/sdk';
import type { QueryResultRow } from 'pg';
import { fromColumn, toColumn } from './text.ts';

export function toText(value: string | null | undefined): string | null {
  return value === undefined || value === null ? null : toRequired(value, 'field');
}

/** @throws {TypeError} for what is no text: what is stored comes from agents, and the loader hands it on as it is */
export function toRequired(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new TypeError(`It cannot be stored: its ${name} is no text.`);
  return toColumn(value);
}

/** Text that names a row. An index has no room for more. @throws {TypeError} for what is no text, or too long */
export function toKey(value: unknown, name: string): string {
  const key = toRequired(value, name);
  if (key.length <= MAX_KEY) return key;
  throw new TypeError(`It cannot be stored: its ${name} is longer than ${MAX_KEY} characters.`);
}

const MAX_KEY = 500;

/** @throws {TypeError} for what is no whole number, or one that cannot be kept exactly */
export function toWhole(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new TypeError(`It cannot be stored: its ${name} is no whole number.`);
}

/**
 * `json` keeps every escape as it is written, also those that `jsonb` and text refuse.
 *
 * @throws {TypeError} for what JSON has no place for
 */
export function toJson(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  try {
    return JSON.stringify(value) ?? null;
  } catch (error) {
    const problem = error instanceof RangeError ? 'are nested too deep' : 'are not JSON';
    throw new TypeError(`It cannot be stored: its data ${problem}.`, { cause: error });
  }
}

/**
 * In the order of the columns of `MESSAGE_COLUMNS`.
 *
 * @throws {TypeError} for a message that has no place in them
 */
export function messageValues(message: StoredMessage): readonly unknown[] {
  return [
    toKey(message.id, 'id'),
    toWhole(message.ts, 'ts'),
    toRequired(message.from, 'from'),
    toRequired(message.to, 'to'),
    toText(message.topic),
    toRequired(message.kind, 'kind'),
    toRequired(message.body, 'body'),
    toJson(message.data),
    toJson(message.payloadMeta),
    toText(message.thread),
    optional(message.deliverySeq, (seq) => toWhole(seq, 'deliverySeq')),
    toText(message.deliverySessionId),
    toText(message.sessionId),
    toRequired(message.status, 'status'),
    optional(message.is_urgent, Boolean) ?? false,
    optional(message.is_broadcast, Boolean),
  ];
}

/** Null for what is not given. */
export function optional<Value, Column>(
  value: Value | null | undefined,
  toColumnValue: (value: Value) => Column,
): Column | null {
  return value === undefined || value === null ? null : toColumnValue(value);
}

export const MESSAGE_COLUMNS =
  'id, ts, sender, recipient, topic, kind, body, data, payload_meta, thread, delivery_seq, delivery_session_id, session_id, status, is_urgent, is_broadcast';

export function toMessage(row: QueryResultRow): StoredMessage {
  return {
    id: text(row['id']),
    ts: Number(row['ts']),
    from: text(row['sender']),
    to: text(row['recipient']),
    kind: text(row['kind']) as StoredMessage['kind'],
    body: text(row['body']),
    status: text(row['status']) as StoredMessage['status'],
    is_urgent: row['is_urgent'] === true,
    ...present({
      topic: optionalText(row['topic']),
      data: json(row['data']) as Record<string, unknown> | undefined,
      payloadMeta: json(row['payload_meta']) as StoredMessage['payloadMeta'],
      thread: optionalText(row['thread']),
      deliverySeq: optionalNumber(row['delivery_seq']),
      deliverySessionId: optionalText(row['delivery_session_id']),
      sessionId: optionalText(row['session_id']),
      is_broadcast: typeof row['is_broadcast'] === 'boolean' ? row['is_broadcast'] : undefined,
      replyCount: optionalNumber(row['reply_count']) || undefined,
    }),
  };
}

export function toSession(row: QueryResultRow): StoredSession {
  return {
    id: text(row['id']),
    agentName: text(row['agent_name']),
    startedAt: Number(row['started_at']),
    messageCount: Number(row['message_count']),
    ...present({
      cli: optionalText(row['cli']),
      projectId: optionalText(row['project_id']),
      projectRoot: optionalText(row['project_root']),
      endedAt: optionalNumber(row['ended_at']),
      summary: optionalText(row['summary']),
      resumeToken: optionalText(row['resume_token']),
      closedBy: (optionalText(row['closed_by']) ?? undefined) as StoredSession['closedBy'],
    }),
  };
}

export function toSummary(row: QueryResultRow): AgentSummary {
  return {
    agentName: text(row['agent_name']),
    lastUpdated: Number(row['last_updated']),
    ...present({
      projectId: optionalText(row['project_id']),
      currentTask: optionalText(row['current_task']),
      completedTasks: json(row['completed_tasks']) as string[] | undefined,
      decisions: json(row['decisions']) as string[] | undefined,
      context: optionalText(row['context']),
      files: json(row['files']) as string[] | undefined,
    }),
  };
}

export function toDeadLetter(row: QueryResultRow): DeadLetter {
  return {
    id: text(row['id']),
    messageId: text(row['message_id']),
    from: text(row['sender']),
    to: text(row['recipient']),
    kind: text(row['kind']),
    body: text(row['body']),
    originalTs: Number(row['original_ts']),
    dlqTs: Number(row['dlq_ts']),
    reason: text(row['reason']) as DeadLetter['reason'],
    attemptCount: Number(row['attempt_count']),
    dlqRetryCount: Number(row['dlq_retry_count']),
    acknowledged: row['acknowledged'] === true,
    ...present({
      topic: optionalText(row['topic']),
      data: json(row['data']) as Record<string, unknown> | undefined,
      thread: optionalText(row['thread']),
      errorMessage: optionalText(row['error_message']),
      lastAttemptTs: optionalNumber(row['last_attempt_ts']),
      acknowledgedTs: optionalNumber(row['acknowledged_ts']),
      acknowledgedBy: optionalText(row['acknowledged_by']),
    }),
  };
}

type Present<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

/** Without the fields that have no value. */
function present<Fields extends object>(fields: Fields): Present<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<Fields>;
}

function text(value: unknown): string {
  return fromColumn(String(value));
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' ? fromColumn(value) : undefined;
}

function optionalNumber(value: unknown): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}

/** The driver has parsed it already. */
function json(value: unknown): unknown {
  return value ?? undefined;
}
