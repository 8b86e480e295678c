export { assembleReading, brokenRegistry } from './assemble.ts';
export { checkRules, validateChange, type ValidatedChange } from './change.ts';
export { previousOf, readChange, touchesIndex, type ChangedVersion, type ReadChange } from './read-change.ts';
export { validateIndex } from './run.ts';
