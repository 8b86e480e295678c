export { appendLog, type LogOutcome } from './append-log.ts';
export { verifyLog } from './verify-log.ts';
