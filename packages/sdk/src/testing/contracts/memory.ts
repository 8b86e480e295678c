import assert from 'node:assert/strict';
import type { MemoryAdapter } from '../../adapters/memory.ts';
import { casesFor, type ContractCase, type CreateAdapter } from './contract.ts';

export interface MemoryContractOptions {
  /** Until what was added can be found; services that index later need a moment. Nothing unless given. */
  readonly settle?: () => Promise<void>;
}

/** What agent-relay and the loader rely on in a memory. How well it finds things is up to it. */
export function memoryContract(
  create: CreateAdapter<MemoryAdapter>,
  { settle = () => Promise.resolve() }: MemoryContractOptions = {},
): readonly ContractCase[] {
  return casesFor(create, { ...addCases(settle), ...scopeCases(settle) });
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
    'finds what was added, and keeps to the limit': async (adapter) => {
      for (const n of [1, 2, 3]) await adapter.add(`TypeScript note number ${n}`, { projectId: 'p' });
      await settle();
      const found = await adapter.search({ query: 'TypeScript note', limit: 2, projectId: 'p' });
      assert.ok(found.length >= 1 && found.length <= 2, `found ${found.length}`);
      for (const { content } of found) assert.match(content, /TypeScript note/);
    },
    'forgets what is deleted, and says so when there is nothing to delete': async (adapter) => {
      const { id = '' } = await adapter.add('to be forgotten');
      await settle();
      assert.equal((await adapter.delete(id)).success, true);
      await settle();
      assert.equal(await adapter.get(id), null);
      assert.equal((await adapter.delete(id)).success, false);
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
