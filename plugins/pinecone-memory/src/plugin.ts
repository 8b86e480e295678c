import type { HealthStatus, MemoryEntry, MemoryPlugin, MemoryResult } from '@ar-registry/sdk';
import { parseConfig } from './config.ts';
import type { PineconeSearchQuery } from './filter.ts';
import { createId } from './ids.ts';
import { loadMemory, type LoadedMemory, type MemoryPorts } from './memory.ts';
import type { Change } from './overlay.ts';
import { entryOf, toMetadata } from './record.ts';
import { findOne, list, search } from './search.ts';

/** How long a change is waited for before it is only promised. */
const PATIENCE_MS = 1500;
const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;

/** All that the interface of memories knows; a search may also ask for fields of `metadata`. */
export type PineconeMemory = Required<Omit<MemoryPlugin, 'search'>> & {
  search(query: PineconeSearchQuery): Promise<MemoryEntry[]>;
};

/**
 * Memories in a Pinecone index, found by meaning or by words. What is added is on the disk when its promise resolves, and
 * in the index as soon as Pinecone takes it.
 */
export function createPineconeMemory(ports: MemoryPorts): PineconeMemory {
  let loaded: LoadedMemory | undefined;
  const need = (): LoadedMemory => {
    if (!loaded) throw new Error('The memory is not loaded.');
    return loaded;
  };
  const find = async (id: string): Promise<MemoryEntry | null> => (await findOne(need(), id)) ?? null;
  const change = (wanted: Change): Promise<MemoryResult> => carry(need(), wanted, ports);
  return {
    type: 'pinecone',
    async onLoad(context) {
      loaded = await loadMemory(parseConfig(context.config), context, ports);
    },
    async onUnload() {
      const last = loaded;
      loaded = undefined;
      await last?.close();
    },
    init: async () => need().connect(),
    close: async () => undefined,
    health: async () => (loaded ? healthOf(loaded) : { status: 'unhealthy', message: 'Not loaded.' }),

    async add(content, options) {
      const createdAt = ports.nowMs();
      const id = createId(createdAt, ports.newId(), need().namespaces.suffixFor({ ...options }));
      return change({ kind: 'put', entry: entryOf(content, options, { id, createdAt }) });
    },
    async update(id, content, options) {
      const before = await find(id);
      return before ? change({ kind: 'put', entry: { ...before, ...options, content } }) : unknown(id);
    },
    async delete(id) {
      return (await find(id)) ? change({ kind: 'delete', id }) : unknown(id);
    },
    get: find,
    search: async ({ query, limit, minScore = 0, ...scope }) =>
      search(need(), { text: query, scope, limit: bounded(limit), minScore }),
    list: async ({ limit, ...scope } = {}) => list(need(), bounded(limit), scope),
    clear: async (scope = {}) => change({ kind: 'clear', scope }),
    stats: async () => ({ totalCount: await need().store().count() }),
  };
}

/** On the disk; and in the index, unless that takes long. */
async function carry(memory: LoadedMemory, change: Change, { sleep }: MemoryPorts): Promise<MemoryResult> {
  const { changes, services, embedder } = memory;
  const id = change.kind === 'clear' ? {} : { id: change.kind === 'put' ? change.entry.id : change.id };
  try {
    if (change.kind === 'put') toMetadata(change.entry, embedder.name);
    const { carriedOut } = await changes.promise(change);
    const patience = new AbortController();
    if (services.problem() === undefined)
      await Promise.race([carriedOut, sleep(PATIENCE_MS, patience.signal)]).finally(() => patience.abort());
    return { success: true, ...id };
  } catch (error) {
    return { success: false, error: error instanceof Error ? error.message : String(error) };
  }
}

function healthOf({ changes, services, embedder }: LoadedMemory): HealthStatus {
  const details = { waiting: changes.waiting(), refused: changes.refused(), embedder: embedder.name };
  const problem = services.problem();
  if (problem !== undefined) return { status: 'unhealthy', message: `It cannot be used: ${problem}.`, details };
  if (changes.refused() > 0)
    return { status: 'degraded', message: 'The index refused changes: see refused.jsonl.', details };
  return { status: 'healthy', details };
}

function unknown(id: string): MemoryResult {
  return { success: false, id, error: 'there is no memory with this id' };
}

/** What is no number counts as not given. */
function bounded(limit: number | undefined): number {
  const count = Math.trunc(limit ?? DEFAULT_LIMIT);
  return Number.isNaN(count) ? DEFAULT_LIMIT : Math.min(Math.max(count, 1), MAX_LIMIT);
}
