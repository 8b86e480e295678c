export { readLogs, type LogRecord, type ReadLogsOptions } from './read-logs.ts';
export type { LogSource } from './series.ts';
