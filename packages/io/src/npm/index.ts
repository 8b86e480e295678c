export { lockDependencies, type LockRequest } from './lock-dependencies.ts';
