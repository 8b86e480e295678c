/**
 * What was not delivered, in a file of its own for each endpoint: a line of JSON with the time, the reason and the post as
 * it was. Renamed to `replay-<endpoint>.jsonl`, it is posted again.
 */
import { existsSync, statSync } from 'node:fs';
import { appendFile, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isDelivery } from './delivery.ts';
import type { Delivery } from './deliver.ts';

export interface DeadLetters {
  /** @throws what the disk says; an Error where there is no more room */
  bury(delivery: Delivery, reason: string): Promise<void>;
  /**
   * Hands over what is to be posted again, the oldest first, until there is no room; what is left stays in the file.
   *
   * @returns how many; undefined where nothing is asked for
   */
  replay(add: (delivery: Delivery) => boolean, stored: () => Promise<void>): Promise<number | undefined>;
}

const MAX_BYTES = 64 * 1024 * 1024;

/** @param now the time of a letter */
export function createDeadLetters(dataDir: string, endpoint: number, now: () => Date): DeadLetters {
  const [dead, asked, taken] = [`dead-${endpoint}.jsonl`, `replay-${endpoint}.jsonl`, `replaying-${endpoint}.jsonl`];
  const sizeOf = (name: string): number => {
    const file = join(dataDir, basename(name));
    return existsSync(file) ? statSync(file).size : 0;
  };
  const append = (name: string, text: string): Promise<void> =>
    appendFile(join(dataDir, basename(name)), text, { mode: 0o600, flush: true });
  return {
    async bury(delivery, reason) {
      const line = `${JSON.stringify({ at: now().toISOString(), reason, ...delivery })}\n`;
      if (sizeOf(dead) + line.length > MAX_BYTES) throw new Error('The file of dead letters is full.');
      await append(dead, line);
    },
    async replay(add, stored) {
      // What was taken before a crash comes first: its ids tell the endpoint what it has already.
      if (sizeOf(taken) === 0) {
        if (sizeOf(asked) === 0) return undefined;
        await rename(join(dataDir, basename(asked)), join(dataDir, basename(taken)));
      }
      const lines = (await readFile(join(dataDir, basename(taken)), 'utf8')).split('\n');
      const letters = lines.flatMap((line) => parseLine(line) ?? []);
      const full = letters.findIndex((letter) => !add(letter));
      await stored();
      const left = full === -1 ? [] : letters.slice(full);
      if (left.length > 0) await append(asked, left.map((letter) => `${JSON.stringify(letter)}\n`).join(''));
      await rm(join(dataDir, basename(taken)));
      return letters.length - left.length;
    },
  };
}

/** People may have edited the file. */
function parseLine(line: string): Delivery | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (!isDelivery(value)) return undefined;
    const { id, body, contentType } = value;
    return { id, body, contentType };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
