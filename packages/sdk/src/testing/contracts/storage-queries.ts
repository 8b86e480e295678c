/** What a storage finds, and what it must not: the cases of the storage contract about queries. */
import assert from 'node:assert/strict';
import type { StorageAdapter } from '../../adapters/storage.ts';
import { idsOf, messageOf } from './storage-rows.ts';

type Cases = Readonly<Record<string, (adapter: StorageAdapter) => Promise<void>>>;

/** Names are what people call their agents. None of these is another, nor a pattern, nor a word of a language. */
const NAMES = [
  'Bob',
  'bob',
  'Bob ',
  'B_b',
  'B%b',
  'B*b',
  'B\u00f6b',
  'Bo\u0308b',
  "O'Brien",
  '"; --',
  String.raw`\b`,
  '__proto__',
  'constructor',
  '${x}',
];

export const QUERIES: Cases = {
  'finds messages by what they are for, newest first unless asked otherwise': async (adapter) => {
    await adapter.saveMessage(messageOf('m1', { ts: 1, to: 'Bob', thread: 'a', topic: 'news' }));
    await adapter.saveMessage(messageOf('m2', { ts: 2, to: 'Bob', from: 'Carol' }));
    await adapter.saveMessage(messageOf('m3', { ts: 3, to: 'Dave', is_urgent: true }));
    assert.deepEqual(idsOf(await adapter.getMessages()), ['m3', 'm2', 'm1']);
    assert.deepEqual(idsOf(await adapter.getMessages({ order: 'asc' })), ['m1', 'm2', 'm3']);
    assert.deepEqual(idsOf(await adapter.getMessages({ to: 'Bob' })), ['m2', 'm1']);
    assert.deepEqual(idsOf(await adapter.getMessages({ from: 'Carol' })), ['m2']);
    assert.deepEqual(idsOf(await adapter.getMessages({ thread: 'a' })), ['m1']);
    assert.deepEqual(idsOf(await adapter.getMessages({ topic: 'news' })), ['m1']);
    assert.deepEqual(idsOf(await adapter.getMessages({ sinceTs: 2 })), ['m3', 'm2']);
    assert.deepEqual(idsOf(await adapter.getMessages({ urgentOnly: true })), ['m3']);
    assert.deepEqual(idsOf(await adapter.getMessages({ limit: 1 })), ['m3']);
    assert.deepEqual(idsOf(await adapter.getMessages({ to: 'Nobody' })), []);
  },
  'takes all parts of a query together, and the limit last': async (adapter) => {
    await adapter.saveMessage(messageOf('m1', { ts: 1, from: 'Carol', to: 'Bob' }));
    await adapter.saveMessage(messageOf('m2', { ts: 2, from: 'Carol', to: 'Bob', status: 'acked' }));
    await adapter.saveMessage(messageOf('m3', { ts: 3, from: 'Dave', to: 'Bob' }));
    await adapter.saveMessage(messageOf('m4', { ts: 4, from: 'Carol', to: 'Eve' }));
    await adapter.saveMessage(messageOf('m5', { ts: 5, from: 'Carol', to: 'Bob' }));
    await adapter.saveMessage(messageOf('m6', { ts: 6, from: 'Zoe', to: 'Zed' }));
    const carolToBob = { from: 'Carol', to: 'Bob' } as const;
    assert.deepEqual(idsOf(await adapter.getMessages(carolToBob)), ['m5', 'm2', 'm1']);
    assert.deepEqual(idsOf(await adapter.getMessages({ ...carolToBob, limit: 2 })), ['m5', 'm2']);
    assert.deepEqual(idsOf(await adapter.getMessages({ ...carolToBob, unreadOnly: true, order: 'asc' })), ['m1', 'm5']);
    assert.deepEqual(idsOf(await adapter.getMessages({ to: 'Bob', sinceTs: 2, order: 'asc', limit: 1 })), ['m2']);
  },
  'keeps names apart that are alike, and takes them for no pattern': async (adapter) => {
    for (const [at, name] of NAMES.entries())
      await adapter.saveMessage(messageOf(`m${at}`, { ts: at, from: name, to: name, thread: name }));
    for (const [at, name] of NAMES.entries())
      for (const query of [{ from: name }, { to: name }, { thread: name }])
        assert.deepEqual(idsOf(await adapter.getMessages(query)), [`m${at}`], JSON.stringify(query));
  },
};
