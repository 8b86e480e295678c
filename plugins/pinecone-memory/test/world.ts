/** A memory that is loaded, between doubles of both services. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestContext, type TestContext } from '@ar-registry/sdk/testing';
import {
  startEmbeddings,
  startPinecone,
  type EmbeddingsServer,
  type PineconeServer,
} from '@ar-registry/testing/pinecone';
import type { MemoryPorts } from '../src/memory.ts';
import { createPineconeMemory, type PineconeMemory } from '../src/plugin.ts';

export const DIMENSION = 64;

export interface World extends AsyncDisposable {
  readonly memory: PineconeMemory;
  readonly context: TestContext;
  readonly pinecone: PineconeServer;
  readonly openai: EmbeddingsServer;
  /** Milliseconds of each wait. */
  readonly slept: readonly number[];
  /** Another load of the plugin with the same folder, as after a restart. */
  readonly again: () => Promise<PineconeMemory>;
  readonly status: () => Promise<string | undefined>;
  readonly waiting: () => Promise<number>;
}

export interface WorldOptions {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly ports?: Partial<MemoryPorts>;
  /** Called before the plugin is loaded. */
  readonly before?: (servers: Pick<World, 'pinecone' | 'openai'>) => Promise<void> | void;
}

/** With vectors made here, unless the configuration has a key for OpenAI. Waits between tries are 5 ms at most. */
export async function startWorld({ config = {}, ports = {}, before }: WorldOptions = {}): Promise<World> {
  const pinecone = await startPinecone({ dimension: DIMENSION });
  const openai = await startEmbeddings();
  const context = await createTestContext({
    config: {
      pineconeApiKey: 'pinecone-key',
      pineconeIndex: 'relay',
      pineconeApiHost: pinecone.url,
      openaiBaseUrl: `${openai.url}/v1`,
      ...config,
    },
  });
  const slept: number[] = [];
  const create = (): PineconeMemory =>
    createPineconeMemory({
      fetch: (...request) => fetch(...request),
      nowMs: () => Date.now(),
      random: () => 0,
      newId: () => crypto.randomUUID(),
      sleep: async (ms, signal) => {
        slept.push(ms);
        // What is waited for in earnest is patience with a change.
        await sleep(ms === 1500 ? ms : Math.min(ms, 5), undefined, { signal }).catch(() => undefined);
      },
      ...ports,
    });
  const memory = create();
  const loads = [memory];
  const dispose = async (): Promise<void> => {
    for (const one of loads) await one.onUnload();
    await Promise.all([pinecone.stop(), openai.stop()]);
    await context.dispose();
  };
  await before?.({ pinecone, openai });
  try {
    await memory.onLoad(context);
    await memory.init();
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    memory,
    context,
    pinecone,
    openai,
    slept,
    again: async () => {
      const next = create();
      loads.push(next);
      await next.onLoad(context);
      await next.init();
      return next;
    },
    status: async () => (await memory.health()).status,
    waiting: async () => Number((await memory.health()).details?.['waiting']),
    [Symbol.asyncDispose]: dispose,
  };
}
