import type { TypeTemplate } from '../type-template.ts';

const SOURCE = `import { randomUUID } from 'node:crypto';
import type { MemoryEntry, MemoryPlugin, MemorySearchQuery } from '@ar-registry/sdk';

/** Replace this map by your vector store. The keys are ids; the order is that of insertion. */
const entries = new Map<string, MemoryEntry>();

/** The loader calls init() after onLoad(), and close() before onUnload(). */
const plugin: MemoryPlugin = {
  type: 'in-memory-words',

  async onLoad(context) {
    context.logger.info('Remembering in memory.');
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
import { memoryContract } from '@ar-registry/sdk/testing';
import plugin from '../src/index.ts';

/** What agent-relay and the loader rely on: the same cases for every memory. */
for (const { title, run } of memoryContract(() => plugin)) test(title, run);

test('finds the entries that share most words with the query', async () => {
  await plugin.init();
  await plugin.add('Alice prefers TypeScript', { agentId: 'a' });
  await plugin.add('Bob prefers tea', { agentId: 'b' });

  const found = await plugin.search({ query: 'who prefers typescript' });

  assert.deepEqual(found.map((entry) => entry.content), ['Alice prefers TypeScript', 'Bob prefers tea']);
  assert.deepEqual(await plugin.search({ query: 'typescript', agentId: 'b' }), []);
  assert.deepEqual(await plugin.search({ query: '' }), []);
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
  sources: { 'src/index.ts': SOURCE, 'test/index.test.ts': TEST },
  usage: `Implements agent-relay's \`MemoryAdapter\` with a map in memory and a search by words: a start for a real vector store.
`,
};
