import type { TypeTemplate } from '../type-template.ts';

const TYPES = `/** The storage interface of agent-relay 1.x, as far as this plugin implements it. */

export type MessageStatus = 'unread' | 'read' | 'acked' | 'failed';

export interface StoredMessage {
  id: string;
  /** Milliseconds since the epoch. */
  ts: number;
  from: string;
  to: string;
  topic?: string;
  kind: 'message' | 'action' | 'state' | 'thinking';
  body: string;
  data?: Record<string, unknown>;
  thread?: string;
  sessionId?: string;
  status: MessageStatus;
  is_urgent: boolean;
  is_broadcast?: boolean;
}

export interface MessageQuery {
  limit?: number;
  sinceTs?: number;
  from?: string;
  to?: string;
  topic?: string;
  thread?: string;
  /** Newest first unless 'asc'. */
  order?: 'asc' | 'desc';
  unreadOnly?: boolean;
  urgentOnly?: boolean;
}

export interface StoredSession {
  id: string;
  agentName: string;
  cli?: string;
  projectId?: string;
  projectRoot?: string;
  startedAt: number;
  endedAt?: number;
  messageCount: number;
  summary?: string;
  closedBy?: 'agent' | 'disconnect' | 'error';
}

export interface StorageAdapter {
  init(): Promise<void>;
  saveMessage(message: StoredMessage): Promise<void>;
  getMessages(query?: MessageQuery): Promise<StoredMessage[]>;
  getMessageById(id: string): Promise<StoredMessage | null>;
  updateMessageStatus(id: string, status: MessageStatus): Promise<void>;
  startSession(session: Omit<StoredSession, 'messageCount'>): Promise<void>;
  endSession(id: string, options?: Pick<StoredSession, 'summary' | 'closedBy'>): Promise<void>;
  getRecentSessions(limit?: number): Promise<StoredSession[]>;
  incrementSessionMessageCount(id: string): Promise<void>;
  close(): Promise<void>;
}
`;

const SOURCE = `import type { Plugin } from '@ar-registry/sdk';
import type { MessageQuery, StorageAdapter, StoredMessage, StoredSession } from './storage-adapter.ts';

/** Replace these maps by your database. The keys are ids. */
const messages = new Map<string, StoredMessage>();
const sessions = new Map<string, StoredSession>();

/** Every method is async, so that whatever throws becomes a rejection, which the daemon survives. */
const plugin: Plugin & StorageAdapter = {
  async onLoad(context) {
    await plugin.init();
    context.logger.info('Storing messages in memory.');
  },

  async onUnload() {
    await plugin.close();
  },

  async health() {
    return { status: 'healthy', details: { messages: messages.size, sessions: sessions.size } };
  },

  async init() {
    messages.clear();
    sessions.clear();
  },

  async saveMessage(message) {
    messages.set(message.id, { ...message });
  },

  async getMessages(query = {}) {
    const found = [...messages.values()].filter((message) => matches(message, query));
    found.sort((one, other) => (query.order === 'asc' ? one.ts - other.ts : other.ts - one.ts));
    return found.slice(0, query.limit ?? found.length).map((message) => ({ ...message }));
  },

  async getMessageById(id) {
    const message = messages.get(id);
    return message ? { ...message } : null;
  },

  async updateMessageStatus(id, status) {
    const message = messages.get(id);
    if (message) message.status = status;
  },

  async startSession(session) {
    sessions.set(session.id, { ...session, messageCount: 0 });
  },

  async endSession(id, options = {}) {
    const session = sessions.get(id);
    if (session) sessions.set(id, { ...session, ...options, endedAt: Date.now() });
  },

  async getRecentSessions(limit = 50) {
    const newestFirst = [...sessions.values()].sort((one, other) => other.startedAt - one.startedAt);
    return newestFirst.slice(0, limit);
  },

  async incrementSessionMessageCount(id) {
    const session = sessions.get(id);
    if (session) session.messageCount += 1;
  },

  async close() {
    messages.clear();
    sessions.clear();
  },
};

export default plugin;

function matches(message: StoredMessage, query: MessageQuery): boolean {
  if (query.unreadOnly && message.status !== 'unread') return false;
  if (query.urgentOnly && !message.is_urgent) return false;
  if (query.sinceTs !== undefined && message.ts < query.sinceTs) return false;
  const keys = ['from', 'to', 'topic', 'thread'] as const;
  return keys.every((key) => query[key] === undefined || query[key] === message[key]);
}
`;

const TEST = `import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createTestContext } from '@ar-registry/sdk/testing';
import plugin from '../src/index.ts';
import type { StoredMessage } from '../src/storage-adapter.ts';

test('finds messages by their fields, newest first', async (t) => {
  await load(t);
  await plugin.saveMessage(message('m1', { ts: 1, thread: 'a' }));
  await plugin.saveMessage(message('m2', { ts: 2, thread: 'a' }));
  await plugin.saveMessage(message('m3', { ts: 3, thread: 'b' }));

  assert.deepEqual(ids(await plugin.getMessages({ thread: 'a' })), ['m2', 'm1']);
  assert.deepEqual(ids(await plugin.getMessages({ order: 'asc', limit: 2 })), ['m1', 'm2']);
  assert.deepEqual(ids(await plugin.getMessages({ sinceTs: 3 })), ['m3']);
});

test('remembers the status of a message', async (t) => {
  await load(t);
  await plugin.saveMessage(message('m1', {}));
  await plugin.updateMessageStatus('m1', 'acked');

  assert.equal((await plugin.getMessageById('m1'))?.status, 'acked');
  assert.deepEqual(await plugin.getMessages({ unreadOnly: true }), []);
  assert.equal(await plugin.getMessageById('other'), null);
});

test('counts the messages of a session and notes how it ended', async (t) => {
  await load(t);
  await plugin.startSession({ id: 's1', agentName: 'Alice', startedAt: 1 });
  await plugin.incrementSessionMessageCount('s1');
  await plugin.endSession('s1', { closedBy: 'agent' });

  const [session] = await plugin.getRecentSessions();
  assert.equal(session?.messageCount, 1);
  assert.equal(session?.closedBy, 'agent');
});

async function load(t: TestContext): Promise<void> {
  const context = await createTestContext();
  t.after(context.dispose);
  await plugin.onLoad?.(context);
}

function message(id: string, fields: Partial<StoredMessage>): StoredMessage {
  return {
    id,
    ts: 0,
    from: 'Alice',
    to: 'Bob',
    kind: 'message',
    body: 'hello',
    status: 'unread',
    is_urgent: false,
    ...fields,
  };
}

function ids(messages: readonly StoredMessage[]): string[] {
  return messages.map((each) => each.id);
}
`;

export const STORAGE: TypeTemplate = {
  description: 'Keeps relay messages and sessions in memory',
  category: 'database',
  manifest: `implements: [StorageAdapter]
features:
  messages: true
  sessions: true
  summaries: false
  dlq: false

# What the plugin may do: nothing but write to its own data directory. A database server goes under network.
permissions: {}
`,
  config: [],
  configSchema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    properties: {},
  },
  sources: { 'src/index.ts': SOURCE, 'src/storage-adapter.ts': TYPES, 'test/index.test.ts': TEST },
  usage: `Implements agent-relay's \`StorageAdapter\` with maps in memory: a start for a real database. Nothing survives a restart.
`,
};
