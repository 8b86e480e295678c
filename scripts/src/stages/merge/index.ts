export { merge, type MergeInput, type MergeOutcome } from './run.ts';
