/** A memory plugin as agent-relay's own code may use it: every method answers in time, and none rejects. */
import type { MemoryAdapter, MemoryPlugin, MemoryResult } from '@ar-registry/sdk';
import type { Answer, Caller } from '../caller.ts';
import { toEntries, toEntry, toResult } from './entries.ts';

export function createSafeMemory(plugin: MemoryPlugin, caller: Caller): MemoryAdapter {
  const usable = <T>(
    method: string,
    answer: Answer<unknown>,
    read: (value: unknown) => T | undefined,
  ): T | undefined => {
    if (!answer.ok) return undefined;
    const value = read(answer.value);
    if (value === undefined) caller.refuse(method, 'not what its interface says');
    return value;
  };
  const result = async (method: string, call: () => Promise<MemoryResult>): Promise<MemoryResult> =>
    usable(method, await caller.ask(method, call), toResult) ?? { success: false, error: 'the memory does not answer' };
  // A plugin in another process has only the methods that it has.
  const has = (method: 'update' | 'list'): boolean => typeof plugin[method] === 'function';
  const unsupported: MemoryResult = { success: false, error: 'the memory does not offer this' };
  return {
    type: typeof plugin.type === 'string' ? plugin.type : 'plugin',
    // The loader calls these two itself.
    init: async () => undefined,
    close: async () => undefined,
    add: (content, options) => result('add', () => plugin.add(content, options)),
    search: async (query) =>
      usable('search', await caller.ask('search', () => plugin.search(query)), toEntries)?.slice(0, query.limit) ?? [],
    get: async (id) => toEntry(valueOf(await caller.ask('get', () => plugin.get(id)))) ?? null,
    delete: (id) => result('delete', () => plugin.delete(id)),
    ...(has('update') && {
      update: (id, content, options) =>
        result('update', async () => (await plugin.update?.(id, content, options)) ?? unsupported),
    }),
    ...(has('list') && {
      list: async (options) =>
        usable('list', await caller.ask('list', () => plugin.list?.(options)), toEntries)?.slice(0, options?.limit) ??
        [],
    }),
  };
}

function valueOf(answer: Answer<unknown>): unknown {
  return answer.ok ? answer.value : undefined;
}
