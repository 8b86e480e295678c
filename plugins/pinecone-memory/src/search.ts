/** What was promised in front of what the index holds. */
import type { MemoryEntry } from '@ar-registry/sdk';
import type { Vectors } from './carry-out.ts';
import { filterOf, isIn, type Scope } from './filter.ts';
import type { LoadedMemory } from './memory.ts';

/** Undefined where there is none. @throws an Error while the index cannot be reached */
export async function findOne(memory: LoadedMemory, id: string): Promise<MemoryEntry | undefined> {
  const near = memory.overlay.get(id);
  if (near !== undefined) return near ?? undefined;
  const far = await memory.store().get(id);
  return far && !memory.overlay.hides(far) ? far : undefined;
}

/** Newest first. */
export async function list(memory: LoadedMemory, limit: number, scope: Scope): Promise<MemoryEntry[]> {
  const near = memory.overlay.entries().filter((entry) => isIn(scope, entry));
  const far: MemoryEntry[] = [];
  const counts = new Map<string, number>();
  await memory.store().newest(scope, (entry, namespace) => {
    const count = counts.get(namespace) ?? 0;
    if (!isIn(scope, entry) || memory.overlay.hides(entry)) return count < limit;
    far.push(entry);
    counts.set(namespace, count + 1);
    return count + 1 < limit;
  });
  return [...near, ...far].toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1)).slice(0, limit);
}

export interface SearchOptions {
  readonly text: string;
  readonly scope: Scope;
  readonly limit: number;
  readonly minScore: number;
}

/** The best of what the index found and what is on its way. */
export async function search(memory: LoadedMemory, query: SearchOptions): Promise<MemoryEntry[]> {
  const { overlay, embedder } = memory;
  const store = memory.store();
  const near = overlay.entries().filter((entry) => isIn(query.scope, entry));
  const [vector = []] = await embedder.embed([query.text], store.dimension);
  const vectors = await vectorsOf(near, memory, store.dimension);
  const far = await store.query({
    vector,
    scope: query.scope,
    filter: { $and: [{ embedder: { $eq: embedder.name } }, ...[filterOf(query.scope) ?? []].flat()] },
    topK: Math.min(query.limit + near.length, 1000),
  });
  const scored = near.flatMap((entry) => {
    const own = vectors.get(entry);
    return own ? [{ ...entry, score: closeness(vector, own) }] : [];
  });
  return [...far.filter((entry) => !overlay.hides(entry)), ...scored]
    .filter(({ score = 0 }) => score >= query.minScore)
    .toSorted((a, b) => (b.score ?? 0) - (a.score ?? 0))
    .slice(0, query.limit);
}

/** One that is to be made by somebody else is waited for where it is carried out, and not here. */
async function vectorsOf(
  entries: readonly MemoryEntry[],
  { vectors, embedder }: LoadedMemory,
  dimension: number,
): Promise<Vectors> {
  const missing = embedder.isLocal ? entries.filter((entry) => !vectors.has(entry)) : [];
  const made = await embedder.embed(
    missing.map(({ content }) => content),
    dimension,
  );
  for (const [at, entry] of missing.entries()) vectors.set(entry, made[at] ?? []);
  return vectors;
}

function closeness(a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
  const score = dot / (Math.hypot(...a) * Math.hypot(...b));
  return Number.isNaN(score) ? 0 : Math.min(1, Math.max(0, score));
}
