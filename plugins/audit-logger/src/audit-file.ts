/**
 * The log that lines are appended to, and what happens to them while it cannot be written.
 *
 * A line is kept until it is on the disk. One that could not be written is tried again with the next one, in order, up to
 * `MAX_PENDING_CHARS`; the disk may have room again by then. What does not fit is counted, and the log tells of it.
 */
import type { ChainWriter } from './chain-writer.ts';
import { createLines, type Lines } from './pending-lines.ts';

export interface AuditFileOptions {
  /** Resolves to the log, opened. */
  readonly open: () => Promise<ChainWriter>;
  /** Milliseconds within which lines are on the disk; 0 if each is before its `append` resolves. */
  readonly syncMs: number;
  /** The JSON of a line about the log itself. */
  readonly note: (event: string, fields: Readonly<Record<string, unknown>>) => string;
  /** Called once when writing begins to fail, not again until it has worked. */
  readonly onFailure: (error: Error) => void;
  readonly onRecovery: () => void;
  /** Called whenever more lines are on the disk. */
  readonly onCommitted?: () => void;
}

interface AuditFileStatus {
  readonly written: number;
  /** Lines that wait for the log to become writable. */
  readonly pending: number;
  /** Lines given up: more were pending than memory may hold, or the log was closed before it could be written. */
  readonly lost: number;
  /** The number of the last line that is on the disk. */
  readonly committed: number;
  /** The last line, as `verify.js` takes it. */
  readonly last: string;
  /** What the last attempt failed with; absent when it succeeded. */
  readonly failure?: string;
}

export interface AuditFile {
  /** Resolves when the line is on the disk (with the operating system, where `syncMs` is not 0), or kept for later. Never rejects. */
  append(line: string): Promise<void>;
  status(): AuditFileStatus;
  /** Writes what is pending, and that the log is closed, and closes it. Lines appended later are lost, and counted. */
  close(): Promise<void>;
}

/** Opens the log, so that a folder which cannot be written is known at once. @throws what `open` says */
export async function openAuditFile(options: AuditFileOptions): Promise<AuditFile> {
  const { syncMs } = options;
  const work = createWork(options, await options.open());
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let tail = Promise.resolve();
  /** One at a time: order, and no second write to the same file. */
  const enqueue = (next: () => Promise<void>): Promise<void> => {
    const before = tail;
    tail = (async () => {
      await before;
      await next();
    })();
    return tail;
  };
  const commitSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void enqueue(work.commit);
    }, syncMs);
  };

  return {
    append(line) {
      if (closed || !work.lines.add(line)) {
        work.lines.lose(1);
        return tail;
      }
      if (syncMs > 0) commitSoon();
      return enqueue(work.flush);
    },
    status: work.status,
    close() {
      closed = true;
      clearTimeout(timer);
      return enqueue(work.close);
    },
  };
}

/** What is done with the lines, one after the other. None of it rejects. */
interface Work {
  readonly lines: Lines;
  readonly flush: () => Promise<void>;
  readonly commit: () => Promise<void>;
  readonly close: () => Promise<void>;
  readonly status: () => AuditFileStatus;
}

function createWork({ syncMs, note, onFailure, onRecovery, onCommitted }: Events, writer: ChainWriter): Work {
  const lines = createLines();
  let failure: Error | undefined;
  let toldLost = 0;

  const fail = async (reason: unknown): Promise<void> => {
    lines.takeBack();
    if (!failure) onFailure(toError(reason));
    failure = toError(reason);
    // A disk that failed may fail here as well. The file is looked at again before the next line is written.
    await writer.rollBack().catch(() => undefined);
  };
  const commit = async (): Promise<void> => {
    if (!lines.areUncommitted()) return;
    await writer.commit();
    lines.committed();
    if (failure) onRecovery();
    failure = undefined;
    onCommitted?.();
  };
  const flush = async (): Promise<void> => {
    for (let waiting = lines.waiting(); waiting.length > 0; waiting = lines.waiting()) {
      if (writer.isFull()) await commit();
      lines.wrote(await writer.write(waiting));
      if (syncMs === 0 || failure) await commit();
    }
    const { lost } = lines.counts();
    if (lost > toldLost) await writeNote('lost', { lines: lost - toldLost });
    toldLost = lost;
  };
  const writeNote = async (event: string, fields: Readonly<Record<string, unknown>>): Promise<void> => {
    await commit();
    await writer.write([note(event, fields)]);
    await writer.commit();
  };

  return {
    lines,
    flush: () => flush().catch(fail),
    commit: () => commit().catch(fail),
    async close() {
      await flush()
        .then(() => writeNote('close', {}))
        .catch(fail);
      lines.lose(lines.counts().pending);
      await writer.close().catch((error: unknown) => (failure ??= toError(error)));
    },
    status: () => ({ ...lines.counts(), ...headsOf(writer), ...(failure && { failure: failure.message }) }),
  };
}

function headsOf(writer: ChainWriter): Pick<AuditFileStatus, 'committed' | 'last'> {
  const { seq, chain } = writer.head();
  return { committed: writer.committed().seq, last: `${seq}:${chain}` };
}

type Events = Omit<AuditFileOptions, 'open'>;

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
