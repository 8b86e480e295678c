import type { Integrity } from '@ar-registry/schemas';
import type { Finding } from '../findings/index.ts';
import type { ArchiveState } from './archive-state.ts';
import type { Change, IndexState } from './change.ts';

/** Looks at one thing about a change. */
export type ChangeRule = (change: Change) => readonly Finding[];

/** An index, and what is known of its archives; a version whose archive nobody looked at is not in the map. */
export interface Index extends IndexState {
  readonly archives: ReadonlyMap<Integrity, ArchiveState>;
}

/** Looks at one thing that must hold in an index at any time. */
export type IndexRule = (index: Index) => readonly Finding[];
