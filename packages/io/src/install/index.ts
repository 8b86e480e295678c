export { candidateOf, fetchResolved, restoreLocked } from './fetch.ts';
export { inParallel } from './in-parallel.ts';
export type { InstallPorts } from './ports.ts';
export { resolveSpec, type Resolved } from './resolve-spec.ts';
