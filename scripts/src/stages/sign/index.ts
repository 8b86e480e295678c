export { resign, sign, type SignOutcome } from './run.ts';
export type { ReadFile } from './read-previous.ts';
