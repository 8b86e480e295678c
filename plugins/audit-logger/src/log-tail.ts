/** What the end of a file says: the last line of the chain in it, and what stands after that. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { type Head, parseSealedLine } from './chain.ts';

/** Bytes after the last line of the chain, without a newline at their end. */
export interface Unchained {
  readonly bytes: number;
  readonly sha256: string;
}

export interface LogTail {
  /** Absent if no line of a chain was found. */
  readonly last?: Head & { readonly scheme: string; readonly closed: boolean };
  readonly unchained?: Unchained;
  readonly endsInLine: boolean;
}

const FIRST_READ_BYTES = 64 * 1024;
/** More than what is ever written at once: a crash cannot have cut off more. */
const MAX_READ_BYTES = 64 * 1024 ** 2;
const NEWLINE = 10;
/** The members that a line begins with, and no text of an agent can stand there. */
const CLOSE = /^\{"seq":\d+,"ts":"[^"]*","event":"close"/;

/** @throws what the file system says */
export async function readLogTail(file: FileHandle, size: number): Promise<LogTail> {
  const { found, lastByte } = await findLast(file, size);
  const endsInLine = lastByte !== undefined && lastByte !== NEWLINE;
  const from = found?.end ?? 0;
  const to = endsInLine ? size : size - 1;
  return {
    ...(found && { last: found.last }),
    ...(from < to && { unchained: { bytes: to - from, sha256: await hashRange(file, from, to) } }),
    endsInLine,
  };
}

async function findLast(
  file: FileHandle,
  size: number,
): Promise<{ readonly found: Found | undefined; readonly lastByte: number | undefined }> {
  for (let wanted = FIRST_READ_BYTES; ; wanted *= 8) {
    const start = Math.max(0, size - wanted);
    const bytes = await readRange(file, start, size);
    const found = findLastIn(bytes, start);
    if (found || start === 0 || wanted >= MAX_READ_BYTES) return { found, lastByte: bytes.at(-1) };
  }
}

interface Found {
  readonly last: NonNullable<LogTail['last']>;
  /** Where it ends in the file, newline included. */
  readonly end: number;
}

/** `start` is where these bytes are in the file. */
function findLastIn(bytes: Buffer, start: number): Found | undefined {
  for (let end = bytes.lastIndexOf(NEWLINE); end > 0;) {
    const before = bytes.lastIndexOf(NEWLINE, end - 1);
    if (before === -1 && start > 0) return undefined;
    const sealed = parseSealedLine(bytes.subarray(before + 1, end));
    if (sealed) {
      const { seq, chain, scheme, content } = sealed;
      return {
        last: { seq, chain, scheme, closed: CLOSE.test(content.toString('latin1', 0, 128)) },
        end: start + end + 1,
      };
    }
    end = before;
  }
  return undefined;
}

async function readRange(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.alloc(to - from);
  let read = 0;
  while (read < bytes.length) {
    const { bytesRead } = await file.read(bytes, read, bytes.length - read, from + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}

async function hashRange(file: FileHandle, from: number, to: number): Promise<string> {
  const hash = createHash('sha256');
  for (let at = from; at < to; at += FIRST_READ_BYTES)
    hash.update(await readRange(file, at, Math.min(to, at + FIRST_READ_BYTES)));
  return hash.digest('hex');
}
