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
  /**
   * Writes the first of these lines, as many as the file takes before it is full. Resolves to how many. A full file is
   * rotated first; whoever counts what is committed commits before that.
   */
  write(lines: readonly string[]): Promise<number>;
  isFull(): boolean;
  commit(): Promise<void>;
  /** Takes back what was not committed. The next `write` or `commit` opens the file anew. */
  rollBack(): Promise<void>;
  head(): Head;
  /** The last line that is on the disk. */
  committed(): Head;
  /** Closes the file, without a commit. */
  close(): Promise<void>;
}

export interface ChainWriterOptions {
  readonly disk: LogDisk;
  readonly maxSizeBytes: number;
  /** The key that seals, then earlier ones. */
  readonly keys: readonly string[];
  /** The JSON of a line about the log itself. */
  readonly note: (event: string, fields: Notes) => string;
}

type Notes = Readonly<Record<string, unknown>>;

interface Place {
  readonly head: Head;
  readonly size: number;
}

/** Where the writer is. */
interface State {
  /** Absent after a failure. */
  file: LogFile | undefined;
  fileId: number;
  written: Place;
  committed: Place;
  /** How long the file may be by what this writer did. */
  reached: number;
  /** Whether the file holds something that the chain has yet to tell of. */
  owesNote: boolean;
}

interface Writer extends ChainWriterOptions {
  readonly sealer: Sealer;
  readonly state: State;
}

/** More than one line of the longest message, less than memory minds. */
const MAX_CHUNK_CHARS = 1024 ** 2;

/**
 * Goes on with the chain in the files, or begins one, and writes the line that says so.
 *
 * @throws what the file system says, and {TypeError} if the chain is under a key that was not given
 */
export async function openChainWriter(options: ChainWriterOptions): Promise<ChainWriter> {
  const writer = await begin(options);
  const { state } = writer;
  return {
    write: (lines) => write(writer, lines),
    isFull: () => isFull(writer),
    commit: () => commit(state),
    async rollBack() {
      state.written = state.committed;
      await closeFile(state);
    },
    head: () => state.written.head,
    committed: () => state.committed.head,
    close: () => closeFile(state),
  };
}

async function begin(options: ChainWriterOptions): Promise<Writer> {
  const sealer = createSealer(options.keys[0]);
  const file = await options.disk.open();
  try {
    const { head, notes } = await startOf(file, options, sealer);
    const place = { head, size: file.size };
    const state = { file, fileId: file.id, written: place, committed: place, reached: file.size, owesNote: false };
    const writer = { ...options, sealer, state };
    await appendNote(writer, file, { event: 'open', notes });
    return writer;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function write(writer: Writer, lines: readonly string[]): Promise<number> {
  const { state } = writer;
  let { file } = state;
  if (!file || !(await file.isInPlace(state.written.size))) {
    if (state.written !== state.committed) throw new Error('The file was changed by something else.');
    file = await reopen(writer);
  }
  if (isFull(writer)) {
    await commit(state);
    file = await rotate(writer);
  }
  // Every file can be verified by itself.
  if (state.written.size === 0) await appendNote(writer, file, { event: 'continue', notes: {} });
  const { text, head, count } = sealUntilFull(writer, lines);
  await append(state, file, { text, head });
  return count;
}

/** After a failure, or after somebody else changed, moved or deleted the file. */
async function reopen(writer: Writer): Promise<LogFile> {
  const { state, disk } = writer;
  await closeFile(state);
  const file = await disk.open();
  state.file = file;
  const isAsLeft = file.id === state.fileId && file.size >= state.committed.size && file.size <= state.reached;
  if (isAsLeft && !state.owesNote) {
    await file.truncate(state.committed.size);
    state.reached = state.committed.size;
    return file;
  }
  moveTo(state, file);
  state.owesNote = true;
  await appendNote(writer, file, { event: 'reopen', notes: { unchained: file.tail.unchained } });
  state.owesNote = false;
  return file;
}

async function rotate({ state, disk }: Writer): Promise<LogFile> {
  // It has to be closed before it can be renamed, on some systems.
  await closeFile(state);
  await disk.rotate();
  const file = await disk.open();
  moveTo(state, file);
  return file;
}

function moveTo(state: State, file: LogFile): void {
  state.file = file;
  state.fileId = file.id;
  state.written = { head: state.written.head, size: file.size };
  state.committed = state.written;
  state.reached = file.size;
}

/** Writes a line that says what precedes it. What somebody else, or a crash, left behind the chain is ended first. */
async function appendNote(
  { state, note, sealer }: Writer,
  file: LogFile,
  { event, notes }: { readonly event: string; readonly notes: Notes },
): Promise<void> {
  const { head } = state.written;
  const { line, seq, chain } = sealLine(note(event, { prev: head.chain, ...notes }), head, sealer);
  await append(state, file, { text: file.tail.endsInLine ? `\n${line}` : line, head: { seq, chain } });
  await commit(state);
}

async function append(
  state: State,
  file: LogFile,
  { text, head }: { readonly text: string; readonly head: Head },
): Promise<void> {
  const size = state.written.size + Buffer.byteLength(text);
  state.reached = size;
  await file.append(text);
  state.written = { head, size };
}

async function commit(state: State): Promise<void> {
  const { file, written } = state;
  if (file && written !== state.committed) await file.sync();
  state.committed = written;
}

async function closeFile(state: State): Promise<void> {
  const { file } = state;
  state.file = undefined;
  await file?.close();
}

function isFull({ state, maxSizeBytes }: Writer): boolean {
  return state.written.size >= maxSizeBytes;
}

interface Start {
  readonly head: Head;
  readonly notes: Notes;
}

async function startOf({ tail }: LogFile, { disk, keys }: ChainWriterOptions, sealer: Sealer): Promise<Start> {
  const last = tail.last ?? (await disk.olderTail())?.last;
  if (!last) return { head: NO_LINES, notes: { after: 'nothing', ...(await earlier(disk, tail)) } };
  const schemes = ['sha256', ...keys.map((key) => createSealer(key).scheme)];
  if (!schemes.includes(last.scheme) || (last.scheme !== 'sha256' && sealer.scheme === 'sha256'))
    throw new TypeError(`The log is under the key ${last.scheme}: give it in AUDIT_CHAIN_KEY, or move the log away.`);
  const { seq, chain, closed } = last;
  const after = closed && !tail.unchained ? 'close' : 'crash';
  return { head: { seq, chain }, notes: { after, unchained: tail.unchained } };
}

/** Lines of version 1.0, which have no chain. One that was cut off is ended. */
async function earlier(disk: LogDisk, { endsInLine }: LogTail): Promise<Notes> {
  const bytes = await disk.totalBytes();
  return bytes === 0 ? {} : { earlierBytes: bytes + (endsInLine ? 1 : 0) };
}

function sealUntilFull(
  { state, sealer, maxSizeBytes }: Writer,
  lines: readonly string[],
): { readonly text: string; readonly head: Head; readonly count: number } {
  const sealed: string[] = [];
  let { head, size } = state.written;
  let chars = 0;
  for (const json of lines) {
    const { line, seq, chain } = sealLine(json, head, sealer);
    sealed.push(line);
    head = { seq, chain };
    size += Buffer.byteLength(line);
    chars += line.length;
    if (size >= maxSizeBytes || chars >= MAX_CHUNK_CHARS) break;
  }
  return { text: sealed.join(''), head, count: sealed.length };
}
