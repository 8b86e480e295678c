/**
 * The file that lines are appended to, and what happens to them while it cannot be written.
 *
 * A line that could not be written is kept and tried again with the next one, in order, up to `MAX_PENDING_CHARS`; the
 * disk may have room again by then. What does not fit is counted, never silently dropped.
 */
import { type Output, type OutputOptions, openOutput } from './output.ts';

const MAX_PENDING_CHARS = 16 * 1024 ** 2;

export interface AuditFileOptions extends OutputOptions {
  /** Called once when writing begins to fail, not again until it has worked. */
  onFailure(error: Error): void;
  onRecovery(): void;
}

interface AuditFileStatus {
  readonly written: number;
  /** Lines that wait for the file to become writable. */
  readonly pending: number;
  /** Lines given up: more were pending than memory may hold, or the file was closed before it could be written. */
  readonly lost: number;
  /** What the last attempt failed with; absent when it succeeded. */
  readonly failure?: string;
}

export interface AuditFile {
  /** Resolves when the operating system has the line, or when it is kept for later. Never rejects. */
  append(line: string): Promise<void>;
  status(): AuditFileStatus;
  /** Writes what is pending and closes the file. Lines appended later are lost, and counted. */
  close(): Promise<void>;
}

/** Opens the file, so that a folder which cannot be written is known at once. @throws what the file system says */
export async function openAuditFile(options: AuditFileOptions): Promise<AuditFile> {
  const lines = createLines();
  let output: Output | undefined = await openOutput(options);
  let failure: Error | undefined;
  let closed = false;
  let tail = Promise.resolve();

  const reopen = async (): Promise<Output> => {
    const reopened = await openOutput(options);
    if (reopened.foundTornLine) lines.takeBack();
    return reopened;
  };
  const flush = async (): Promise<void> => {
    try {
      output ??= await reopen();
      for (let line = lines.first(); line !== undefined; line = lines.first()) {
        await output.write(line, lines.done);
        if (failure) options.onRecovery();
        failure = undefined;
      }
    } catch (error) {
      output?.abandon();
      output = undefined;
      if (!failure) options.onFailure(toError(error));
      failure = toError(error);
    }
  };
  /** One flush at a time: order, and no second stream on the same file. */
  const enqueue = (work: () => Promise<void>): Promise<void> => (tail = tail.then(work));

  return {
    append(line) {
      if (!closed && lines.add(line)) return enqueue(flush);
      lines.lose(1);
      return tail;
    },
    status: () => ({ ...lines.counts(), ...(failure && { failure: failure.message }) }),
    close() {
      closed = true;
      return enqueue(async () => {
        await flush();
        lines.lose(lines.counts().pending);
        await output?.close();
      });
    },
  };
}

/** The lines that wait, in order, and the counts of all. */
interface Lines {
  readonly first: () => string | undefined;
  /** False if there is no room for the line. */
  readonly add: (line: string) => boolean;
  /** The first line was written. */
  readonly done: () => void;
  /** The line that was written last was not, after all. */
  readonly takeBack: () => void;
  readonly lose: (count: number) => void;
  readonly counts: () => { readonly written: number; readonly pending: number; readonly lost: number };
}

function createLines(): Lines {
  const pending: string[] = [];
  let pendingChars = 0;
  let last: string | undefined;
  let written = 0;
  let lost = 0;
  return {
    first: () => pending[0],
    add(line) {
      if (pendingChars + line.length > MAX_PENDING_CHARS) return false;
      pendingChars += line.length;
      pending.push(line);
      return true;
    },
    done() {
      last = pending.shift();
      pendingChars -= last?.length ?? 0;
      written += 1;
    },
    takeBack() {
      if (last === undefined) return;
      pending.unshift(last);
      pendingChars += last.length;
      last = undefined;
      written -= 1;
    },
    lose(count) {
      lost += count;
    },
    counts: () => ({ written, pending: pending.length, lost }),
  };
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
