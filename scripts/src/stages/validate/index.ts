export { validateChange, type ValidateChangeInput, type ValidatedChange } from './change.ts';
export { validateIndex, type ValidateIndexInput, type ValidateOutcome } from './run.ts';
