export { fetchCandidate, restoreLocked } from './fetch.ts';
export { resolveSpec, type Resolved } from './resolve-spec.ts';
export type { InstallPorts } from './ports.ts';
