/** Which entries of the shared store may go: those that no known project's lock names, and that nobody just used. */
import type { Integrity } from '@ar-registry/schemas';

/**
 * An installation puts its archives into the store, or marks what is there as used, before its lock names them. So what
 * was used within this time may be about to be named.
 */
export const PRUNE_MIN_AGE_MS = 60 * 60 * 1000;

/** One entry as it is in the store. */
export interface StoredEntry {
  /** Absent for one that does not say what it is, and lies where no known project looks. */
  readonly integrity: Integrity | undefined;
  /** When it was made, or last used by an installation. */
  readonly usedAtMs: number;
}

/** A project and the archives its lock names. */
export interface KnownProject {
  readonly dir: string;
  /** Undefined where its files are there and cannot be read: it may name any. */
  readonly references: ReadonlySet<Integrity> | undefined;
}

export type PruneVerdict =
  | { readonly kind: 'used'; readonly by: readonly string[] }
  /** Nobody names it of whom that can be told; `by` may. */
  | { readonly kind: 'unknown'; readonly by: readonly string[] }
  | { readonly kind: 'recent' }
  | { readonly kind: 'unused' };

/** Decides on one entry. */
export function judgeEntry(entry: StoredEntry, projects: readonly KnownProject[], nowMs: number): PruneVerdict {
  const { integrity } = entry;
  const dirsOf = (found: readonly KnownProject[]): readonly string[] => found.map(({ dir }) => dir).toSorted();
  const users = projects.filter(({ references }) => integrity !== undefined && references?.has(integrity));
  if (users.length > 0) return { kind: 'used', by: dirsOf(users) };
  const unread = projects.filter(({ references }) => references === undefined);
  if (unread.length > 0) return { kind: 'unknown', by: dirsOf(unread) };
  return nowMs - entry.usedAtMs < PRUNE_MIN_AGE_MS ? { kind: 'recent' } : { kind: 'unused' };
}

const INTEGRITY = /sha512-[A-Za-z0-9+/]{86}==/g;

/**
 * Every integrity that a text mentions: of a lock, whatever its version, also in the middle of a merge, and of a
 * journal that holds a lock. Rather too many than too few: what is found is kept.
 */
export function integritiesIn(text: string): ReadonlySet<Integrity> {
  return new Set(text.match(INTEGRITY) ?? []);
}
