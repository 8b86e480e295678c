import { truncate } from '@ar-registry/core/text';
import type { Logger } from '@ar-registry/sdk';
import type { LogFile } from './log-file.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
const MAX_MESSAGE_CHARS = 8_192;
const MAX_EXTRA_CHARS = 16_384;

/**
 * What JSON leaves as it is although it can drive a terminal or reorder a line: DEL, C1 controls, line separators,
 * bidirectional and invisible formatting. The other controls are escaped by JSON itself.
 */
const UNSAFE = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

export interface LoggerOptions {
  readonly file: LogFile;
  /** Lower levels are not written. */
  readonly level: LogLevel;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * A logger that writes `{"ts", "level", "msg", "extra"}` lines.
 *
 * Message and extra may be anything at run time and come from outside as often as not: nothing here throws for them,
 * and no raw control character gets into the file.
 */
export function createLogger({ file, level, now }: LoggerOptions): Logger {
  const threshold = LEVELS.indexOf(level);
  const at =
    (own: LogLevel): Logger[LogLevel] =>
    (message, extra) => {
      if (LEVELS.indexOf(own) < threshold) return;
      const head = { ts: new Date(now()).toISOString(), level: own, msg: messageText(message) };
      file.write(neutralise(`${JSON.stringify(head).slice(0, -1)}${extraJson(extra)}}`));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** A level by its name in any case; `info` for anything else. */
export function toLogLevel(text: string | undefined): LogLevel {
  return LEVELS.find((level) => level === text?.toLowerCase()) ?? 'info';
}

function messageText(message: unknown): string {
  try {
    return truncate(String(message), MAX_MESSAGE_CHARS);
  } catch {
    return 'a message that cannot be printed';
  }
}

function extraJson(extra: unknown): string {
  if (extra === undefined) return '';
  const json = toJson(extra);
  return `,"extra":${json.length > MAX_EXTRA_CHARS ? '"too large to be logged"' : json}`;
}

/** Errors keep their message, big integers become text; cycles and hostile getters give up the value. */
function toJson(value: unknown): string {
  try {
    return JSON.stringify(value, replace) ?? 'null';
  } catch {
    return '"cannot be written as JSON"';
  }
}

function replace(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  return value;
}

function neutralise(json: string): string {
  return json.replaceAll(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
