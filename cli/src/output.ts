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
  /** `auto`: where it is a terminal. */
  readonly color: 'auto' | 'always' | 'never';
  readonly quiet: boolean;
  readonly verbose: boolean;
}

export interface Output {
  /** Columns of a terminal; unlimited where the output goes to a file or a program. */
  readonly width: number;
  readonly isTerminal: boolean;
  readonly result: (page: Page) => void;
  /** What `result` would write. */
  readonly render: (page: Page) => string;
  readonly json: (document: object) => void;
  readonly error: (page: Page) => void;
  /** Something worth knowing that is no result. Nothing under --quiet. */
  readonly note: (line: Line) => void;
  /** Something that may be wrong. Nothing under --quiet. */
  readonly warn: (text: string) => void;
  /** What is done behind the scenes: only under --verbose. */
  readonly detail: (text: string) => void;
  /**
   * Runs `work` and says what it waits for: on a terminal after half a second, for as long as it takes; elsewhere, where
   * a log may be read, once after some seconds.
   */
  readonly during: <T>(doing: string, work: () => Promise<T>) => Promise<T>;
}

const PATIENCE_MS = 500;
/** In a log nobody wants to read of what took a moment. */
const LOG_PATIENCE_MS = 5000;
const ERASE_LINE = '\r\u001b[2K';

export function createOutput({ stdout, stderr, color, quiet: silent, verbose }: OutputOptions): Output {
  const onStdout = { color: isColored(stdout, color) };
  const onStderr = { color: isColored(stderr, color) };
  const tell = (page: Page): unknown => !silent && stderr.write(renderPage(page, onStderr));
  return {
    width: stdout.isTTY === true ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY,
    isTerminal: stdout.isTTY === true,
    result: (page) => void stdout.write(renderPage(page, onStdout)),
    render: (page) => renderPage(page, onStdout),
    json: (document) => void stdout.write(`${JSON.stringify(document, undefined, 2)}\n`),
    error: (page) => void stderr.write(renderPage(page, onStderr)),
    note: (line) => void tell([line]),
    warn: (text) => void tell([[toned('warning:', 'warning'), ' ', text]]),
    detail: (text) => void (verbose && tell([quiet(text)])),
    during: async (doing, work) => {
      if (silent) return work();
      if (stderr.isTTY !== true) return withTimer(LOG_PATIENCE_MS, () => tell([`${doing}: still waiting…`]), work);
      try {
        return await withTimer(
          PATIENCE_MS,
          () => stderr.write(renderPage([quiet(`${doing}…`)], onStderr).trimEnd()),
          work,
        );
      } finally {
        stderr.write(ERASE_LINE);
      }
    },
  };
}

function isColored({ isTTY }: Stream, color: OutputOptions['color']): boolean {
  return color === 'always' || (color === 'auto' && isTTY === true);
}

async function withTimer<T>(patienceMs: number, say: () => void, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(say, patienceMs);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}
