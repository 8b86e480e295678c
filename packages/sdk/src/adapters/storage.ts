/**
 * The storage interface of agent-relay 1.x. The loader's type tests hold it against the real `StorageAdapter` of 1.6.0.
 *
 * The loader calls every method with a time limit and contains what it throws; see docs/guides/loader.md, "Storage".
 */
import type { Plugin } from '../plugin.ts';
import type { PayloadKind, SendMeta } from '../relay.ts';

/** `failed`: no receiver acknowledged the message in time. */
export type MessageStatus = 'unread' | 'read' | 'acked' | 'failed';

/** One message for one receiver: a broadcast is stored once for each. */
export interface StoredMessage {
  id: string;
  /** Milliseconds since the epoch. */
  ts: number;
  from: string;
  /** An agent's name, or a channel's. */
  to: string;
  topic?: string;
  kind: PayloadKind;
  body: string;
  data?: Record<string, unknown>;
  payloadMeta?: SendMeta;
  thread?: string;
  deliverySeq?: number;
  deliverySessionId?: string;
  sessionId?: string;
  status: MessageStatus;
  is_urgent: boolean;
  is_broadcast?: boolean;
  replyCount?: number;
}

/** Fields that are absent do not restrict. */
export interface MessageQuery {
  limit?: number;
  /** At or after, in milliseconds since the epoch. */
  sinceTs?: number;
  from?: string;
  to?: string;
  topic?: string;
  thread?: string;
  /** By `ts`; newest first unless `asc`. */
  order?: 'asc' | 'desc';
  unreadOnly?: boolean;
  urgentOnly?: boolean;
}

/** One connection of one agent, from its handshake to its end. */
export interface StoredSession {
  id: string;
  agentName: string;
  cli?: string;
  projectId?: string;
  projectRoot?: string;
  /** Milliseconds since the epoch. */
  startedAt: number;
  endedAt?: number;
  messageCount: number;
  summary?: string;
  /** With it an agent takes up the session again after its connection was lost. A secret. */
  resumeToken?: string;
  closedBy?: 'agent' | 'disconnect' | 'error';
}

export interface SessionQuery {
  agentName?: string;
  projectId?: string;
  /** Started at or after, in milliseconds since the epoch. */
  since?: number;
  limit?: number;
}

/** How a session ended. */
export interface SessionEnd {
  summary?: string;
  closedBy?: 'agent' | 'disconnect' | 'error';
}

/** What an agent last said of its work. */
export interface AgentSummary {
  agentName: string;
  projectId?: string;
  /** Milliseconds since the epoch. */
  lastUpdated: number;
  currentTask?: string;
  completedTasks?: string[];
  decisions?: string[];
  context?: string;
  files?: string[];
}

/** Why a message did not reach its receiver. */
export type DeadLetterReason =
  | 'max_retries_exceeded'
  | 'ttl_expired'
  | 'connection_lost'
  | 'target_not_found'
  | 'signature_invalid'
  | 'payload_too_large'
  | 'rate_limited'
  | 'unknown';

/** A message as it was sent, for a dead letter. */
export interface DeadLetterEnvelope {
  from: string;
  to: string;
  topic?: string;
  kind: string;
  body: string;
  data?: Record<string, unknown>;
  thread?: string;
  /** Milliseconds since the epoch. */
  ts: number;
}

/** A message that did not reach its receiver. */
export interface DeadLetter {
  id: string;
  messageId: string;
  from: string;
  to: string;
  topic?: string;
  kind: string;
  body: string;
  data?: Record<string, unknown>;
  thread?: string;
  /** When it was sent, and when it was given up; milliseconds since the epoch. */
  originalTs: number;
  dlqTs: number;
  reason: DeadLetterReason;
  errorMessage?: string;
  attemptCount: number;
  lastAttemptTs?: number;
  dlqRetryCount: number;
  acknowledged: boolean;
  acknowledgedTs?: number;
  acknowledgedBy?: string;
}

export interface DeadLetterQuery {
  to?: string;
  from?: string;
  reason?: DeadLetterReason;
  acknowledged?: boolean;
  afterTs?: number;
  beforeTs?: number;
  limit?: number;
  offset?: number;
  orderBy?: 'dlqTs' | 'originalTs' | 'attemptCount';
  orderDir?: 'ASC' | 'DESC';
}

/**
 * Where the daemon keeps messages. `init`, `saveMessage` and `getMessages` are needed; each further method adds what it
 * is named after: without `startSession` there are no sessions, without `getSessionByResumeToken` no session is taken up
 * again.
 *
 * Calls about one message or one session come one after the other; others may overlap.
 */
export interface StorageAdapter {
  /** Called once, after `onLoad` and before anything else. */
  init(): Promise<void>;
  saveMessage(message: StoredMessage): Promise<void>;
  getMessages(query?: MessageQuery): Promise<StoredMessage[]>;
  getMessageById?(id: string): Promise<StoredMessage | null>;
  updateMessageStatus?(id: string, status: MessageStatus): Promise<void>;
  /** Called once, after everything else and before `onUnload`. */
  close?(): Promise<void>;

  startSession?(session: Omit<StoredSession, 'messageCount'>): Promise<void>;
  endSession?(sessionId: string, options?: SessionEnd): Promise<void>;
  getSessions?(query?: SessionQuery): Promise<StoredSession[]>;
  getRecentSessions?(limit?: number): Promise<StoredSession[]>;
  incrementSessionMessageCount?(sessionId: string): Promise<void>;
  getSessionByResumeToken?(resumeToken: string): Promise<StoredSession | null>;
  getPendingMessagesForSession?(agentName: string, sessionId: string): Promise<StoredMessage[]>;
  getMaxSeqByStream?(
    agentName: string,
    sessionId: string,
  ): Promise<Array<{ peer: string; topic?: string; maxSeq: number }>>;

  saveAgentSummary?(summary: Omit<AgentSummary, 'lastUpdated'>): Promise<void>;
  getAgentSummary?(agentName: string): Promise<AgentSummary | null>;
  getAllAgentSummaries?(): Promise<AgentSummary[]>;
}

/**
 * Where messages go that were given up. The daemon has no place for them; the loader tells the plugin of each. A
 * `DLQStorageAdapter` of agent-relay is one; only `add` is needed.
 */
export interface DeadLetterAdapter {
  /** Called once, after the storage adapter's. */
  init?(): Promise<void>;
  // oxlint-disable-next-line max-params -- the signature is agent-relay's
  add(
    messageId: string,
    envelope: DeadLetterEnvelope,
    reason: DeadLetterReason,
    attemptCount: number,
    errorMessage?: string,
  ): Promise<DeadLetter>;
  get?(id: string): Promise<DeadLetter | null>;
  query?(query?: DeadLetterQuery): Promise<DeadLetter[]>;
  acknowledge?(id: string, acknowledgedBy?: string): Promise<boolean>;
  remove?(id: string): Promise<boolean>;
  /** Called once, before the storage adapter's. */
  close?(): Promise<void>;
}

/** A plugin of type `storage`. One may be active at a time. */
export interface StoragePlugin extends Plugin, StorageAdapter {
  readonly deadLetters?: DeadLetterAdapter;
}
