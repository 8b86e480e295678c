export { changedParts } from './run.ts';
