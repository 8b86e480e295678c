/**
 * What a storage plugin gives back, checked. It goes to agents as it is: a row that cannot be sent would end the
 * connection of the agent that it is for.
 */
import type { MessageStatus, PayloadKind, StoredMessage, StoredSession } from '@ar-registry/sdk';

const KINDS: ReadonlySet<unknown> = new Set<PayloadKind>(['message', 'action', 'state', 'thinking']);
const STATUSES: ReadonlySet<unknown> = new Set<MessageStatus>(['unread', 'read', 'acked', 'failed']);
const MAX_ROWS = 50_000;
/** agent-relay ends the connection of whoever should get a frame of more than 1 MiB. */
const MAX_ROW_CHARS = 500_000;

export interface Rows {
  readonly rows: StoredMessage[];
  /** Rows that were left out. */
  readonly unusable: number;
}

/** Undefined if the answer is no list. */
export function toRows(answer: unknown): Rows | undefined {
  if (!Array.isArray(answer)) return undefined;
  const rows = answer.slice(0, MAX_ROWS).map(toRow);
  const usable = rows.filter((row) => row !== undefined);
  return { rows: usable, unusable: answer.length - usable.length };
}

/** A copy of plain data; undefined if the answer is no message. */
export function toRow(answer: unknown): StoredMessage | undefined {
  const row = plainCopy(answer);
  if (!row) return undefined;
  const texts = ['id', 'from', 'to', 'body'].every((key) => typeof row[key] === 'string');
  const optional = ['topic', 'thread', 'sessionId'].every((key) => isAbsent(row[key]) || typeof row[key] === 'string');
  const records = ['data', 'payloadMeta'].every((key) => isAbsent(row[key]) || isRecord(row[key]));
  const known = KINDS.has(row['kind']) && STATUSES.has(row['status']) && Number.isFinite(row['ts']);
  if (!texts || !optional || !records || !known) return undefined;
  // Databases say null where agent-relay says nothing.
  return Object.fromEntries(Object.entries(row).filter(([, value]) => !isAbsent(value))) as unknown as StoredMessage;
}

/** A session that a client may take up again. */
export function toSession(answer: unknown): StoredSession | undefined {
  const session = plainCopy(answer);
  if (!session || typeof session['id'] !== 'string' || typeof session['agentName'] !== 'string') return undefined;
  if (!isAbsent(session['resumeToken']) && typeof session['resumeToken'] !== 'string') return undefined;
  return session as unknown as StoredSession;
}

/** The highest sequence numbers of a session's streams. */
export function toStreams(answer: unknown): { peer: string; topic?: string; maxSeq: number }[] {
  if (!Array.isArray(answer)) return [];
  return answer
    .slice(0, MAX_ROWS)
    .filter((stream: unknown): stream is { peer: string; topic?: string; maxSeq: number } => {
      const { peer, topic, maxSeq } = (isRecord(stream) ? stream : {}) as Record<string, unknown>;
      return (
        typeof peer === 'string' && (topic === undefined || typeof topic === 'string') && Number.isSafeInteger(maxSeq)
      );
    });
}

function plainCopy(value: unknown): Record<string, unknown> | undefined {
  if (!isRecord(value)) return undefined;
  try {
    const json = JSON.stringify(value);
    return json.length <= MAX_ROW_CHARS ? (JSON.parse(json) as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
