/** Where a command's results, notes and progress go. Results to stdout; everything else to stderr. */
import { type Line, type Page, quiet, renderPage, toned } from './present/text.ts';

/** One standard stream, as far as it matters here. */
export interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly write: (text: string) => unknown;
}

export interface OutputOptions {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly color: boolean;
  readonly quiet: boolean;
}

export interface Output {
  /** Columns of a terminal; unlimited where the output goes to a file or a program. */
  readonly width: number;
  readonly result: (page: Page) => void;
  readonly json: (document: object) => void;
  readonly error: (page: Page) => void;
  /** Something worth knowing that is no result. Nothing under --quiet. */
  readonly note: (line: Line) => void;
  /** Something that may be wrong. Nothing under --quiet. */
  readonly warn: (text: string) => void;
  /** Runs `work` and, on a terminal, says after half a second what it waits for. */
  readonly during: <T>(doing: string, work: () => Promise<T>) => Promise<T>;
}

const PATIENCE_MS = 500;
const ERASE_LINE = '\r\u001b[2K';

export function createOutput({ stdout, stderr, color, quiet: silent }: OutputOptions): Output {
  const onStdout = { color: color && stdout.isTTY === true };
  const onStderr = { color: color && stderr.isTTY === true };
  const tell = (page: Page): unknown => !silent && stderr.write(renderPage(page, onStderr));
  return {
    width: stdout.isTTY === true ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY,
    result: (page) => void stdout.write(renderPage(page, onStdout)),
    json: (document) => void stdout.write(`${JSON.stringify(document, undefined, 2)}\n`),
    error: (page) => void stderr.write(renderPage(page, onStderr)),
    note: (line) => void tell([line]),
    warn: (text) => void tell([[toned('warning:', 'warning'), ' ', text]]),
    during: async (doing, work) => {
      if (silent || stderr.isTTY !== true) return work();
      const timer = setTimeout(
        () => void stderr.write(renderPage([quiet(`${doing}…`)], onStderr).trimEnd()),
        PATIENCE_MS,
      );
      try {
        return await work();
      } finally {
        clearTimeout(timer);
        stderr.write(ERASE_LINE);
      }
    },
  };
}
