import type { Finding } from '../findings/index.ts';
import type { Change, IndexState } from './change.ts';

/** Looks at one thing about a change. */
export type ChangeRule = (change: Change) => readonly Finding[];

/** Looks at one thing that must hold in an index at any time. */
export type IndexRule = (index: IndexState) => readonly Finding[];
