export { changedParts, type ChangedParts } from './run.ts';
