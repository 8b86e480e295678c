/** Lines of a file, forwards and backwards, in memory that does not grow with the file or with a line. */
import type { FileHandle } from 'node:fs/promises';

const CHUNK_BYTES = 64 * 1024;
/** More than the loader writes in a line. Of a longer one only the beginning is kept. */
const MAX_LINE_BYTES = 256 * 1024;
const LINE_FEED = 0x0a;
const EMPTY = Buffer.alloc(0);

export interface LineReader {
  /** The next line that is whole, without its line feed; undefined while there is none. Empty lines are left out. */
  next(): Promise<string | undefined>;
  /** What follows the last line feed; undefined if nothing does. It is not given again. */
  rest(): string | undefined;
  /** How far was read. */
  readonly offset: number;
}

/** @param endOffset nothing behind it is read; a file that grows is read on unless given */
export function createLineReader(
  handle: FileHandle,
  startOffset: number,
  endOffset = Number.POSITIVE_INFINITY,
): LineReader {
  let offset = startOffset;
  let pending: Buffer = EMPTY;
  /** The beginning of a line that is too long, whose end is being looked for. */
  let head: Buffer | undefined;

  const take = (bytes: Buffer): string => {
    const text = textOf(head ?? bytes);
    head = undefined;
    return text;
  };
  const takeLine = (): string | undefined => {
    const end = pending.indexOf(LINE_FEED);
    if (end === -1) return undefined;
    const line = take(pending.subarray(0, end));
    pending = pending.subarray(end + 1);
    return line;
  };
  return {
    async next() {
      for (;;) {
        const line = takeLine();
        if (line) return line;
        if (line === '') continue;
        if (pending.length > MAX_LINE_BYTES) {
          head ??= pending.subarray(0, MAX_LINE_BYTES + 1);
          pending = EMPTY;
        }
        const chunk = await readAt(handle, offset, Math.min(CHUNK_BYTES, endOffset - offset));
        if (chunk.length === 0) return undefined;
        offset += chunk.length;
        pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      }
    },
    rest() {
      const text = take(pending);
      pending = EMPTY;
      return text === '' ? undefined : text;
    },
    get offset() {
      return offset;
    },
  };
}

export interface PlacedLine {
  /** Where it begins. */
  readonly offset: number;
  readonly text: string;
}

/** The lines of the first `endOffset` bytes, the last one first. Empty lines are left out. */
export async function* readBackwards(handle: FileHandle, endOffset: number): AsyncGenerator<PlacedLine, void> {
  let offset = endOffset;
  /** From `offset` to the end of a line whose beginning was not met yet. */
  let pending: Buffer = EMPTY;
  while (offset > 0) {
    const wanted = Math.min(CHUNK_BYTES, offset);
    const chunk = await readAt(handle, offset - wanted, wanted);
    // Cut short meanwhile: what is gone is not there to be told.
    if (chunk.length < wanted) return;
    offset -= wanted;
    pending = Buffer.concat([chunk, pending.subarray(0, MAX_LINE_BYTES)]);
    for (let feed = pending.lastIndexOf(LINE_FEED); feed !== -1; feed = pending.lastIndexOf(LINE_FEED)) {
      if (feed + 1 < pending.length) yield { offset: offset + feed + 1, text: textOf(pending.subarray(feed + 1)) };
      pending = pending.subarray(0, feed);
    }
  }
  if (pending.length > 0) yield { offset, text: textOf(pending) };
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  if (length <= 0) return EMPTY;
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

function textOf(bytes: Buffer): string {
  return bytes.length > MAX_LINE_BYTES ? `${bytes.toString('utf8', 0, MAX_LINE_BYTES)}…` : bytes.toString('utf8');
}
