/**
 * The log that lines are appended to, and what happens to them while it cannot be written.
 *
 * A line is kept until it is on the disk. One that could not be written is tried again with the next one, in order, up to
 * `MAX_PENDING_CHARS`; the disk may have room again by then. What does not fit is counted, and the log tells of it.
 */
import type { ChainWriter } from './chain-writer.ts';
import { createLines } from './pending-lines.ts';

export interface AuditFileOptions {
  /** Resolves to the log, opened. */
  open(): Promise<ChainWriter>;
  /** Milliseconds within which lines are on the disk; 0 if each is before its `append` resolves. */
  readonly syncMs: number;
  /** The JSON of a line about the log itself. */
  note(event: string, fields: Readonly<Record<string, unknown>>): string;
  /** Called once when writing begins to fail, not again until it has worked. */
  onFailure(error: Error): void;
  onRecovery(): void;
}

interface AuditFileStatus {
  readonly written: number;
  /** Lines that wait for the log to become writable. */
  readonly pending: number;
  /** Lines given up: more were pending than memory may hold, or the log was closed before it could be written. */
  readonly lost: number;
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
  const { syncMs, note } = options;
  const lines = createLines();
  const writer = await options.open();
  let failure: Error | undefined;
  let closed = false;
  let toldLost = 0;
  let timer: NodeJS.Timeout | undefined;
  let tail = Promise.resolve();

  const commit = async (): Promise<void> => {
    await writer.commit();
    lines.committed();
    if (failure) options.onRecovery();
    failure = undefined;
  };
  const tellLost = async (): Promise<void> => {
    const { lost } = lines.counts();
    if (lost === toldLost) return;
    await writer.write([note('lost', { lines: lost - toldLost })]);
    await writer.commit();
    toldLost = lost;
  };
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      lines.takeBack();
      if (!failure) options.onFailure(toError(error));
      failure = toError(error);
      // The disk that failed may refuse this as well; the file is looked at again before the next line is written.
      await writer.rollBack().catch(() => undefined);
    }
  };
  const flush = (): Promise<void> =>
    attempt(async () => {
      for (let waiting = lines.waiting(); waiting.length > 0; waiting = lines.waiting()) {
        lines.wrote(await writer.write(waiting));
        if (syncMs === 0 || failure) await commit();
      }
      if (!closed) await tellLost();
    });
  /** One at a time: order, and no second write to the same file. */
  const enqueue = (work: () => Promise<void>): Promise<void> => (tail = tail.then(work));
  const commitSoon = (): void => {
    if (syncMs === 0) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      void enqueue(() => attempt(commit));
    }, syncMs);
  };

  return {
    append(line) {
      if (closed || !lines.add(line)) {
        lines.lose(1);
        return tail;
      }
      commitSoon();
      return enqueue(flush);
    },
    status() {
      const { seq, chain } = writer.head();
      return { ...lines.counts(), last: `${seq}:${chain}`, ...(failure && { failure: failure.message }) };
    },
    close() {
      closed = true;
      clearTimeout(timer);
      return enqueue(async () => {
        await flush();
        await attempt(async () => {
          const { pending } = lines.counts();
          if (pending === 0) await tellLost();
          if (pending === 0) await writer.write([note('close', {})]);
          await commit();
        });
        lines.lose(lines.counts().pending);
        await writer.close();
      });
    },
  };
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
