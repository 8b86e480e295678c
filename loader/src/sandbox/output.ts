/** What a plugin prints, line by line into its log; and how much of it. */
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Logger } from '@ar-registry/sdk';

/** Says whether one more line fits into what a plugin may write to its log. */
export interface LineBudget {
  take(): boolean;
  close(): void;
}

export interface FloodLimit {
  readonly linesPerSecond: number;
  /** Told in the log once a second while lines are lost. */
  readonly onLost: (lines: number) => void;
}

export function createLineBudget({ linesPerSecond, onLost }: FloodLimit): LineBudget {
  let left = linesPerSecond;
  let lost = 0;
  let timer: NodeJS.Timeout | undefined;
  const renew = (): void => {
    timer = undefined;
    left = linesPerSecond;
    if (lost > 0) onLost(lost);
    lost = 0;
  };
  return {
    take() {
      timer ??= setTimeout(renew, 1_000);
      if (left > 0) {
        left -= 1;
        return true;
      }
      lost += 1;
      return false;
    },
    close() {
      clearTimeout(timer);
      if (lost > 0) onLost(lost);
      lost = 0;
    },
  };
}

const MAX_LINE_CHARS = 8_192;
/** More in one period makes whoever prints it wait, and so does what keeps the daemon busy for longer: very many lines. */
const PERIOD_MS = 50;
const MAX_BYTES_A_PERIOD = 1024 * 1024;
const MAX_BUSY_MS = 2;

interface OutputPorts {
  readonly budget: LineBudget;
  /** Milliseconds. */
  readonly now: () => number;
  readonly log: Logger['info'];
}

/** Logs each line that comes out of a stream, as far as the budget goes. */
export function logOutput(stream: Readable, { budget, now, log }: OutputPorts): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let bytes = 0;
  let busyMs = 0;
  let timer: NodeJS.Timeout | undefined;
  const write = (line: string): void => {
    if (line !== '' && budget.take()) log(line);
  };
  const renew = (): void => {
    timer = undefined;
    bytes = 0;
    busyMs = 0;
    stream.resume();
  };
  stream.on('data', (chunk: Buffer) => {
    const startedMs = now();
    const lines = (rest + decoder.write(chunk)).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) write(line);
    if (rest.length > MAX_LINE_CHARS) {
      write(rest);
      rest = '';
    }
    bytes += chunk.length;
    busyMs += now() - startedMs;
    timer ??= setTimeout(renew, PERIOD_MS);
    if (bytes > MAX_BYTES_A_PERIOD || busyMs > MAX_BUSY_MS) stream.pause();
  });
  stream.on('close', () => {
    clearTimeout(timer);
    write(rest);
  });
  stream.on('error', () => stream.destroy());
}
