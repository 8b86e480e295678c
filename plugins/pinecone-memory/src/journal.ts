/**
 * What was promised and is not done, on the disk: one line of JSON for each change, written and synced before it is
 * promised. A line that says `done` names the last change that is carried out. After a crash the changes after it are
 * carried out again, which changes nothing where they had been.
 */
import { open, rename, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';

export interface Numbered<Item> {
  readonly seq: number;
  readonly item: Item;
}

export interface Journal<Item> {
  /** What the file held when it was opened. */
  readonly left: readonly Numbered<Item>[];
  /** Resolves when it is on the disk. @throws what the disk says; then it is not promised */
  append(item: Item): Promise<Numbered<Item>>;
  /** Everything up to this number is carried out. */
  done(seq: number): Promise<void>;
  close(): Promise<void>;
}

interface Rewriting {
  readonly old: FileHandle;
  readonly dir: string;
  readonly name: string;
}

interface Line {
  readonly seq?: number | undefined;
  readonly item?: unknown;
  readonly done?: number | undefined;
}

/** A file that is larger, and twice what it was when it was written anew, is written anew without what is done. */
const COMPACT_BYTES = 8 * 1024 * 1024;

/** The journals in one folder. */
export interface Journals {
  /**
   * @param name of the file
   * @param isItem whether a line that was read holds one: the file may be of another version
   */
  open<Item>(name: string, isItem: (value: unknown) => value is Item): Promise<Journal<Item>>;
}

export function createJournals(dir: string): Journals {
  return { open: (name, isItem) => openJournal({ dir, name }, isItem) };
}

async function openJournal<Item>(
  { dir, name }: { readonly dir: string; readonly name: string },
  isItem: (value: unknown) => value is Item,
): Promise<Journal<Item>> {
  let handle = await open(join(dir, basename(name)), 'a+', 0o600);
  const { left, lastSeq } = parse(await handle.readFile('utf8'), isItem);
  // Written anew at each start: a line that a crash cut off must not be continued.
  handle = await rewrite({ old: handle, dir, name }, left);
  let sizeBytes = (await handle.stat()).size;
  let compactBytes = Math.max(COMPACT_BYTES, 2 * sizeBytes);
  let seq = lastSeq;
  const waiting = new Map(left.map((one) => [one.seq, one]));
  const disk = createDisk();

  const write = async (text: string, isPromise = false): Promise<void> => {
    const bytes = Buffer.from(text);
    try {
      await handle.write(bytes, 0, bytes.length, sizeBytes);
      // That something is done may be forgotten: it is done again.
      if (isPromise) await handle.datasync();
      sizeBytes += bytes.length;
    } catch (error) {
      // Half a line would hide the next one.
      await handle.truncate(sizeBytes);
      throw error;
    }
  };
  return {
    left,
    async append(item) {
      const one = { seq: (seq += 1), item };
      await disk.append(`${JSON.stringify(one)}\n`, (text) => write(text, true));
      waiting.set(one.seq, one);
      return one;
    },
    done: (upTo) =>
      disk.alone(async () => {
        forget(waiting, upTo);
        if (waiting.size > 0 && sizeBytes < compactBytes) return write(`${JSON.stringify({ done: upTo })}\n`);
        if (waiting.size > 0) handle = await rewrite({ old: handle, dir, name }, [...waiting.values()]);
        else await handle.truncate(0);
        sizeBytes = waiting.size > 0 ? (await handle.stat()).size : 0;
        compactBytes = Math.max(COMPACT_BYTES, 2 * sizeBytes);
      }),
    close: () => disk.alone(() => handle.close()),
  };
}

/** One thing after the other; lines that come while the disk is busy go to it together. */
function createDisk() {
  let last: Promise<unknown> = Promise.resolve();
  let next: { text: string; written: Promise<void> } | undefined;
  const alone = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  return {
    alone,
    append(text: string, write: (text: string) => Promise<void>): Promise<void> {
      if (next) {
        next.text += text;
        return next.written;
      }
      const batch = { text, written: Promise.resolve() };
      batch.written = alone(() => {
        next = undefined;
        return write(batch.text);
      });
      next = batch;
      return batch.written;
    },
  };
}

async function rewrite({ old, dir, name }: Rewriting, lines: readonly object[]): Promise<FileHandle> {
  const handle = await open(join(dir, basename(`${name}.new`)), 'w+', 0o600);
  await handle.writeFile(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await handle.datasync();
  await rename(join(dir, basename(`${name}.new`)), join(dir, basename(name)));
  // Otherwise the name may lead to the old file after a power cut.
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
  await old.close();
  return handle;
}

function parse<Item>(text: string, isItem: (value: unknown) => value is Item) {
  const left = new Map<number, Numbered<Item>>();
  let lastSeq = 0;
  for (const line of text.split('\n')) {
    const { seq, item, done } = parseLine(line);
    lastSeq = Math.max(lastSeq, seq ?? 0, done ?? 0);
    if (seq !== undefined && isItem(item)) left.set(seq, { seq, item });
    if (done !== undefined) forget(left, done);
  }
  return { left: [...left.values()], lastSeq };
}

/** Their order is that of their numbers. */
function forget(changes: Map<number, unknown>, upTo: number): void {
  for (const seq of changes.keys()) {
    if (seq > upTo) return;
    changes.delete(seq);
  }
}

/** Nothing for the last line of a process that was killed, and for what is no line of a journal. */
function parseLine(line: string): Line {
  try {
    const value: unknown = JSON.parse(line);
    const { seq, item, done } = (typeof value === 'object' && value !== null ? value : {}) as Readonly<
      Record<string, unknown>
    >;
    return { seq: toNumber(seq), item, done: toNumber(done) };
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function toNumber(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? Number(value) : undefined;
}
