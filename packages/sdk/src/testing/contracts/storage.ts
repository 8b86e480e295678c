import assert from 'node:assert/strict';
import type { StorageAdapter, StoragePlugin, StoredMessage } from '../../adapters/storage.ts';
import { casesFor, type ContractCase, type ContractOptions, type CreateAdapter } from './contract.ts';
import { QUERIES } from './storage-queries.ts';
import { idsOf, messageOf, plain } from './storage-rows.ts';
import { SESSIONS } from './storage-sessions.ts';

type Adapter = StorageAdapter & Pick<StoragePlugin, 'deadLetters'>;

/**
 * What the daemon and the loader rely on in a storage. Cases about methods that the adapter lacks pass: sessions,
 * summaries and dead letters are up to it.
 */
export function storageContract(create: CreateAdapter<Adapter>, options?: ContractOptions): readonly ContractCase[] {
  return casesFor(create, { ...MESSAGES, ...QUERIES, ...SESSIONS, ...BESIDE }, { ...options, parts: PARTS });
}

const PARTS: ReadonlySet<string> = new Set(['deadLetters']);

type Cases = Readonly<Record<string, (adapter: Adapter) => Promise<void>>>;

const MESSAGES: Cases = {
  'gives back a message as it was saved': async (adapter) => {
    const message = messageOf('m1', {
      // Of 41 bits, as of today: it must come back to the millisecond, and as a number.
      ts: 1_767_225_600_123,
      data: { nested: { n: [1, 'two', null, true] } },
      thread: 't',
      payloadMeta: { importance: 5 },
    });
    await adapter.saveMessage(structuredClone(message));
    const [found] = await adapter.getMessages({});
    assert.deepEqual(saved(found), message);
    assert.deepEqual(saved(await adapter.getMessageById?.('m1')) ?? message, message);
  },
  'keeps text of every kind': async (adapter) => {
    const body = `'"; DROP TABLE messages; -- \u0000 \u{1f600} ${'x'.repeat(100_000)}\n`;
    await adapter.saveMessage(messageOf('m1', { body }));
    assert.equal((await adapter.getMessages())[0]?.body, body);
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
    assert.deepEqual(idsOf(await adapter.getMessages({ unreadOnly: true })), ['m2']);
    assert.equal((await adapter.getMessages({ order: 'asc' })).find(({ id }) => id === 'm1')?.status, 'acked');
  },
  'has no message that was not saved': async (adapter) => {
    assert.deepEqual(await adapter.getMessages(), []);
    assert.equal((await adapter.getMessageById?.('unknown')) ?? null, null);
  },
  'keeps messages that are saved at the same time': async (adapter) => {
    const messages = Array.from({ length: 50 }, (_, ts) => messageOf(`m${ts}`, { ts }));
    await Promise.all(messages.map((message) => adapter.saveMessage(message)));
    assert.deepEqual(idsOf(await adapter.getMessages({ order: 'asc' })), idsOf(messages));
  },
};

/** How many answers there are is counted, and not saved. */
function saved(row: StoredMessage | null | undefined): object | undefined {
  const { replyCount: _counted, ...rest } = row ?? {};
  return row ? plain(rest) : undefined;
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
