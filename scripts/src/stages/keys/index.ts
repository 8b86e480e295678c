export { changeKeys, endorse, type ChangePorts } from './change-keys.ts';
export { describeKeys } from './describe-keys.ts';
export { initKeys } from './init-keys.ts';
export { planKeys, type KeyRequest } from './plan-keys.ts';
export { keySetOf, type KeySet } from './key-set.ts';
