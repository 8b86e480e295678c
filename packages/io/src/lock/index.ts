export { withLock, type LockOptions } from './lock.ts';
