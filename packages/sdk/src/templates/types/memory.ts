import type { TypeTemplate } from '../type-template.ts';

const TYPES = `/** The memory interface of agent-relay 1.x. */

export interface MemoryEntry {
  id: string;
  content: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  tags?: string[];
  source?: string;
  agentId?: string;
  projectId?: string;
  sessionId?: string;
  /** How well the entry fits the query, 0 to 1. */
  score?: number;
  metadata?: Record<string, unknown>;
}

export interface MemorySearchQuery {
  query: string;
  limit?: number;
  minScore?: number;
  tags?: string[];
  agentId?: string;
  projectId?: string;
  since?: number;
  before?: number;
}

export type AddMemoryOptions = Partial<
  Pick<MemoryEntry, 'tags' | 'source' | 'agentId' | 'projectId' | 'sessionId' | 'metadata'>
>;

export interface MemoryResult {
  success: boolean;
  id?: string;
  error?: string;
}

export interface MemoryAdapter {
  readonly type: string;
  init(): Promise<void>;
  add(content: string, options?: AddMemoryOptions): Promise<MemoryResult>;
  search(query: MemorySearchQuery): Promise<MemoryEntry[]>;
  get(id: string): Promise<MemoryEntry | null>;
  delete(id: string): Promise<MemoryResult>;
  list(options?: { limit?: number; agentId?: string; projectId?: string }): Promise<MemoryEntry[]>;
  close(): Promise<void>;
}
`;

const SOURCE = `import { randomUUID } from 'node:crypto';
import type { Plugin } from '@ar-registry/sdk';
import type { MemoryAdapter, MemoryEntry, MemorySearchQuery } from './memory-adapter.ts';

/** Replace this map by your vector store. The keys are ids; the order is that of insertion. */
const entries = new Map<string, MemoryEntry>();

const plugin: Plugin & MemoryAdapter = {
  type: 'in-memory-words',

  async onLoad(context) {
    await plugin.init();
    context.logger.info('Remembering in memory.');
  },

  async onUnload() {
    await plugin.close();
  },

  async health() {
    return { status: 'healthy', details: { entries: entries.size } };
  },

  async init() {
    entries.clear();
  },

  async add(content, options = {}) {
    if (content.trim() === '') return { success: false, error: 'There is nothing to remember.' };
    const id = randomUUID();
    entries.set(id, { ...options, id, content, createdAt: Date.now() });
    return { success: true, id };
  },

  async search(query) {
    const minScore = query.minScore ?? 0;
    return [...entries.values()]
      .filter((entry) => inScope(entry, query))
      .map((entry) => ({ ...entry, score: scoreOf(entry.content, query.query) }))
      .filter((entry) => entry.score > 0 && entry.score >= minScore)
      .sort((one, other) => other.score - one.score || other.createdAt - one.createdAt)
      .slice(0, query.limit ?? 10);
  },

  async get(id) {
    return entries.get(id) ?? null;
  },

  async delete(id) {
    return entries.delete(id) ? { success: true, id } : { success: false, error: 'There is no such entry.' };
  },

  async list(options = {}) {
    const found = [...entries.values()].filter((entry) => inScope(entry, options)).toReversed();
    return found.slice(0, options.limit ?? found.length);
  },

  async close() {
    entries.clear();
  },
};

export default plugin;

function inScope(entry: MemoryEntry, query: Partial<MemorySearchQuery>): boolean {
  if (query.agentId !== undefined && entry.agentId !== query.agentId) return false;
  if (query.projectId !== undefined && entry.projectId !== query.projectId) return false;
  if (query.since !== undefined && entry.createdAt < query.since) return false;
  if (query.before !== undefined && entry.createdAt >= query.before) return false;
  return (query.tags ?? []).every((tag) => entry.tags?.includes(tag));
}

/** The share of the query's words that the content holds. */
function scoreOf(content: string, query: string): number {
  const wanted = wordsOf(query);
  if (wanted.length === 0) return 0;
  const held = wordsOf(content);
  return wanted.filter((word) => held.includes(word)).length / wanted.length;
}

function wordsOf(text: string): readonly string[] {
  return [...new Set(text.toLowerCase().match(/[\\p{L}\\p{N}]+/gu))];
}
`;

const TEST = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestContext } from '@ar-registry/sdk/testing';
import plugin from '../src/index.ts';

test('finds the entries that share most words with the query', async (t) => {
  const context = await createTestContext();
  t.after(context.dispose);
  await plugin.onLoad?.(context);
  await plugin.add('Alice prefers TypeScript', { agentId: 'a' });
  await plugin.add('Bob prefers tea', { agentId: 'b' });

  const found = await plugin.search({ query: 'who prefers typescript' });

  assert.deepEqual(found.map((entry) => entry.content), ['Alice prefers TypeScript', 'Bob prefers tea']);
  assert.deepEqual(await plugin.search({ query: 'typescript', agentId: 'b' }), []);
  assert.deepEqual(await plugin.search({ query: '' }), []);
});

test('forgets what is deleted', async (t) => {
  const context = await createTestContext();
  t.after(context.dispose);
  await plugin.onLoad?.(context);
  const { id = '' } = await plugin.add('a secret', { tags: ['private'] });

  assert.equal((await plugin.get(id))?.content, 'a secret');
  assert.equal((await plugin.delete(id)).success, true);
  assert.equal((await plugin.delete(id)).success, false);
  assert.deepEqual(await plugin.list(), []);
});

test('refuses to remember nothing', async () => {
  assert.equal((await plugin.add(' ')).success, false);
});
`;

export const MEMORY: TypeTemplate = {
  description: 'Remembers texts and finds them by their words',
  category: 'ai',
  manifest: `implements: [MemoryAdapter]
features:
  semantic_search: false
  metadata_filter: true
  namespaces: false

# What the plugin may do: nothing but write to its own data directory. A vector store goes under network.
permissions: {}
`,
  config: [],
  configSchema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    properties: {},
  },
  sources: { 'src/index.ts': SOURCE, 'src/memory-adapter.ts': TYPES, 'test/index.test.ts': TEST },
  usage: `Implements agent-relay's \`MemoryAdapter\` with a map in memory and a search by words: a start for a real vector store.
`,
};
