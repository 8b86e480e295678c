import type { MemoryEntry } from '@ar-registry/sdk';
import type { PineconeRecord } from '@pinecone-database/pinecone';
import type { Embedder } from './embedder.ts';
import type { Change } from './overlay.ts';
import { toMetadata } from './record.ts';
import { MAX_RECORDS, MAX_REQUEST_BYTES, type Store } from './store.ts';

/** What changes are carried out with. */
export interface Means {
  readonly store: Store;
  readonly embedder: Embedder;
  /** Of entries that are on their way or just arrived: a search compares them without making their vectors again. */
  readonly vectors: Vectors;
}

export type Vectors = WeakMap<MemoryEntry, readonly number[]>;

/** What is around the records of a request. */
const ENVELOPE_BYTES = 1024;

/** How many of the first changes one call can carry out: those of one kind. */
export function batchLength(changes: readonly Change[]): number {
  const kind = changes[0]?.kind;
  if (kind === undefined || kind === 'clear') return Math.min(1, changes.length);
  const other = changes.findIndex((change) => change.kind !== kind);
  return Math.min(other === -1 ? changes.length : other, MAX_RECORDS);
}

/** @param changes of one kind. @throws what the services say */
export async function carryOut(changes: readonly Change[], { store, embedder, vectors }: Means): Promise<void> {
  const [first] = changes;
  if (first?.kind === 'clear') return store.clear(first.scope);
  const removed = changes.flatMap((change) => (change.kind === 'delete' ? [change.id] : []));
  if (removed.length > 0) return store.remove(removed);
  for (const batch of batchesOf(await recordsOf(changes, { store, embedder, vectors }))) await store.upsert(batch);
}

/** Of two changes of one memory the later counts. */
async function recordsOf(changes: readonly Change[], { store, embedder, vectors }: Means): Promise<PineconeRecord[]> {
  const entries = new Map(
    changes.flatMap((change) => (change.kind === 'put' ? [[change.entry.id, change.entry]] : [])),
  );
  const list = [...entries.values()];
  const made = await embedder.embed(
    list.map(({ content }) => content),
    store.dimension,
  );
  return list.map((entry, at) => {
    const values = made[at] ?? [];
    vectors.set(entry, values);
    return { id: entry.id, values, metadata: toMetadata(entry, embedder.name) };
  });
}

function batchesOf(records: readonly PineconeRecord[]): PineconeRecord[][] {
  const batches: PineconeRecord[][] = [];
  let bytes = Infinity;
  for (const record of records) {
    const size = Buffer.byteLength(JSON.stringify(record)) + 1;
    const last = batches.at(-1);
    if (last && bytes + size <= MAX_REQUEST_BYTES) {
      last.push(record);
      bytes += size;
    } else {
      batches.push([record]);
      bytes = ENVELOPE_BYTES + size;
    }
  }
  return batches;
}
