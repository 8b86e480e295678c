/** A file of lines of JSON that are only ever added, so that a process which is killed leaves all but the last whole. */
import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';

export interface Journal {
  /** Every line that can be read, in order. */
  read(): readonly unknown[];
  /** @throws what the file system throws, such as ENOSPC */
  append(line: unknown): void;
  /** Puts these lines in the place of all. */
  rewrite(lines: readonly unknown[]): void;
  /** Lines in the file, as far as this process knows. */
  readonly length: number;
  close(): void;
}

const OWNER_ONLY = 0o600;

/** @param next where the file is written anew before it takes the place of the old one */
export function openJournal(path: string, next: string): Journal {
  let file: number | undefined;
  let length = 0;
  const close = (): void => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
  return {
    get length() {
      return length;
    },
    read() {
      const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
      const values = lines.flatMap(parseLine);
      length = values.length;
      return values;
    },
    append(line) {
      // A line that a crash cut off must not swallow this one: it starts on a line of its own.
      if (file === undefined) {
        file = openSync(path, 'a', OWNER_ONLY);
        writeSync(file, '\n');
      }
      writeSync(file, `${JSON.stringify(line)}\n`);
      length += 1;
    },
    rewrite(lines) {
      close();
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      writeFileSync(next, text, { mode: OWNER_ONLY });
      renameSync(next, path);
      length = lines.length;
    },
    close,
  };
}

/** One that a full disk does not disturb: what could not be written is missing after the next start, and no sooner. */
export function forgiving(journal: Journal, onFailure: (error: unknown) => void): Journal {
  const attempt = <Argument>(act: (argument: Argument) => void) => {
    return (argument: Argument): void => {
      try {
        act(argument);
      } catch (error) {
        onFailure(error);
      }
    };
  };
  return {
    get length() {
      return journal.length;
    },
    read: () => journal.read(),
    append: attempt((line: unknown) => journal.append(line)),
    rewrite: attempt((lines: readonly unknown[]) => journal.rewrite(lines)),
    close: () => journal.close(),
  };
}

function parseLine(line: string): readonly unknown[] {
  if (line === '') return [];
  try {
    return [JSON.parse(line) as unknown];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
