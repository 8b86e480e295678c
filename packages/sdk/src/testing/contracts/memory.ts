import assert from 'node:assert/strict';
import type { MemoryAdapter, MemorySearchQuery } from '../../adapters/memory.ts';
import { casesFor, type ContractCase, type ContractOptions, type CreateAdapter } from './contract.ts';

export interface MemoryContractOptions extends ContractOptions {
  /** Until what was added can be found; services that index later need a moment. Nothing unless given. */
  readonly settle?: () => Promise<void>;
}

/** What agent-relay and the loader rely on in a memory. How well it finds things is up to it. */
export function memoryContract(
  create: CreateAdapter<MemoryAdapter>,
  { settle = () => Promise.resolve(), ...options }: MemoryContractOptions = {},
): readonly ContractCase[] {
  const cases = { ...addCases(settle), ...searchCases(settle), ...scopeCases(settle), ...changeCases(settle) };
  return casesFor(create, cases, options);
}

type Cases = Readonly<Record<string, (adapter: MemoryAdapter) => Promise<void>>>;
type Settle = NonNullable<MemoryContractOptions['settle']>;

function addCases(settle: Settle): Cases {
  return {
    'says what it is': async (adapter) => {
      assert.equal(typeof adapter.type, 'string');
      assert.notEqual(adapter.type, '');
    },
    'gives back what was added, by its id': async (adapter) => {
      const { success, id = '' } = await adapter.add('Alice prefers TypeScript', { tags: ['taste'], agentId: 'Alice' });
      assert.equal(success, true);
      await settle();
      const entry = await adapter.get(id);
      assert.equal(entry?.content, 'Alice prefers TypeScript');
      assert.ok(Number.isFinite(entry?.createdAt), '`createdAt` is in milliseconds');
    },
    'gives each entry an id of its own, and back what was said about it': async (adapter) => {
      const about = { tags: ['taste', 'code'], source: 'chat', agentId: 'Alice', projectId: 'p' };
      const first = await adapter.add('the same text', { ...about, metadata: { level: 3 } });
      const second = await adapter.add('the same text', { agentId: 'Bob' });
      assert.notEqual(first.id, second.id, 'two entries of one text have the same id');
      await settle();
      const { tags, source, agentId, projectId } = (await adapter.get(first.id ?? '')) ?? {};
      assert.deepEqual({ tags, source, agentId, projectId }, about);
      assert.equal((await adapter.get(second.id ?? ''))?.agentId, 'Bob');
    },
    'forgets what is deleted, and says so when there is nothing to delete': async (adapter) => {
      const { id = '' } = await adapter.add('to be forgotten');
      await settle();
      assert.equal((await adapter.delete(id)).success, true);
      await settle();
      assert.equal(await adapter.get(id), null);
      assert.equal((await adapter.delete(id)).success, false);
    },
  };
}

function searchCases(settle: Settle): Cases {
  return {
    'finds what was added, and keeps to the limit': async (adapter) => {
      for (const n of [1, 2, 3]) await adapter.add(`TypeScript note number ${n}`, { projectId: 'p' });
      await settle();
      const found = await adapter.search({ query: 'TypeScript note', limit: 2, projectId: 'p' });
      assert.ok(found.length >= 1 && found.length <= 2, `found ${found.length}`);
      for (const { content } of found) assert.match(content, /TypeScript note/);
    },
    'keeps to everything that a search names: project, tag, and when': async (adapter) => {
      await adapter.add('TypeScript in both', { projectId: 'p', tags: ['x', 'y'] });
      await adapter.add('TypeScript in one', { projectId: 'q', tags: ['x'] });
      await settle();
      const found = async (within: Omit<MemorySearchQuery, 'query'>): Promise<string[]> =>
        (await adapter.search({ query: 'TypeScript', ...within })).map(({ content }) => content);
      assert.deepEqual(await found({ projectId: 'q' }), ['TypeScript in one']);
      assert.deepEqual(await found({ tags: ['y'] }), ['TypeScript in both']);
      assert.deepEqual(await found({ before: 1 }), [], 'made before the first millisecond');
      assert.deepEqual(await found({ since: Date.now() + 3_600_000 }), [], 'made in an hour');
    },
    'puts the best first, where it says how good each is': async (adapter) => {
      for (const content of ['TypeScript', 'TypeScript and cake', 'the recipe of a cake, with TypeScript'])
        await adapter.add(content);
      await settle();
      const scores = (await adapter.search({ query: 'TypeScript and cake' })).map(({ score }) => score ?? 0);
      assert.deepEqual(
        scores,
        scores.toSorted((a, b) => b - a),
      );
    },
    'answers a search that finds nothing with an empty list': async (adapter) => {
      assert.deepEqual(await adapter.search({ query: 'anything' }), []);
    },
  };
}

function scopeCases(settle: Settle): Cases {
  return {
    'keeps what belongs to one agent from another': async (adapter) => {
      await adapter.add('the secret of Alice', { agentId: 'Alice' });
      await settle();
      assert.deepEqual(await adapter.search({ query: 'the secret of Alice', agentId: 'Bob' }), []);
    },
    'lists what belongs to an agent': async (adapter) => {
      if (!adapter.list) return;
      await adapter.add('of Alice', { agentId: 'Alice' });
      await adapter.add('of Bob', { agentId: 'Bob' });
      await settle();
      assert.deepEqual(
        (await adapter.list({ agentId: 'Alice' })).map(({ content }) => content),
        ['of Alice'],
      );
      assert.equal((await adapter.list({ limit: 1 })).length, 1);
    },
  };
}

function changeCases(settle: Settle): Cases {
  return {
    'changes an entry in its place, and says so where there is none': async (adapter) => {
      if (!adapter.update) return;
      const { id = '' } = await adapter.add('before', { agentId: 'Alice' });
      await settle();
      assert.equal((await adapter.update(id, 'after')).success, true);
      await settle();
      const entry = await adapter.get(id);
      assert.deepEqual([entry?.content, entry?.agentId], ['after', 'Alice']);
      assert.equal((await adapter.update('unknown', 'after')).success, false);
    },
    'clears what it is told to, and nothing else': async (adapter) => {
      if (!adapter.clear) return;
      const alice = await adapter.add('of Alice', { agentId: 'Alice' });
      const bob = await adapter.add('of Bob', { agentId: 'Bob' });
      await settle();
      assert.equal((await adapter.clear({ agentId: 'Alice' })).success, true);
      await settle();
      assert.equal(await adapter.get(alice.id ?? ''), null);
      assert.equal((await adapter.get(bob.id ?? ''))?.content, 'of Bob');
    },
    'counts what it holds': async (adapter) => {
      if (!adapter.stats) return;
      await adapter.add('of Alice', { agentId: 'Alice' });
      await adapter.add('of Bob', { agentId: 'Bob' });
      await settle();
      assert.equal((await adapter.stats()).totalCount, 2);
    },
  };
}
