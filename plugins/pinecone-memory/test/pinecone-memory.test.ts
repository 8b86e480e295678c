import type { MemoryEntry } from '@ar-registry/sdk';
import { memoryContract } from '@ar-registry/sdk/testing';
import { afterEach, describe, expect, it } from 'vitest';
import exported from '../src/index.ts';
import { DIMENSION, startWorld, type World } from './world.ts';

const OPENAI = { openaiApiKey: 'openai-key' };

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) {
    await world[Symbol.asyncDispose]();
    const violations = [...world.pinecone.violations, ...world.openai.violations];
    if (violations.length > 0) throw new Error(`A service would refuse this: ${violations.join('; ')}`);
  }
});

async function start(...options: Parameters<typeof startWorld>): Promise<World> {
  const world = await startWorld(...options);
  worlds.push(world);
  return world;
}

function contents(entries: readonly MemoryEntry[]): readonly string[] {
  return entries.map(({ content }) => content);
}

describe.each([
  ['local', {}],
  ['openai', OPENAI],
] as const)('with %s vectors', (_, config) => {
  it.each(memoryContract(async () => (await start({ config })).memory))('$title', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});

describe('a search', () => {
  it('finds what means the same where OpenAI makes the vectors, the best first', async () => {
    const { memory, openai } = await start({ config: OPENAI });
    await memory.add('The kitten sleeps');
    await memory.add('Our vehicle has a defect');
    const found = await memory.search({ query: 'automobile bugs', limit: 2 });
    expect(contents(found)).toEqual(['Our vehicle has a defect', 'The kitten sleeps']);
    expect(found[0]?.score).toBeGreaterThan(0.9);
    expect(openai.asked.every(({ body }) => (body as { dimensions: number }).dimensions === DIMENSION)).toBe(true);
  });

  it('finds what shares words or parts of words where the vectors are made here', async () => {
    const { memory } = await start();
    await memory.add('Deployments need two approvals');
    await memory.add('The cafeteria opens at noon');
    expect(contents(await memory.search({ query: 'deployment approval', limit: 1 }))).toEqual([
      'Deployments need two approvals',
    ]);
  });

  it.each([
    [{ tags: ['a', 'b'] }, ['both']],
    [{ tags: ['a'] }, ['both', 'one']],
    [{ projectId: 'p' }, ['both']],
    [{ metadata: { severity: 3 } }, ['one']],
    [{ metadata: { severity: 3, team: 'x' } }, []],
    [{ minScore: 0.99 }, []],
    [{ before: 0 }, []],
    [{ since: Date.now() + 60_000 }, []],
  ])('keeps to %j, in the index and before it is there', async (scope, expected) => {
    const { memory, pinecone, again } = await start();
    pinecone.freeze();
    await memory.add('both', { tags: ['a', 'b', 'c'], projectId: 'p' });
    await memory.add('one', { tags: ['a'], metadata: { severity: 3, nested: { deep: true } } });
    const search = (from: typeof memory) => from.search({ query: 'something else', ...scope });
    expect(contents(await search(memory)).toSorted()).toEqual(expected);
    pinecone.thaw();
    expect(contents(await search(await again())).toSorted()).toEqual(expected);
  });

  it('does not compare vectors of different makers', async () => {
    const { memory, pinecone, context } = await start();
    await memory.add('by words');
    await memory.onUnload();
    const other = { ...context, config: { ...context.config, ...OPENAI } };
    await memory.onLoad(other);
    await memory.init();
    expect(await memory.search({ query: 'by words' })).toEqual([]);
    expect(contents(await memory.list())).toEqual(['by words']);
    expect(pinecone.violations).toEqual([]);
  });
});

describe('a memory', () => {
  it('comes back as it was', async () => {
    const { memory, again } = await start();
    const options = {
      tags: ['a', 'ü'],
      source: 'agent',
      agentId: 'Alice',
      projectId: 'p',
      sessionId: 's',
      metadata: { n: 1, flag: false, list: ['a'], nested: { deep: [1, null] }, 'odd.$key': 'x', $eq: 1 },
    };
    const { id = '' } = await memory.add('Text: \u{1f600} "quoted" \u0000', options);
    const fresh = await (await again()).get(id);
    expect(fresh).toEqual({
      id,
      content: 'Text: \u{1f600} "quoted" \u0000',
      createdAt: expect.any(Number),
      ...options,
    });
  });

  it('is updated in its place, is cleared by what it belongs to, and counted', async () => {
    const { memory, again } = await start();
    const { id = '' } = await memory.add('first', { agentId: 'Alice', tags: ['t'] });
    await memory.add('of Bob', { agentId: 'Bob' });
    expect(await memory.update(id, 'second', { tags: ['u'] })).toEqual({ success: true, id });
    expect(await (await again()).get(id)).toMatchObject({ content: 'second', agentId: 'Alice', tags: ['u'] });
    expect(await memory.update('unknown', 'x')).toMatchObject({ success: false });
    expect(await memory.stats()).toEqual({ totalCount: 2 });
    expect(await memory.clear({ agentId: 'Alice' })).toEqual({ success: true });
    expect(contents(await memory.list())).toEqual(['of Bob']);
    await memory.clear();
    expect(await (await again()).list()).toEqual([]);
    // There is nothing to clear any more, not even a namespace.
    expect(await memory.clear()).toEqual({ success: true });
  });

  it('is listed with the newest first, over many pages', async () => {
    let now = Date.now();
    const { memory, again } = await start({ ports: { nowMs: () => (now += 1) } });
    const names = Array.from({ length: 230 }, (_, at) => `note ${at}`);
    await Promise.all(names.map((name, at) => memory.add(name, { agentId: at % 100 === 0 ? 'Rare' : 'Often' })));
    const fresh = await again();
    expect(contents(await fresh.list({ agentId: 'Rare' }))).toEqual(['note 200', 'note 100', 'note 0']);
    expect(contents(await fresh.list({ limit: 2 }))).toEqual(['note 229', 'note 228']);
  });

  it('is known at once, although Pinecone shows changes only later', async () => {
    const { memory, pinecone } = await start();
    const { id: old = '' } = await memory.add('old');
    pinecone.freeze();
    const { id = '' } = await memory.add('new');
    expect((await memory.get(id))?.content).toBe('new');
    expect((await memory.delete(old)).success).toBe(true);
    expect(await memory.get(old)).toBeNull();
    expect(contents(await memory.list())).toEqual(['new']);
    expect(contents(await memory.search({ query: 'old' }))).toEqual(['new']);
    expect((await memory.delete(old)).success).toBe(false);
    await memory.clear();
    expect(await memory.search({ query: 'new' })).toEqual([]);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['nothing', '', {}],
    ['more than the index takes', 'x'.repeat(41_000), {}],
    ['metadata that are no JSON', 'x', { metadata: { n: 1n } }],
    [
      'metadata nested too deep',
      'x',
      { metadata: JSON.parse(`{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`) as object },
    ],
  ])('is refused where it holds %s', async (_, content, options) => {
    const { memory, waiting } = await start();
    expect(await memory.add(content, options)).toMatchObject({ success: false, error: expect.any(String) as string });
    expect(await waiting()).toBe(0);
  });

  it('that others put into the index in their own way does no harm', async () => {
    const { memory, pinecone } = await start();
    await memory.add('ours');
    const records = pinecone.namespaces.get('agent-relay');
    const values = Array.from({ length: DIMENSION }, () => 1);
    records?.set('alien', { id: 'alien', values, metadata: { text: 'theirs', embedder: 'local-1' } });
    records?.set('odd', {
      id: 'odd',
      values,
      metadata: { content: 'odd', metadata: '{', createdAt: 'x', embedder: 'local-1' },
    });
    expect(await memory.get('alien')).toBeNull();
    expect(await memory.get('odd')).toEqual({ id: 'odd', content: 'odd', createdAt: 0 });
    expect(contents(await memory.search({ query: 'x' })).toSorted()).toEqual(['odd', 'ours']);
  });
});

describe('memories of their own namespace', () => {
  it.each(memoryContract(async () => (await start({ config: { pineconeNamespacePer: 'agent' } })).memory))(
    '$title',
    async ({ run }) => {
      await expect(run()).resolves.toBeUndefined();
    },
  );

  it('are apart from those of others, found together with those of before, and by their id alone', async () => {
    const { memory, pinecone, context, again } = await start();
    await memory.add('old of Alice', { agentId: 'Alice' });
    await memory.onUnload();
    Object.assign(context.config, { pineconeNamespacePer: 'agent' });
    const apart = await again();
    const { id = '' } = await apart.add('new of Alice', { agentId: 'Alice' });
    await apart.add('of Bob', { agentId: 'Bob the 2nd' });
    await apart.add('of nobody');
    expect([...pinecone.namespaces.keys()].toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'agent-relay',
      'agent-relay.Alice',
      expect.stringMatching(/^agent-relay\.~[0-9a-f]{40}$/),
    ]);
    pinecone.namespaces.set('agent-relay2', new Map());
    const fresh = await again();
    const all = ['new of Alice', 'of Bob', 'of nobody', 'old of Alice'];
    expect((await fresh.get(id))?.content).toBe('new of Alice');
    expect(contents(await fresh.search({ query: 'of', agentId: 'Alice' })).toSorted()).toEqual([all[0], all[3]]);
    expect(contents(await fresh.search({ query: 'of' })).toSorted()).toEqual(all);
    expect(contents(await fresh.list()).toSorted()).toEqual(all);
    expect(contents(await fresh.list({ limit: 1 }))).toEqual(['of nobody']);
    expect(await fresh.stats()).toEqual({ totalCount: 4 });
    const asked = pinecone.asked.length;
    await fresh.search({ query: 'of', agentId: 'Alice', limit: 1 });
    const namespaces = pinecone.asked.slice(asked).map(({ body }) => (body as { namespace?: string }).namespace);
    expect(new Set(namespaces)).toEqual(new Set(['agent-relay.Alice', 'agent-relay']));
    await fresh.clear({ agentId: 'Alice' });
    await fresh.delete((await fresh.list({ agentId: 'Bob the 2nd' }))[0]?.id ?? '');
    expect(contents(await (await again()).list())).toEqual(['of nobody']);
    await fresh.clear();
    expect(await (await again()).stats()).toEqual({ totalCount: 0 });
  });
});

