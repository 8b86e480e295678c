export { hasEnded, thisRun, type ProcessRun } from './process-run.ts';
