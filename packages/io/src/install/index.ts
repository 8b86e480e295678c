export { readLink, type LinkState } from './linked-folder.ts';
export { candidateOf, fetchResolved, restoreLocked, storePinned, wantedOf, type PinnedLock } from './fetch.ts';
export { DOCUMENTS_AT_ONCE, eachInParallel, inParallel } from './in-parallel.ts';
export type { InstallPorts } from './ports.ts';
export { lockedUrl } from '../advisories/index.ts';
export { resolveSpec, type Resolved } from './resolve-spec.ts';
