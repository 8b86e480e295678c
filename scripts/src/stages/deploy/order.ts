/**
 * The order in which files may become visible: a client that asks at any moment finds all that the file it holds speaks of.
 * First what is pinned, then what pins it, the timestamp last; deletions come after everything.
 */
import { routes } from '@ar-registry/core/layout';
import { cachingOf } from '../serve/content.ts';

/** A file's place: all of a lower rank are there before it. */
export type Rank = 0 | 1 | 2 | 3 | 4;

const TIMESTAMP = `${routes.trust}/timestamp.json`;
/** What leads to all others, for whom nothing is signed. */
const ROOTS: ReadonlySet<string> = new Set([
  routes.config,
  routes.status,
  routes.search,
  // It says how many pages there are.
  routes.plugins,
  routes.changesHead,
  'sitemap.xml',
]);

/** @param path from the root of the registry, without a leading slash */
function rankOf(path: string): Rank {
  if (path === TIMESTAMP) return 4;
  if (path.startsWith(`${routes.trust}/`)) return 3;
  if (ROOTS.has(path) || path.startsWith(`${routes.log}/checkpoint`)) return 2;
  // What never changes is what others name.
  return cachingOf(path).includes('immutable') || path.startsWith(`${routes.log}/`) ? 0 : 1;
}

/** What is put before anybody can be led to it, and what leads there. */
export interface Ordered<T> {
  /** By rank, and within one by path. */
  readonly leaves: readonly (readonly T[])[];
  readonly roots: readonly (readonly T[])[];
}

export function inOrder<T extends { readonly path: string }>(files: readonly T[]): Ordered<T> {
  const groups = Map.groupBy(files, ({ path }) => rankOf(path));
  const of = (ranks: readonly Rank[]): readonly (readonly T[])[] =>
    ranks.flatMap((rank) => {
      const group = groups.get(rank);
      return group ? [group.toSorted((a, b) => (a.path < b.path ? -1 : 1))] : [];
    });
  return { leaves: of([0, 1]), roots: of([2, 3, 4]) };
}
