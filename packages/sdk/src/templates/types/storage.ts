import type { TypeTemplate } from '../type-template.ts';

const SOURCE = `import type { DeadLetter, MessageQuery, StoragePlugin, StoredMessage, StoredSession } from '@ar-registry/sdk';

/** Replace these maps by your database. The keys are ids. */
const messages = new Map<string, StoredMessage>();
const sessions = new Map<string, StoredSession>();
const letters: DeadLetter[] = [];

/** The loader calls init() after onLoad(), and close() before onUnload(). */
const plugin: StoragePlugin = {
  async onLoad(context) {
    context.logger.info('Storing messages in memory.');
  },

  async health() {
    return { status: 'healthy', details: { messages: messages.size, sessions: sessions.size } };
  },

  async init() {
    messages.clear();
    sessions.clear();
    letters.length = 0;
  },

  /** The loader repeats a write that seemed to fail: a message with the same id takes the place of the first. */
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

  async getSessionByResumeToken(token) {
    return [...sessions.values()].find((session) => session.resumeToken === token) ?? null;
  },

  /** Messages that the daemon gave up on. */
  deadLetters: {
    async add(messageId, envelope, reason, attemptCount) {
      const { ts, ...message } = envelope;
      const times = { originalTs: ts, dlqTs: Date.now() };
      const state = { reason, attemptCount, dlqRetryCount: 0, acknowledged: false };
      const letter = { ...message, ...times, ...state, id: String(letters.length), messageId };
      letters.push(letter);
      return letter;
    },

    async query(query = {}) {
      return letters.filter((letter) => query.to === undefined || letter.to === query.to);
    },
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
import { test } from 'node:test';
import { createTestContext, storageContract } from '@ar-registry/sdk/testing';
import plugin from '../src/index.ts';

/** What the daemon and the loader rely on: the same cases for every storage. */
for (const { title, run } of storageContract(() => plugin)) test(title, run);

test('says how much it holds', async (t) => {
  const context = await createTestContext();
  t.after(context.dispose);
  await plugin.onLoad?.(context);
  await plugin.init();
  const message = { id: 'm1', ts: 0, from: 'Alice', to: 'Bob', kind: 'message', body: 'hello' } as const;
  await plugin.saveMessage({ ...message, status: 'unread', is_urgent: false });

  assert.deepEqual((await plugin.health?.())?.details, { messages: 1, sessions: 0 });
  await plugin.close?.();
});
`;

export const STORAGE: TypeTemplate = {
  description: 'Keeps relay messages and sessions in memory',
  category: 'database',
  manifest: `implements: [StorageAdapter]
features:
  messages: true
  sessions: true
  summaries: false
  dlq: true

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
  sources: { 'src/index.ts': SOURCE, 'test/index.test.ts': TEST },
  usage: `Implements agent-relay's \`StorageAdapter\` with maps in memory: a start for a real database. Nothing survives a restart.
`,
};
