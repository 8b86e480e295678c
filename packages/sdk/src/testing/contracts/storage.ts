import assert from 'node:assert/strict';
import type { StorageAdapter, StoragePlugin, StoredMessage, StoredSession } from '../../adapters/storage.ts';
import { casesFor, type ContractCase, type CreateAdapter } from './contract.ts';

type Adapter = StorageAdapter & Pick<StoragePlugin, 'deadLetters'>;

/**
 * What the daemon and the loader rely on in a storage. Cases about methods that the adapter lacks pass: sessions,
 * summaries and dead letters are up to it.
 */
export function storageContract(create: CreateAdapter<Adapter>): readonly ContractCase[] {
  return casesFor(create, { ...MESSAGES, ...SESSIONS, ...BESIDE });
}

type Cases = Readonly<Record<string, (adapter: Adapter) => Promise<void>>>;

const MESSAGES: Cases = {
  'gives back a message as it was saved': async (adapter) => {
    const message = messageOf('m1', {
      data: { nested: { n: [1, 'two', null, true] } },
      thread: 't',
      payloadMeta: { importance: 5 },
    });
    await adapter.saveMessage(structuredClone(message));
    const [found] = await adapter.getMessages({});
    assert.deepEqual(plain(found), message);
    assert.deepEqual(plain(await adapter.getMessageById?.('m1')) ?? message, message);
  },
  'keeps text of every kind': async (adapter) => {
    const body = `'"; DROP TABLE messages; -- \u0000 \u{1f600} ${'x'.repeat(100_000)}\n`;
    await adapter.saveMessage(messageOf('m1', { body }));
    assert.equal((await adapter.getMessages())[0]?.body, body);
  },
  'finds messages by what they are for, newest first unless asked otherwise': async (adapter) => {
    await adapter.saveMessage(messageOf('m1', { ts: 1, to: 'Bob', thread: 'a', topic: 'news' }));
    await adapter.saveMessage(messageOf('m2', { ts: 2, to: 'Bob', from: 'Carol' }));
    await adapter.saveMessage(messageOf('m3', { ts: 3, to: 'Dave', is_urgent: true }));
    assert.deepEqual(ids(await adapter.getMessages()), ['m3', 'm2', 'm1']);
    assert.deepEqual(ids(await adapter.getMessages({ order: 'asc' })), ['m1', 'm2', 'm3']);
    assert.deepEqual(ids(await adapter.getMessages({ to: 'Bob' })), ['m2', 'm1']);
    assert.deepEqual(ids(await adapter.getMessages({ from: 'Carol' })), ['m2']);
    assert.deepEqual(ids(await adapter.getMessages({ thread: 'a' })), ['m1']);
    assert.deepEqual(ids(await adapter.getMessages({ topic: 'news' })), ['m1']);
    assert.deepEqual(ids(await adapter.getMessages({ sinceTs: 2 })), ['m3', 'm2']);
    assert.deepEqual(ids(await adapter.getMessages({ urgentOnly: true })), ['m3']);
    assert.deepEqual(ids(await adapter.getMessages({ limit: 1 })), ['m3']);
    assert.deepEqual(ids(await adapter.getMessages({ to: 'Nobody' })), []);
  },
  'saves a message again in its place: the loader repeats a write that seemed to fail': async (adapter) => {
    await adapter.saveMessage(messageOf('m1', { body: 'first' }));
    await adapter.saveMessage(messageOf('m1', { body: 'second' }));
    assert.deepEqual(
      (await adapter.getMessages()).map(({ body }) => body),
      ['second'],
    );
  },
  'notes the status of a message, and passes over one that it does not know': async (adapter) => {
    await adapter.saveMessage(messageOf('m1', {}));
    await adapter.saveMessage(messageOf('m2', {}));
    if (!adapter.updateMessageStatus) return;
    await adapter.updateMessageStatus('m1', 'acked');
    await adapter.updateMessageStatus('unknown', 'acked');
    assert.deepEqual(ids(await adapter.getMessages({ unreadOnly: true })), ['m2']);
    assert.equal((await adapter.getMessages({ order: 'asc' })).find(({ id }) => id === 'm1')?.status, 'acked');
  },
  'has no message that was not saved': async (adapter) => {
    assert.deepEqual(await adapter.getMessages(), []);
    assert.equal((await adapter.getMessageById?.('unknown')) ?? null, null);
  },
  'keeps messages that are saved at the same time': async (adapter) => {
    const messages = Array.from({ length: 50 }, (_, ts) => messageOf(`m${ts}`, { ts }));
    await Promise.all(messages.map((message) => adapter.saveMessage(message)));
    assert.deepEqual(ids(await adapter.getMessages({ order: 'asc' })), ids(messages));
  },
};

