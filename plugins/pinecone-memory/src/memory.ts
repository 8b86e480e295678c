/** One load of the plugin: what was promised in front of what the index holds. */
import { existsSync, statSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PluginContext } from '@ar-registry/sdk';
import { BadRequestError } from 'openai';
import { batchLength, carryOut, type Vectors } from './carry-out.ts';
import { createChanges, type Changes } from './changes.ts';
import type { MemoryConfig } from './config.ts';
import { createEmbedder, type Embedder } from './embedder.ts';
import { createJournals } from './journal.ts';
import { createNamespaces, type Namespaces } from './namespaces.ts';
import { createOverlay, isChange, type Change, type Overlay } from './overlay.ts';
import { createPersistentFetch, type FetchPorts } from './persistent-fetch.ts';
import { createServices, type Services } from './services.ts';
import { isRefusal, openStore, type Store } from './store.ts';

export interface MemoryPorts extends FetchPorts {
  /** Letters, digits and - that no other id has. */
  readonly newId: () => string;
}

export interface LoadedMemory {
  readonly overlay: Overlay;
  readonly vectors: Vectors;
  readonly namespaces: Namespaces;
  readonly changes: Changes;
  readonly services: Services;
  /** For whoever waits for an answer. */
  readonly embedder: Embedder;
  /** @throws an Error while the index was never reached */
  store(): Store;
  /** Resolves when the index was reached, or after a while without. @throws what does not pass by itself */
  connect(): Promise<void>;
  close(): Promise<void>;
}

/** The daemon gives a memory 5 s to answer. */
const READING_MS = 4000;
const TROUBLE_MS = 30_000;
const CLOSE_MS = 3000;
/** What the index refuses is kept for whoever wants to know, up to this. */
const MAX_REFUSED_BYTES = 16 * 1024 * 1024;

export async function loadMemory(
  config: MemoryConfig,
  context: PluginContext,
  ports: MemoryPorts,
): Promise<LoadedMemory> {
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const services = createServices((problem) => tell(context, problem));
  const fetchFor = (service: string, limit: { readonly limitMs?: number } = {}): typeof globalThis.fetch =>
    createPersistentFetch(ports, { signal, onProblem: (found) => services.note(service, found), ...limit });
  const reading = { limitMs: READING_MS };
  const embedder = createEmbedder(config.embeddings, fetchFor('OpenAI'));
  const { opening, ...held } = holdStore();
  const overlay = createOverlay(ports.nowMs);
  const vectors: Vectors = new WeakMap();
  const changes = createChanges({
    journal: await createJournals(context.dataDir).open('queue.jsonl', isChange),
    overlay,
    maxWaiting: config.queueSize,
    batchLength,
    carryOut: async (batch) => {
      await carryOut(batch, { store: await opening, embedder, vectors });
      context.metrics.counter('changes', batch.length);
    },
    isRefusal: (error) => isRefusal(error) || error instanceof BadRequestError,
    onRefused: (change, error) => keepRefused(context, change, error),
    onTrouble: (error) => waitOut('Changes', error, { services, ports, signal }),
    signal,
  });
  const fetches = { reading: fetchFor('Pinecone', reading), writing: fetchFor('Pinecone') };
  return {
    overlay,
    vectors,
    namespaces: createNamespaces(config.namespace, config.namespacePer),
    changes,
    services,
    embedder: createEmbedder(config.embeddings, fetchFor('OpenAI', reading)),
    store: () => held.now(services.problem()),
    connect: async () => connect({ config, fetches, services, opened: held.opened, ports, signal }),
    async close() {
      // What can be carried out at once still is.
      if (services.problem() === undefined) await untilIdle(changes, ports, context.signal);
      stop.abort(new Error('The memory was unloaded.'));
      held.failed(stop.signal.reason);
      await changes.close();
    },
  };
}

/** The index, once it was reached. */
function holdStore() {
  const { promise: opening, resolve, reject } = Promise.withResolvers<Store>();
  // Nothing may wait for it yet.
  opening.catch(() => undefined);
  let store: Store | undefined;
  return {
    opening,
    opened: (found: Store): void => {
      store = found;
      resolve(found);
    },
    failed: reject,
    now(problem = 'not yet'): Store {
      if (store) return store;
      throw new Error(`Pinecone cannot be reached (${problem}).`);
    },
  };
}

function tell({ logger, metrics }: PluginContext, problem: string | undefined): void {
  if (problem === undefined) logger.info('Everything can be used again.');
  else logger.error('A service cannot be used; what is to be remembered waits.', { problem });
  metrics.gauge('away', problem === undefined ? 0 : 1);
}

interface Connecting {
  readonly config: MemoryConfig;
  readonly fetches: Parameters<typeof openStore>[1];
  readonly services: Services;
  readonly opened: (store: Store) => void;
  readonly ports: MemoryPorts;
  readonly signal: AbortSignal;
}

/** A daemon starts also while Pinecone is away; it does not with a key or an index that it cannot use. */
async function connect(connecting: Connecting): Promise<void> {
  const { config, fetches, services, opened } = connecting;
  try {
    opened(await openStore(config, fetches, 'reading'));
  } catch (error) {
    if (services.problem() === undefined || /status 40[123]/.test(services.problem() ?? '')) throw error;
    void goOnConnecting(connecting);
  }
}

/** There is nobody any more who could be told; `health` says it. */
async function goOnConnecting({ config, fetches, services, opened, ports, signal }: Connecting): Promise<void> {
  while (!signal.aborted) {
    try {
      return opened(await openStore(config, fetches, 'writing'));
    } catch (error) {
      if (signal.aborted) return;
      // An index that is not there may be made yet.
      await waitOut('Index', error, { services, ports, signal });
    }
  }
}

/** The health tells of it meanwhile. */
async function waitOut(
  name: string,
  error: unknown,
  { services, ports, signal }: Pick<Connecting, 'services' | 'ports' | 'signal'>,
): Promise<void> {
  services.note(name, String(error));
  await ports.sleep(TROUBLE_MS, signal);
  services.note(name, undefined);
}

async function untilIdle(changes: Changes, { nowMs, sleep }: FetchPorts, signal: AbortSignal): Promise<void> {
  const endMs = nowMs() + CLOSE_MS;
  while (changes.waiting() > 0 && nowMs() < endMs && !signal.aborted) await sleep(20, signal);
}

async function keepRefused({ dataDir, logger }: PluginContext, change: Change, error: unknown): Promise<void> {
  logger.error('The index does not take a change.', { change: nameOf(change), error: String(error) });
  const file = join(dataDir, 'refused.jsonl');
  const text = `${JSON.stringify(change)}\n`;
  const sizeBytes = existsSync(file) ? statSync(file).size : 0;
  if (sizeBytes + text.length <= MAX_REFUSED_BYTES) await appendFile(file, text, { mode: 0o600 });
}

function nameOf(change: Change): string {
  if (change.kind === 'clear') return 'clear';
  return `${change.kind} ${change.kind === 'put' ? change.entry.id : change.id}`;
}
