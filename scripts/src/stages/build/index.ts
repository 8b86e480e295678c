export { build, type BuildInput, type BuildOutcome } from './run.ts';
