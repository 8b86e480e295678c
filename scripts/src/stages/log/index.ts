export { appendLog, type LogOutcome } from './append-log.ts';
export { logFiles } from './log-files.ts';
export { verifyLog } from './verify-log.ts';
