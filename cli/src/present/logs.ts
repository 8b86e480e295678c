import type { LogLevel } from '@ar-registry/core/log';
import type { LogRecord } from '@ar-registry/io/log-files';
import type { StreamPresenter } from '../command.ts';
import { quiet, toned, type Line, type Span } from './text.ts';

/** All of it comes from plugins: text is cleaned where it is rendered, documents where they are written. */
export const presentLogs: StreamPresenter<LogRecord> = {
  text: (record) => [lineOf(record)],
  json: ({ source, line }) => {
    if (line.kind === 'text') return { source, text: line.text };
    const { time, level, message, extra } = line;
    return { source, ...(time !== undefined && { time }), level, message, ...(extra !== undefined && { extra }) };
  },
};

const LEVELS: Readonly<Record<LogLevel, Span>> = {
  debug: quiet('debug'),
  info: toned('info ', 'good'),
  warn: toned('warn ', 'warning'),
  error: toned('error', 'bad'),
};

function lineOf({ source, line }: LogRecord): Line {
  const name = toned(source, 'name');
  if (line.kind === 'text') return [name, '  ', line.text];
  const { time, level, message, extra } = line;
  const details = extra === undefined ? [] : ['  ', quiet(JSON.stringify(extra))];
  return [...(time === undefined ? [] : [quiet(time), '  ']), LEVELS[level], '  ', name, '  ', message, ...details];
}
