export { validateChange, type ValidatedChange } from './change.ts';
export { validateIndex } from './run.ts';