describe('what goes to the services', () => {
  it('goes in few requests of what they take', async () => {
    const { memory, pinecone, openai } = await start({ config: OPENAI });
    await Promise.all(Array.from({ length: 250 }, (_, at) => memory.add(`note ${at}`)));
    const sizes = pinecone.asked.flatMap(({ url, body }) =>
      url.pathname === '/vectors/upsert' ? [(body as { vectors: unknown[] }).vectors.length] : [],
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(250);
    expect(Math.max(...sizes)).toBe(100);
    expect(sizes.length).toBeLessThanOrEqual(5);
    expect(openai.asked.length).toBe(sizes.length);
  });

  it('is no text that has its vector already, or waits for it', async () => {
    const { memory, openai } = await start({ config: OPENAI });
    await Promise.all(['cats', 'cars', 'bugs'].map((content) => memory.add(content)));
    const asked = openai.asked.length;
    expect((await memory.search({ query: 'kitten', limit: 1 }))[0]?.content).toBe('cats');
    const inputs = openai.asked.slice(asked).map(({ body }) => (body as { input: unknown }).input);
    expect(inputs).toEqual([['kitten']]);
  });

  it('is split where it is large', async () => {
    const { memory, pinecone, waiting } = await start();
    await Promise.all(Array.from({ length: 100 }, (_, at) => memory.add(`${at} ${'x '.repeat(15_000)}`)));
    await expect.poll(waiting, { timeout: 10_000 }).toBe(0);
    const upserts = pinecone.asked.filter(({ url }) => url.pathname === '/vectors/upsert');
    expect(Math.max(...upserts.map(({ sizeBytes }) => sizeBytes))).toBeGreaterThan(1_900_000);
    expect(await memory.stats()).toEqual({ totalCount: 100 });
  });

  it('names its index and its keys nowhere else', async () => {
    const { memory, context, pinecone } = await start({ config: OPENAI });
    pinecone.failNext({ status: 500 }, 3);
    await memory.add('x');
    expect(JSON.stringify([context.logger.entries, await memory.health()])).not.toMatch(/pinecone-key|openai-key/);
    expect(new Set(pinecone.asked.map(({ url }) => url.pathname))).toEqual(
      new Set(['/indexes/relay', '/describe_index_stats', '/vectors/upsert']),
    );
  });
});

it('is exported ready to be loaded, and not healthy before', async () => {
  expect(exported.type).toBe('pinecone');
  expect((await exported.health?.())?.status).toBe('unhealthy');
});
