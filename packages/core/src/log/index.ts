export { isAtLeast, LOG_LEVELS, logLineTime, parseLogLine, type LogLevel, type LogLine } from './line.ts';
export { parseSince } from './since.ts';
