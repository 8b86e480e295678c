export type { ArchiveState } from './archive-state.ts';
export type { ChangedPath, ChangeInput, IndexState } from './change.ts';
export { checkChange, checkIndex } from './check.ts';
export { introduced } from './introduced.ts';
export { findPathCollisions, type Collisions } from './path-collisions.ts';
export type { Index } from './rule.ts';
