/**
 * Aggregates as they are kept: what is large and in few changes another one lies in parts of its own, so that a change
 * reads and writes those that it is about.
 */
import type { Change } from '@ar-registry/core/changes';
import type { Aggregates, Kept } from './aggregates.ts';
import type { StateStore } from './store.ts';
import type { TopList } from './top-list.ts';

/** Names of parts. */
export interface AggregateParts {
  readonly main: string;
  readonly newestIn: readonly (readonly [category: string, name: string])[];
}

/** What was kept, and where. */
export interface KeptAggregates {
  readonly parts: AggregateParts;
  readonly aggregates: Aggregates;
}

type Main = Omit<Aggregates, 'newestIn'>;

/** @throws StateUnusable, also when what lies apart is asked for */
export function openAggregates(parts: AggregateParts, store: Pick<StateStore, 'read'>): Aggregates {
  // What has the digest that is asked for was written by `writeAggregates`.
  const open = <T>(name: string): Kept<T> => {
    let known: T | undefined;
    return () => (known ??= store.read(name) as T);
  };
  return {
    ...(store.read(parts.main) as Main),
    newestIn: new Map(parts.newestIn.map(([category, name]) => [category, open<TopList<Change>>(name)])),
  };
}

/** Writes what is not what it was. */
export async function writeAggregates(
  { newestIn, ...main }: Aggregates,
  store: Pick<StateStore, 'write'>,
  old?: KeptAggregates,
): Promise<AggregateParts> {
  const names = new Map(old?.parts.newestIn);
  const categories: (readonly [string, string])[] = [];
  for (const [category, list] of newestIn) {
    const kept = list === old?.aggregates.newestIn.get(category) ? names.get(category) : undefined;
    categories.push([category, kept ?? (await store.write(list()))]);
  }
  return { main: await store.write(main), newestIn: categories };
}

export function namesOfParts({ main, newestIn }: AggregateParts): readonly string[] {
  return [main, ...newestIn.map(([, name]) => name)];
}
