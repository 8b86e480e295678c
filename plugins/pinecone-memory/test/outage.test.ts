/** Services that are away, slow, or refuse; a process that is killed. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPinecone } from '@ar-registry/testing/pinecone';
import { createTestContext } from '@ar-registry/sdk/testing';
import { expect, it } from 'vitest';
import { DIMENSION, startWorld } from './world.ts';

const CHILD = fileURLToPath(new URL('support/add-until-killed.ts', import.meta.url));

it('keeps what is added while Pinecone is away, in order, and brings it there by itself', async () => {
  await using world = await startWorld();
  const { memory, pinecone } = world;
  const { id: first = '' } = await memory.add('first');
  await pinecone.stop();
  const { id = '' } = await memory.add('second');
  expect(await memory.update(id, 'third')).toMatchObject({ success: true });
  expect(await memory.delete(id)).toMatchObject({ success: true });
  const { id: last = '' } = await memory.add('last');
  expect((await memory.get(last))?.content).toBe('last');
  expect(await world.status()).toBe('unhealthy');
  await pinecone.start();
  await expect.poll(world.waiting).toBe(0);
  expect(new Set(pinecone.namespaces.get('agent-relay')?.keys())).toEqual(new Set([first, last]));
  await expect.poll(world.status).toBe('healthy');
  expect(world.context.logger.entries.filter(({ level }) => level === 'error')).toHaveLength(1);
  expect(pinecone.violations).toEqual([]);
});

it('keeps it over a restart', async () => {
  await using world = await startWorld();
  await world.pinecone.stop();
  const { id = '' } = await world.memory.add('promised', { agentId: 'Alice' });
  await world.memory.onUnload();
  await world.pinecone.start();
  const memory = await world.again();
  await expect.poll(async () => (await memory.health()).details?.['waiting']).toBe(0);
  expect(world.pinecone.namespaces.get('agent-relay')?.get(id)?.metadata).toMatchObject({ content: 'promised' });
});

it('keeps it where the vectors cannot be made', async () => {
  await using world = await startWorld({ config: { openaiApiKey: 'openai-key' } });
  await world.openai.stop();
  expect(await world.memory.add('waits for its vector')).toMatchObject({ success: true });
  expect((await world.memory.health()).message).toMatch(/OpenAI/);
  await world.openai.start();
  await expect.poll(world.waiting).toBe(0);
  expect(await world.memory.stats()).toEqual({ totalCount: 1 });
});

it('does as it is asked where it sends too much, and waits longer and longer where nobody says for how long', async () => {
  await using world = await startWorld();
  world.pinecone.failNext({ status: 429, headers: { 'retry-after': '7' } });
  world.pinecone.failNext({ status: 503 }, 3);
  await world.memory.add('patience');
  await expect.poll(world.waiting).toBe(0);
  expect(world.slept.filter((ms) => ms !== 1500 && ms !== 20)).toEqual([7000, 500, 1000, 2000]);
  expect(world.pinecone.violations).toEqual([]);
});

it('waits for a key that has lost its rights, and for a bill', async () => {
  await using world = await startWorld();
  world.pinecone.failNext({ status: 403 });
  world.pinecone.failNext({ status: 402 });
  await world.memory.add('later');
  await expect.poll(world.waiting).toBe(0);
  expect(await world.memory.stats()).toEqual({ totalCount: 1 });
});

it('does not follow a redirect, and keeps what it was to bring there', async () => {
  await using elsewhere = await startPinecone({ dimension: DIMENSION });
  await using world = await startWorld();
  world.pinecone.failNext({ status: 307, headers: { location: `${elsewhere.url}/vectors/upsert` } });
  expect(await world.memory.add('secret')).toMatchObject({ success: true });
  await expect.poll(world.waiting).toBe(0);
  expect(elsewhere.asked).toEqual([]);
  expect(await world.memory.stats()).toEqual({ totalCount: 1 });
});

it('refuses more than it may keep, and says so', async () => {
  await using world = await startWorld({ config: { pineconeQueueSize: '3' } });
  await world.pinecone.stop();
  const results = await Promise.all(['a', 'b', 'c', 'd'].map((content) => world.memory.add(content)));
  expect(results.map(({ success }) => success)).toEqual([true, true, true, false]);
  await world.pinecone.start();
});

it('refuses more than memory has room for', async () => {
  await using world = await startWorld();
  await world.pinecone.stop();
  const large = 'x'.repeat(30_000);
  const results = await Promise.all(Array.from({ length: 1200 }, () => world.memory.add(large)));
  const kept = results.filter(({ success }) => success).length;
  expect(kept).toBeGreaterThan(1000);
  expect(kept).toBeLessThan(1200);
  await world.pinecone.start();
  await expect.poll(world.waiting, { timeout: 20_000 }).toBe(0);
  expect(await world.memory.add(large)).toMatchObject({ success: true });
});

it('loses one that the index refuses, tells of it, and no other', async () => {
  await using world = await startWorld();
  world.pinecone.poison('bad');
  const results = await Promise.all(['a', 'b', 'bad', 'c', 'd'].map((content) => world.memory.add(content)));
  expect(results.map(({ success }) => success)).toEqual([true, true, false, true, true]);
  expect(await world.memory.stats()).toEqual({ totalCount: 4 });
  expect(await world.status()).toBe('degraded');
  expect(readFileSync(join(world.context.dataDir, 'refused.jsonl'), 'utf8')).toContain('"bad"');
  expect(await world.memory.search({ query: 'bad', minScore: 0.9 })).toEqual([]);
});

it('does not load with a key that is refused, or an index that is not there', async () => {
  await expect(startWorld({ config: { pineconeApiKey: 'wrong' } })).rejects.toThrow(/API key/);
  await expect(startWorld({ config: { pineconeIndex: 'other' } })).rejects.toThrow(/404|not/i);
});

it('loads while Pinecone is away, and says what it cannot do', { timeout: 20_000 }, async () => {
  await using world = await startWorld({ before: ({ pinecone }) => pinecone.stop() });
  expect(await world.memory.add('early')).toMatchObject({ success: true });
  await expect(world.memory.search({ query: 'early' })).rejects.toThrow(/cannot be reached/);
  expect(await world.status()).toBe('unhealthy');
  await world.pinecone.start();
  await expect.poll(world.waiting).toBe(0);
  expect(await world.memory.search({ query: 'early' })).toMatchObject([{ content: 'early' }]);
});

it('uses an index that is made after Pinecone came back without it', { timeout: 20_000 }, async () => {
  await using world = await startWorld({ before: ({ pinecone }) => pinecone.stop() });
  await world.memory.add('early');
  world.pinecone.failNext({ status: 404, body: { error: { code: 'NOT_FOUND', message: 'no index' }, status: 404 } }, 3);
  await world.pinecone.start();
  await expect.poll(world.waiting).toBe(0);
  expect(await world.memory.stats()).toEqual({ totalCount: 1 });
});

it('survives half a line and lines of another kind in its queue', async () => {
  await using world = await startWorld();
  await world.pinecone.stop();
  await world.memory.add('kept');
  await world.memory.onUnload();
  const file = join(world.context.dataDir, 'queue.jsonl');
  appendFileSync(
    file,
    '{"seq":7,"item":{"kind":"rename"}}\nnull\n[]\n{"seq":8,"item":{"kind":"put","entry":{"id":"half',
  );
  await world.pinecone.start();
  const memory = await world.again();
  await memory.add('next');
  await expect.poll(async () => (await memory.health()).details?.['waiting']).toBe(0);
  expect(await memory.stats()).toEqual({ totalCount: 2 });
});

it('loses nothing that it promised when its process is killed', { timeout: 60_000 }, async () => {
  await using pinecone = await startPinecone({ dimension: DIMENSION });
  await using context = await createTestContext();
  const args = ['--conditions=ar-source', '--no-warnings', CHILD, context.dataDir, pinecone.url];
  const promised = new Set<string>();
  for (let round = 0; round < 2; round += 1) {
    for (const content of await addUntilKilled([...args, String(round)])) promised.add(content);
    // Away in the second round.
    if (round === 0) await pinecone.stop();
  }
  expect(promised.size).toBeGreaterThanOrEqual(120);
  await pinecone.start();
  await new Promise<void>((resolve, reject) => {
    execFile(process.execPath, [...args, 'drain'], (error) => (error ? reject(error) : resolve()));
  });
  const kept = new Set(
    [...(pinecone.namespaces.get('agent-relay')?.values() ?? [])].map(({ metadata }) => metadata?.['content']),
  );
  expect([...promised].filter((content) => !kept.has(content))).toEqual([]);
  expect(pinecone.violations).toEqual([]);
});

/** Kills it when it has been promised some. */
async function addUntilKilled(args: readonly string[]): Promise<readonly string[]> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let text = '';
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    text += chunk.toString();
    if (text.split('\n').length > 60) child.kill('SIGKILL');
  }
  await exited;
  return text.split('\n').slice(0, -1);
}
