/**
 * Reads lines of the log by their numbers, across its files, while it is written and rotated.
 *
 * The files are the buffer between the log and its destinations: a line is on the disk before its event is done, so that
 * nothing has to be kept a second time.
 */
import { open, stat, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseSealedLine } from '../chain.ts';
import { olderNumbers } from '../log-disk.ts';
import { readLogTail } from '../log-tail.ts';
import type { Batch, BatchLimits, BatchLine } from './destination.ts';

export interface LogReader {
  /**
   * The lines behind `after`, up to `upTo`, as far as the limits allow; undefined where there are none. The first is not
   * `after + 1` if lines between are gone.
   */
  read(after: number, upTo: number, limits: BatchLimits): Promise<Batch | undefined>;
}

/** Where the last read ended, so that the next one need not search. */
interface Mark {
  readonly seq: number;
  readonly chain: string;
  readonly offset: number;
}

export function createLogReader({ dir, fileName }: { readonly dir: string; readonly fileName: string }): LogReader {
  let mark: Mark | undefined;
  return {
    async read(after, upTo, limits) {
      if (after >= upTo) return undefined;
      const files = await filesBehind(dir, fileName, after);
      const collector = createCollector(after, upTo, limits);
      try {
        for (const file of files) {
          const from = mark?.seq === after && (await endsAt(file, mark)) ? mark.offset : 0;
          const before = collector.last();
          const offset = await collect(file, from, collector);
          if (collector.last() !== before) mark = { seq: collector.last(), chain: collector.chain(), offset };
          if (collector.isFull()) break;
        }
      } finally {
        await closeAll(files);
      }
      return collector.batch();
    },
  };
}

/** Whether the line that was read last ends there. Files are told by what is in them: their numbers are given anew. */
async function endsAt(file: FileHandle, { chain, offset }: Mark): Promise<boolean> {
  const end = Buffer.from(`"chain":"${chain}"}\n`);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(end.length), 0, end.length, offset - end.length);
  return bytesRead === end.length && buffer.equals(end);
}

/** The files that hold lines behind `after`, oldest first. Opened again if they were rotated meanwhile: one may be missing. */
async function filesBehind(dir: string, fileName: string, after: number): Promise<readonly FileHandle[]> {
  for (;;) {
    const before = await stateOf(dir, fileName);
    const files = await openBehind(dir, fileName, after);
    if (before !== undefined && before === (await stateOf(dir, fileName))) return files;
    await closeAll(files);
    // Between two files there is none for a moment.
    await nextTurn();
  }
}

async function openBehind(dir: string, fileName: string, after: number): Promise<readonly FileHandle[]> {
  const files: FileHandle[] = [];
  for (const number of [0, ...(await olderNumbers(dir, fileName))]) {
    const file = await ifThere(open(join(dir, basename(number === 0 ? fileName : `${fileName}.${number}`)), 'r'));
    if (!file) continue;
    files.unshift(file);
    const { last } = await readLogTail(file, (await file.stat()).size);
    if (last && last.seq <= after) break;
  }
  return files;
}

/** Changes with each step of a rotation, which moves the oldest file first and the current one last. */
async function stateOf(dir: string, fileName: string): Promise<string | undefined> {
  const current = await ifThere(stat(join(dir, basename(fileName))));
  return current && `${current.ino}: ${(await olderNumbers(dir, fileName)).join()}`;
}

async function closeAll(files: readonly FileHandle[]): Promise<void> {
  for (const file of files) await file.close();
}

interface Collector {
  /** A line without its newline, or what else stands in the file. False where no more is taken. */
  take(line: Buffer): boolean;
  isFull(): boolean;
  last(): number;
  chain(): string;
  batch(): Batch | undefined;
}

function createCollector(after: number, upTo: number, { maxLines, maxBytes }: BatchLimits): Collector {
  const lines: BatchLine[] = [];
  let chain = '';
  let bytes = 0;
  let isFull = false;
  let loose: Buffer[] = [];
  const last = (): number => lines.at(-1)?.seq ?? after;
  return {
    take(text) {
      const line = Buffer.concat([text, NEWLINE_BYTES]);
      const sealed = parseSealedLine(text);
      if (!sealed) {
        // Before the first line of all it is none of the chain's business.
        if (last() > 0) loose.push(line);
        return true;
      }
      if (sealed.seq <= last()) {
        loose = [];
        return true;
      }
      const whole = Buffer.concat([...loose, line]);
      isFull = sealed.seq > upTo || lines.length >= maxLines || (lines.length > 0 && bytes + whole.length > maxBytes);
      if (isFull) return false;
      lines.push({ seq: sealed.seq, bytes: whole, start: whole.length - line.length });
      ({ chain } = sealed);
      bytes += whole.length;
      loose = [];
      return true;
    },
    isFull: () => isFull,
    last,
    chain: () => chain,
    batch() {
      const first = lines[0]?.seq;
      return first === undefined ? undefined : { first, last: last(), chain, lines };
    },
  };
}

const NEWLINE = 10;
const NEWLINE_BYTES = Buffer.from([NEWLINE]);

/** @returns the offset behind the last line that was taken, so that what is not of the chain before the next is seen again */
async function collect(file: FileHandle, from: number, collector: Collector): Promise<number> {
  let parts: Buffer[] = [];
  let offset = from;
  let taken = from;
  for await (const chunk of file.createReadStream({ start: from, autoClose: false }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const line = Buffer.concat([...parts, chunk.subarray(start, end)]);
      const before = collector.last();
      if (!collector.take(line)) return taken;
      offset += line.length + 1;
      if (collector.last() !== before) taken = offset;
      parts = [];
      start = end + 1;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  }
  return taken;
}

async function ifThere<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
