export { checkArchive } from './archive-as-recorded.ts';
export type { ArchiveState } from './archive-state.ts';
export type { ChangedPath, ChangeInput, IndexState } from './change.ts';
export { checkChange, checkIndex } from './check.ts';
export { introduced } from './introduced.ts';
export { findPathCollisions, type Collisions } from './path-collisions.ts';
export { previousVersion } from './previous-version.ts';
export { waivedBy, type Waiver } from './waivers.ts';
