export { installDependencies } from './install-dependencies.ts';
export { lockDependencies, type LockRequest } from './lock-dependencies.ts';
