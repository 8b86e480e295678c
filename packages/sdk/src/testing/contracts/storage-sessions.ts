/** Sessions, and what one was sent: the cases of the storage contract that an adapter without sessions passes. */
import assert from 'node:assert/strict';
import type { StorageAdapter, StoredMessage, StoredSession } from '../../adapters/storage.ts';
import { idsOf, messageOf, plain } from './storage-rows.ts';

type Cases = Readonly<Record<string, (adapter: StorageAdapter) => Promise<void>>>;

export const SESSIONS: Cases = {
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
  'knows what a session has not acknowledged, in the order in which it was sent': async (adapter) => {
    if (!adapter.getPendingMessagesForSession) return;
    await saveDelivered(adapter);
    assert.deepEqual(idsOf(await adapter.getPendingMessagesForSession('Bob', 's1')), ['m2', 'm1', 'm4']);
    assert.deepEqual(await adapter.getPendingMessagesForSession('Bob', 'unknown'), []);
  },
  'knows how far the stream of each sender to a session has come': async (adapter) => {
    if (!adapter.getMaxSeqByStream) return;
    await saveDelivered(adapter);
    const streams = await adapter.getMaxSeqByStream('Bob', 's1');
    assert.deepEqual(
      streams.map(plain).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
      [
        { peer: 'Carol', maxSeq: 3 },
        { peer: 'Dave', topic: 'news', maxSeq: 4 },
      ],
    );
  },
};

/** False for an adapter without sessions. */
async function startSessions(adapter: StorageAdapter): Promise<boolean> {
  if (!adapter.startSession) return false;
  await adapter.startSession({ id: 's1', agentName: 'Alice', startedAt: 1, resumeToken: 'secret' });
  await adapter.startSession({ id: 's2', agentName: 'Bob', startedAt: 2 });
  return true;
}

async function sessionOf(adapter: StorageAdapter, id: string): Promise<StoredSession | undefined> {
  return (await adapter.getRecentSessions?.(10))?.find((session) => session.id === id);
}

/** Four messages to Bob in one session, of which he acknowledged one, and one to a session before. */
async function saveDelivered(adapter: StorageAdapter): Promise<void> {
  await adapter.saveMessage(messageOf('m1', { ...ofCarol(2), ts: 1 }));
  await adapter.saveMessage(messageOf('m2', { ...ofCarol(1), ts: 2 }));
  await adapter.saveMessage(messageOf('m3', { ...ofCarol(3), ts: 3, status: 'acked' }));
  await adapter.saveMessage(messageOf('m4', { ...ofCarol(4), ts: 4, from: 'Dave', topic: 'news' }));
  await adapter.saveMessage(messageOf('m5', { ...ofCarol(9, 's0'), ts: 5 }));
}

function ofCarol(deliverySeq: number, deliverySessionId = 's1'): Partial<StoredMessage> {
  return { from: 'Carol', deliverySeq, deliverySessionId };
}
