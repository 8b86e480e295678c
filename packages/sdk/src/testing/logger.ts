import type { Logger } from '../plugin.ts';

export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** A logger that prints nothing and keeps every entry. */
export interface RecordingLogger extends Logger {
  readonly entries: readonly LogEntry[];
}

/** A logger without entries. */
export function createRecordingLogger(): RecordingLogger {
  const entries: LogEntry[] = [];
  const record =
    (level: LogEntry['level']): Logger[LogEntry['level']] =>
    (message, extra) => {
      entries.push({ level, message, ...(extra && { extra }) });
    };
  return {
    entries,
    debug: record('debug'),
    info: record('info'),
    warn: record('warn'),
    error: record('error'),
  };
}