const SESSIONS: Cases = {
  'lists sessions, newest first': async (adapter) => {
    if (!(await startSessions(adapter)) || !adapter.getRecentSessions) return;
    const found = await adapter.getRecentSessions(10);
    assert.deepEqual(
      found.map(({ id, agentName }) => [id, agentName]),
      [
        ['s2', 'Bob'],
        ['s1', 'Alice'],
      ],
    );
  },
  'counts the messages of a session': async (adapter) => {
    if (!(await startSessions(adapter)) || !adapter.incrementSessionMessageCount) return;
    await adapter.incrementSessionMessageCount('s1');
    const session = await sessionOf(adapter, 's1');
    if (session) assert.equal(session.messageCount, 1);
  },
  'notes how a session ended, and passes over one that it does not know': async (adapter) => {
    if (!(await startSessions(adapter)) || !adapter.endSession) return;
    await adapter.endSession('s1', { closedBy: 'agent', summary: 'done' });
    await adapter.endSession('unknown', { closedBy: 'error' });
    const session = await sessionOf(adapter, 's1');
    if (session) assert.deepEqual([session.closedBy, session.summary], ['agent', 'done']);
  },
  'finds a session by its resume token alone': async (adapter) => {
    if (!(await startSessions(adapter)) || !adapter.getSessionByResumeToken) return;
    assert.equal((await adapter.getSessionByResumeToken('secret'))?.id, 's1');
    assert.equal(await adapter.getSessionByResumeToken('wrong'), null);
  },
};

/** False for an adapter without sessions. */
async function startSessions(adapter: Adapter): Promise<boolean> {
  if (!adapter.startSession) return false;
  await adapter.startSession({ id: 's1', agentName: 'Alice', startedAt: 1, resumeToken: 'secret' });
  await adapter.startSession({ id: 's2', agentName: 'Bob', startedAt: 2 });
  return true;
}

async function sessionOf(adapter: Adapter, id: string): Promise<StoredSession | undefined> {
  return (await adapter.getRecentSessions?.(10))?.find((session) => session.id === id);
}

const BESIDE: Cases = {
  'keeps the last summary of each agent': async (adapter) => {
    if (!adapter.saveAgentSummary) return;
    await adapter.saveAgentSummary({ agentName: 'Alice', currentTask: 'first' });
    await adapter.saveAgentSummary({ agentName: 'Alice', currentTask: 'second', files: ['a.ts'] });
    const summary = await adapter.getAgentSummary?.('Alice');
    if (adapter.getAgentSummary) assert.deepEqual([summary?.currentTask, summary?.files], ['second', ['a.ts']]);
    assert.equal((await adapter.getAgentSummary?.('Nobody')) ?? null, null);
  },
  'keeps dead letters': async (adapter) => {
    const { deadLetters } = adapter;
    if (!deadLetters) return;
    await deadLetters.init?.();
    const { from, to, kind, body, ts } = messageOf('m1', {});
    await deadLetters.add('m1', { from, to, kind, body, ts }, 'max_retries_exceeded', 5);
    const found = await deadLetters.query?.({ to: 'Bob' });
    if (found)
      assert.deepEqual(
        found.map(({ messageId, reason, attemptCount }) => [messageId, reason, attemptCount]),
        [['m1', 'max_retries_exceeded', 5]],
      );
    await deadLetters.close?.();
  },
};

function messageOf(id: string, fields: Partial<StoredMessage>): StoredMessage {
  const base = {
    id,
    ts: 1,
    from: 'Alice',
    to: 'Bob',
    kind: 'message',
    body: 'hello',
    status: 'unread',
    is_urgent: false,
    is_broadcast: false,
  } as const;
  return { ...base, ...fields };
}

function ids(messages: readonly StoredMessage[]): string[] {
  return messages.map(({ id }) => id);
}

/** Databases say null where nothing was saved. */
function plain(message: StoredMessage | null | undefined): object | undefined {
  if (!message) return undefined;
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== null && value !== undefined));
}
