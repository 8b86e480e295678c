export { merge, type MergeOutcome } from './run.ts';
