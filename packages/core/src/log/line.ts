/**
 * One line of a plugin's log. The loader writes `{"ts", "level", "msg", "extra"}`; what else stands in a file was
 * written by somebody else, or cut off by a crash. Everything in a line is attacker-controlled: nothing here is cleaned
 * for a terminal.
 */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export type LogLine =
  | {
      readonly kind: 'entry';
      /** ISO 8601, UTC. Undefined where the loader could not know it. */
      readonly time: string | undefined;
      readonly level: LogLevel;
      readonly message: string;
      /** Any JSON value; undefined if there is none. */
      readonly extra: unknown;
    }
  /** A line that is not of the loader's form, as it is. */
  | { readonly kind: 'text'; readonly text: string };

/** Never throws. @param text without its line feed */
export function parseLogLine(text: string): LogLine {
  const value = parseObject(text);
  const { ts, level, msg, extra } = value ?? {};
  const known = LOG_LEVELS.find((one) => one === level);
  if (!value || known === undefined || typeof msg !== 'string' || !isTime(ts)) return { kind: 'text', text };
  return { kind: 'entry', time: ts, level: known, message: msg, extra };
}

/** Milliseconds since the epoch; undefined for a line that does not tell. */
export function logLineTime(line: LogLine): number | undefined {
  return line.kind === 'entry' && line.time !== undefined ? Date.parse(line.time) : undefined;
}

/** Whether a line is shown to somebody who wants this level and those above. One without a level always is. */
export function isAtLeast(line: LogLine, level: LogLevel): boolean {
  return line.kind === 'text' || LOG_LEVELS.indexOf(line.level) >= LOG_LEVELS.indexOf(level);
}

/** The fields of a JSON object; undefined for anything else. */
function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined; // cut off, or no JSON: it is shown as it is
  }
}

/** As `Date.toISOString` writes it, or not there. */
function isTime(ts: unknown): ts is string | undefined {
  if (ts === undefined) return true;
  return typeof ts === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(ts) && !Number.isNaN(Date.parse(ts));
}
