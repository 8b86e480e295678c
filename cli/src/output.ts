/** Where a command's results, notes and progress go. Results to stdout; everything else to stderr. */
import { printableJson } from '@ar-registry/core/text';
import { type Line, type Page, quiet, renderPage, toned } from './present/text.ts';

/** One standard stream, as far as it matters here. */
export interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly write: (text: string) => unknown;
  /** Settles when whoever reads has taken what was written; undefined where there is room for more. */
  readonly drained?: () => Promise<unknown> | undefined;
}

export interface OutputOptions {
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** `auto`: where it is a terminal. */
  readonly color: 'auto' | 'always' | 'never';
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** A terminal that knows no escape sequences: what it shows stays. @source terminfo(5), TERM=dumb */
  readonly isDumb?: boolean;
}

export interface Output {
  /** Columns of a terminal; unlimited where the output goes to a file or a program. */
  readonly width: number;
  readonly isTerminal: boolean;
  readonly result: (page: Page) => void;
  /** What `result` would write. */
  readonly render: (page: Page) => string;
  readonly json: (document: object) => void;
  /** One document of many, each on one line. */
  readonly jsonLine: (document: object) => void;
  /**
   * Settles when there is room for more results, undefined where there is: who writes without end must not fill the
   * memory.
   */
  readonly drained: () => Promise<unknown> | undefined;
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

export function createOutput(options: OutputOptions): Output {
  const { stdout, stderr, color, quiet: silent, verbose, isDumb = false } = options;
  const onStdout = { color: isColored(stdout, color) };
  const onStderr = { color: isColored(stderr, color) };
  let isWaiting = false;
  /** In place of what was said to be waited for. */
  const write = (text: string): void => {
    const all = `${isWaiting ? ERASE_LINE : ''}${text}`;
    isWaiting = false;
    if (all !== '') stderr.write(all);
  };
  const tell = (page: Page): void => {
    if (!silent) write(renderPage(page, onStderr));
  };
  return {
    width: stdout.isTTY === true ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY,
    isTerminal: stdout.isTTY === true,
    result: (page) => void stdout.write(renderPage(page, onStdout)),
    render: (page) => renderPage(page, onStdout),
    json: (document) => void stdout.write(`${printableJson(document, 2)}\n`),
    jsonLine: (document) => void stdout.write(`${printableJson(document)}\n`),
    drained: () => stdout.drained?.(),
    error: (page) => write(renderPage(page, onStderr)),
    note: (line) => tell([line]),
    warn: (text) => tell([[toned('warning:', 'warning'), ' ', text]]),
    detail: (text) => {
      if (verbose) tell([quiet(text)]);
    },
    during: async (doing, work) => {
      if (silent) return work();
      if (stderr.isTTY !== true || isDumb)
        return withTimer(LOG_PATIENCE_MS, () => tell([`${doing}: still waiting…`]), work);
      const show = (): void => {
        write(renderPage([quiet(`${doing}…`)], onStderr).trimEnd());
        isWaiting = true;
      };
      try {
        return await withTimer(PATIENCE_MS, show, work);
      } finally {
        write('');
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
