/**
 * Writes lines as a chain, across files and restarts.
 *
 * Lines are written, and then committed: on the disk. What was written and not committed can be taken back, so that after
 * a failure the chain goes on at its last committed line, and no number is there twice.
 */
import { createSealer, type Head, NO_LINES, sealLine, type Sealer } from './chain.ts';
import type { LogDisk, LogFile } from './log-disk.ts';
import type { LogTail } from './log-tail.ts';

export interface ChainWriter {
  /** Writes the first of these lines, as many as the file takes before it is full. Resolves to how many. */
  write(lines: readonly string[]): Promise<number>;
  commit(): Promise<void>;
  /** Takes back what was not committed. The next `write` or `commit` opens the file anew. */
  rollBack(): Promise<void>;
  head(): Head;
  /** Closes the file, without a commit. */
  close(): Promise<void>;
}

export interface ChainWriterOptions {
  readonly disk: LogDisk;
  readonly maxSizeBytes: number;
  /** The key that seals, then earlier ones. */
  readonly keys: readonly string[];
  /** The JSON of a line about the log itself. */
  note(event: string, fields: Readonly<Record<string, unknown>>): string;
}

interface Place {
  readonly head: Head;
  readonly size: number;
}

/** More than one line of the longest message, less than memory minds. */
const MAX_CHUNK_CHARS = 1024 ** 2;

/**
 * Goes on with the chain in the files, or begins one, and writes the line that says so.
 *
 * @throws what the file system says, and {TypeError} if the chain is under a key that was not given
 */
export async function openChainWriter({ disk, maxSizeBytes, keys, note }: ChainWriterOptions): Promise<ChainWriter> {
  const sealer = createSealer(keys[0]);
  let file: LogFile | undefined = await disk.open();
  const start = await startOf(file, disk, { sealer, keys }).catch(async (error: unknown) => {
    await file?.close();
    throw error;
  });
  let written: Place = { head: start.head, size: file.size };
  let committed = written;
  /** How long the file may be by what this writer did. */
  let reached = written.size;

  const append = async (current: LogFile, text: string, head: Head): Promise<void> => {
    const size = written.size + Buffer.byteLength(text);
    reached = size;
    await current.append(text);
    written = { head, size };
  };
  const commit = async (): Promise<void> => {
    if (file && written !== committed) await file.sync();
    committed = written;
  };
  /** Says on a line what precedes it. What others left behind the chain is ended first. */
  const appendNote = async (current: LogFile, event: string, fields: Readonly<Record<string, unknown>>): Promise<void> => {
    const { line, ...head } = sealLine(note(event, { prev: written.head.chain, ...fields }), written.head, sealer);
    await append(current, written.size > 0 && current.tail.endsInLine && event !== 'continue' ? `\n${line}` : line, head);
    await commit();
  };
  /** The file was closed after a failure, or somebody else changed, moved or deleted it. */
  const reopen = async (): Promise<LogFile> => {
    await file?.close();
    file = undefined;
    const opened = await disk.open();
    file = opened;
    const isOurs = opened.size >= committed.size && opened.size <= reached;
    if (isOurs && opened.size > committed.size) await opened.truncate(committed.size);
    if (isOurs) written = committed;
    else await noteChange(opened);
    reached = written.size;
    return opened;
  };
  const noteChange = async (opened: LogFile): Promise<void> => {
    written = { head: written.head, size: opened.size };
    committed = written;
    await appendNote(opened, 'reopen', { unchained: opened.tail.unchained });
  };
  const rotate = async (current: LogFile): Promise<LogFile> => {
    await commit();
    file = undefined;
    await current.close();
    await disk.rotate();
    const next = await disk.open();
    file = next;
    written = { head: written.head, size: next.size };
    committed = written;
    reached = written.size;
    await appendNote(next, 'continue', {});
    return next;
  };

  await appendNote(file, 'open', start.notes).catch(async (error: unknown) => {
    await file?.close();
    throw error;
  });
  return {
    async write(lines) {
      let current = file && (await file.isInPlace(written.size)) ? file : await reopen();
      if (written.size >= maxSizeBytes) current = await rotate(current);
      const chunk = sealUntilFull(lines, written, { sealer, maxSizeBytes });
      await append(current, chunk.text, chunk.head);
      return chunk.count;
    },
    commit,
    async rollBack() {
      const current = file;
      file = undefined;
      if (!current) return;
      try {
        if (written !== committed || reached !== written.size) await current.truncate(committed.size);
        reached = committed.size;
      } finally {
        written = committed;
        await current.close();
      }
    },
    head: () => written.head,
    async close() {
      const current = file;
      file = undefined;
      await current?.close();
    },
  };
}

interface Start {
  readonly head: Head;
  readonly notes: Readonly<Record<string, unknown>>;
}

async function startOf(
  { tail }: LogFile,
  disk: LogDisk,
  { sealer, keys }: { readonly sealer: Sealer; readonly keys: readonly string[] },
): Promise<Start> {
  const { last = undefined } = tail.last ? tail : ((await disk.olderTail()) ?? {});
  if (!last) return { head: NO_LINES, notes: { after: 'nothing', ...(await earlier(disk, tail)) } };
  const schemes = [createSealer(), ...keys.map((key) => createSealer(key))].map(({ scheme }) => scheme);
  if (!schemes.includes(last.scheme) || (last.scheme !== 'sha256' && sealer.scheme === 'sha256'))
    throw new TypeError(`The log is under the key ${last.scheme}: give it in AUDIT_CHAIN_KEY, or move the log away.`);
  const { seq, chain, closed } = last;
  const after = closed && !tail.unchained ? 'close' : 'crash';
  return { head: { seq, chain }, notes: { after, unchained: tail.unchained } };
}

/** Lines of version 1.0, which have no chain. One that was cut off is ended. */
async function earlier(disk: LogDisk, { endsInLine }: LogTail): Promise<Readonly<Record<string, unknown>>> {
  const bytes = await disk.totalBytes();
  return bytes === 0 ? {} : { earlierBytes: bytes + (endsInLine ? 1 : 0) };
}

function sealUntilFull(
  lines: readonly string[],
  { head, size }: Place,
  { sealer, maxSizeBytes }: { readonly sealer: Sealer; readonly maxSizeBytes: number },
): { readonly text: string; readonly head: Head; readonly count: number } {
  const sealed: string[] = [];
  let last = head;
  let bytes = size;
  let chars = 0;
  for (const json of lines) {
    const { line, ...next } = sealLine(json, last, sealer);
    sealed.push(line);
    last = next;
    bytes += Buffer.byteLength(line);
    chars += line.length;
    if (bytes >= maxSizeBytes || chars >= MAX_CHUNK_CHARS) break;
  }
  return { text: sealed.join(''), head: last, count: sealed.length };
}
