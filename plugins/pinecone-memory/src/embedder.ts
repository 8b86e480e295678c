import { setImmediate as breathe } from 'node:timers/promises';
import OpenAI from 'openai';
import type { EmbeddingsConfig } from './config.ts';
import { embedLocally } from './local-embedding.ts';

/** Makes vectors of texts. */
export interface Embedder {
  /** Who made a vector: those of two makers cannot be compared. */
  readonly name: string;
  /** Whether it asks nobody. */
  readonly isLocal: boolean;
  /** In the order of the texts. @throws what the service says */
  embed(texts: readonly string[], dimension: number): Promise<number[][]>;
}

/** What the service takes in one request: texts, and characters in all; it counts 300,000 tokens. */
const MAX_TEXTS = 256;
const MAX_CHARS = 400_000;
/** A text may have 8,191 tokens. In most languages that is more than this; where it is not, the service says so. */
const MAX_TEXT_CHARS = 16_000;
/** The client is not to give up by itself: `fetch` does that. */
const NEVER_MS = 2 ** 31 - 1;

/** @param fetch carries the requests, tries again what may work later, and ends when it is to end */
export function createEmbedder(config: EmbeddingsConfig, fetch: typeof globalThis.fetch): Embedder {
  if (config.kind === 'local')
    return {
      name: 'local-1',
      isLocal: true,
      async embed(texts, dimension) {
        const vectors: number[][] = [];
        for (const text of texts) {
          vectors.push(embedLocally(text, dimension));
          // A long text takes some milliseconds, and the daemon has other things to do.
          await breathe();
        }
        return vectors;
      },
    };
  const { apiKey, baseUrl, model } = config;
  const client = new OpenAI({
    apiKey,
    baseURL: baseUrl,
    // Its variables are for others: this key goes with no other organisation.
    organization: null,
    project: null,
    fetch,
    maxRetries: 0,
    timeout: NEVER_MS,
    logLevel: 'off',
  });
  // Models of before cannot shorten their vectors.
  const shortens = !model.includes('ada');
  return {
    name: model,
    isLocal: false,
    async embed(texts, dimension) {
      const vectors: number[][] = [];
      for (const input of batchesOf(texts)) {
        const size = shortens ? { dimensions: dimension } : {};
        const { data } = await client.embeddings.create({ model, input, encoding_format: 'float', ...size });
        const inOrder = data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding);
        if (inOrder.length !== input.length || inOrder.some(({ length }) => length !== dimension))
          throw new TypeError(`${model} does not make vectors of ${dimension} numbers, as the index has them.`);
        vectors.push(...inOrder);
      }
      return vectors;
    },
  };
}

function batchesOf(texts: readonly string[]): string[][] {
  const batches: string[][] = [];
  let chars = Infinity;
  for (const text of texts) {
    // The service refuses nothing at all.
    const input = text.slice(0, MAX_TEXT_CHARS).trim() || '-';
    const last = batches.at(-1);
    if (last && last.length < MAX_TEXTS && chars + input.length <= MAX_CHARS) {
      last.push(input);
      chars += input.length;
    } else {
      batches.push([input]);
      chars = input.length;
    }
  }
  return batches;
}
