export { withLock, type HeldLock, type LockOptions } from './lock.ts';
