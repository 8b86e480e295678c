export { scan, type ScanOutcome } from './run.ts';
