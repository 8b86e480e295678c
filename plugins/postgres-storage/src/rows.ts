/** Between the values of the relay and the rows of the tables. Numbers of milliseconds are `bigint`, which is text. */
import type { AgentSummary, DeadLetter, StoredMessage, StoredSession } from '@ar-registry/sdk';
import type { QueryResultRow } from 'pg';
import { fromColumn, toColumn } from './text.ts';

export function toText(value: string | undefined): string | null {
  return value === undefined ? null : toColumn(value);
}

/** `json` keeps every escape as it is written, also those that `jsonb` and text refuse. */
export function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** In the order of the columns of `MESSAGE_COLUMNS`. */
export function messageValues(message: StoredMessage): readonly unknown[] {
  return [
    toColumn(message.id),
    message.ts,
    toColumn(message.from),
    toColumn(message.to),
    toText(message.topic),
    message.kind,
    toColumn(message.body),
    toJson(message.data),
    toJson(message.payloadMeta),
    toText(message.thread),
    message.deliverySeq ?? null,
    toText(message.deliverySessionId),
    toText(message.sessionId),
    message.status,
    message.is_urgent,
    message.is_broadcast ?? null,
  ];
}

export const MESSAGE_COLUMNS =
  'id, ts, sender, recipient, topic, kind, body, data, payload_meta, thread, delivery_seq, delivery_session_id, session_id, status, is_urgent, is_broadcast';

export function toMessage(row: QueryResultRow): StoredMessage {
  return {
    id: text(row['id']),
    ts: Number(row['ts']),
    from: text(row['sender']),
    to: text(row['recipient']),
    kind: row['kind'] as StoredMessage['kind'],
    body: text(row['body']),
    status: row['status'] as StoredMessage['status'],
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
    reason: row['reason'] as DeadLetter['reason'],
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
