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
/** More in one period makes whoever prints it wait. */
const PERIOD_MS = 50;
const MAX_BYTES_A_PERIOD = 1024 * 1024;

/** Logs each line that comes out of a stream, as far as the budget goes. */
export function logOutput(
  stream: Readable,
  { budget, log }: { readonly budget: LineBudget; readonly log: Logger['info'] },
): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let bytes = 0;
  let timer: NodeJS.Timeout | undefined;
  const write = (line: string): void => {
    if (line !== '' && budget.take()) log(line);
  };
  const renew = (): void => {
    timer = undefined;
    bytes = 0;
    stream.resume();
  };
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    timer ??= setTimeout(renew, PERIOD_MS);
    if (bytes > MAX_BYTES_A_PERIOD) stream.pause();
    const lines = (rest + decoder.write(chunk)).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) write(line);
    if (rest.length > MAX_LINE_CHARS) {
      write(rest);
      rest = '';
    }
  });
  stream.on('close', () => {
    clearTimeout(timer);
    write(rest);
  });
  stream.on('error', () => stream.destroy());
}
