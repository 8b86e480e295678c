/** The contract of storages: an adapter that keeps it passes, and each way to break it is found, and told by its name. */
import { describe, expect, it } from 'vitest';
import type { StorageAdapter, StoredMessage } from '../../adapters/storage.ts';
import { failing, failuresOf, hang, QUICK } from '../../../test/failures.ts';
import { storageContract } from './storage.ts';

function createStorage(): StorageAdapter {
  const rows = new Map<string, StoredMessage>();
  return {
    init: () => Promise.resolve(),
    saveMessage: async (message) => void rows.set(message.id, message),
    async getMessages(query = {}) {
      const keys = ['from', 'to', 'thread', 'topic'] as const;
      const found = [...rows.values()].filter(
        (row) =>
          keys.every((key) => query[key] === undefined || row[key] === query[key]) &&
          (!query.unreadOnly || row.status === 'unread') &&
          (!query.urgentOnly || row.is_urgent) &&
          row.ts >= (query.sinceTs ?? 0),
      );
      found.sort((a, b) => (query.order === 'asc' ? a.ts - b.ts : b.ts - a.ts));
      return found.slice(0, query.limit);
    },
    async updateMessageStatus(id, status) {
      const row = rows.get(id);
      if (row) row.status = status;
    },
  };
}

describe('storageContract', () => {
  it('passes an adapter that does no more than it must', async () => {
    expect(await failing(storageContract(createStorage))).toEqual([]);
  });

  it.each<[string, Partial<StorageAdapter>]>([
    ['forgets', { saveMessage: () => Promise.resolve() }],
    ['ignores the query', { getMessages: () => createStorage().getMessages({}) }],
    ['knows every message', { getMessageById: async () => ({ id: 'x' }) as StoredMessage }],
    ['changes no status', { updateMessageStatus: () => Promise.resolve() }],
    ['starts no session', { startSession: () => Promise.resolve(), getRecentSessions: async () => [] }],
    ['loses summaries', { saveAgentSummary: () => Promise.resolve(), getAgentSummary: async () => null }],
    ['knows nothing of what a session was sent', { getPendingMessagesForSession: async () => [] }],
    ['knows nothing of streams', { getMaxSeqByStream: async () => [] }],
  ])('finds an adapter that %s', async (_, broken) => {
    expect(await failing(storageContract(() => ({ ...createStorage(), ...broken })))).not.toEqual([]);
  });

  /** Around an adapter that keeps the contract. */
  type Wrap = (whole: StorageAdapter) => Partial<StorageAdapter>;

  it.each<[string, string, Wrap]>([
    [
      'takes the limit first',
      'the limit last',
      (whole) => ({
        async getMessages({ limit, ...query } = {}) {
          const last = (await whole.getMessages({ limit: limit ?? 100 })).map(({ id }) => id);
          return (await whole.getMessages(query)).filter(({ id }) => last.includes(id));
        },
      }),
    ],
    [
      'looks at one part of a query alone',
      'all parts of a query',
      (whole) => ({
        getMessages: ({ from, ...query } = {}) =>
          whole.getMessages(query.to === undefined && from !== undefined ? { ...query, from } : query),
      }),
    ],
    [
      'takes names for patterns',
      'takes them for no pattern',
      (whole) => ({
        async getMessages({ to, ...query } = {}) {
          const like = new RegExp(
            `^${(to ?? '%').replaceAll('_', '.').replaceAll('%', '.*').replaceAll('*', '\\*')}$`,
            's',
          );
          return (await whole.getMessages(query)).filter((row) => like.test(row.to));
        },
      }),
    ],
    [
      'looks at names without regard to case',
      'names apart that are alike',
      (whole) => ({
        async getMessages({ to, ...query } = {}) {
          const rows = await whole.getMessages(query);
          return rows.filter((row) => to === undefined || row.to.toLowerCase() === to.toLowerCase());
        },
      }),
    ],
    [
      'keeps 32 bits of a time',
      'as it was saved',
      (whole) => ({ saveMessage: (row) => whole.saveMessage({ ...row, ts: row.ts | 0 }) }),
    ],
    [
      'cuts text',
      'text of every kind',
      (whole) => ({ saveMessage: (row) => whole.saveMessage({ ...row, body: row.body.slice(0, 65_535) }) }),
    ],
  ])('finds an adapter that %s', async (_, title, wrap) => {
    const create = (): StorageAdapter => {
      const whole = createStorage();
      return { ...whole, ...wrap(whole) };
    };
    expect(await failing(storageContract(create))).toContainEqual(expect.stringContaining(title));
  });

  it.each<[string, string, Partial<StorageAdapter>]>([
    [
      'throws before there is a promise',
      '`saveMessage` throws where it should reject: no database',
      {
        saveMessage: () => {
          throw new Error('no database');
        },
      },
    ],
    ['rejects', '`saveMessage` rejects: no database', { saveMessage: () => Promise.reject(new Error('no database')) }],
    ['hangs', '`getMessages` did not answer within 50 ms: the loader waits no longer', { getMessages: hang }],
    ['hangs at its start', '`init` did not answer within 50 ms: the loader waits no longer', { init: hang }],
    ['answers at once', '`saveMessage` returns no promise', { saveMessage: () => undefined as never }],
    ['cannot be closed', '`close` rejects: in use', { close: () => Promise.reject(new Error('in use')) }],
  ])('says which method of an adapter %s', async (_, message, broken) => {
    const failures = await failuresOf(storageContract(() => ({ ...createStorage(), ...broken }), QUICK));
    expect(failures[0]?.message).toBe(message);
  });

  it('does not mind what else an adapter says of a message', async () => {
    const whole = createStorage();
    const counting: Partial<StorageAdapter> = {
      getMessages: async (query) => (await whole.getMessages(query)).map((row) => ({ ...row, replyCount: 0 })),
    };
    const [first] = storageContract(() => ({ ...whole, ...counting }));
    await expect(first?.run()).resolves.toBeUndefined();
  });

  it('finds an adapter that keeps a message twice', async () => {
    expect(await failing(storageContract(createList))).toContainEqual(expect.stringContaining('again in its place'));
  });
});

function createList(): StorageAdapter {
  const rows: StoredMessage[] = [];
  return { ...createStorage(), saveMessage: async (row) => void rows.push(row), getMessages: async () => rows };
}
