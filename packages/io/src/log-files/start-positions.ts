/** Where to begin in several logs so that the last lines of all together come out: found from the ends backwards. */
import { isAtLeast, logLineTime, parseLogLine, type LogLevel } from '@ar-registry/core/log';
import { readBackwards } from './lines.ts';
import type { Series, StartPosition } from './series.ts';

export interface LastLines {
  /** How many at most; all unless given. */
  readonly lines?: number | undefined;
  /** None that is older. Milliseconds since the epoch. */
  readonly sinceMs?: number | undefined;
  /** Others do not count. */
  readonly level?: LogLevel | undefined;
}

/**
 * Puts each log to where it begins. A line without a time stands where the lines around it stand; after a moment is
 * what follows a line that is.
 *
 * @throws what `signal` was aborted with
 */
export async function startAtLast(series: readonly Series[], wanted: LastLines, signal: AbortSignal): Promise<void> {
  if (wanted.lines === undefined && wanted.sinceMs === undefined) return;
  const cursors = series.map((one) => createCursor(one, wanted.sinceMs));
  let left = wanted.lines ?? Number.POSITIVE_INFINITY;
  while (left > 0) {
    signal.throwIfAborted();
    const newest = await newestOf(cursors);
    if (!newest) break;
    left -= newest.line.count(wanted.level);
    newest.cursor.take();
  }
  for (const { series: one, start } of cursors) await one.startAt(start);
}

interface Cursor {
  readonly series: Series;
  /** Where the lines that were taken begin. */
  readonly start: StartPosition;
  /** The next older line, again and again until it is taken; undefined if there is none that is wanted. */
  readonly peek: () => Promise<OlderLine | undefined>;
  readonly take: () => void;
}

interface OlderLine {
  readonly position: StartPosition;
  /** Of the line itself, or of the next newer one that has a time. */
  readonly timeMs: number;
  /** How many lines begin here, of a level or all. */
  readonly count: (level: LogLevel | undefined) => number;
}

function createCursor(series: Series, sinceMs = Number.NEGATIVE_INFINITY): Cursor {
  const older = olderLines(series, sinceMs);
  const last = series.parts.length - 1;
  let start: StartPosition = { part: Math.max(0, last), offset: series.parts[last]?.sizeBytes ?? 0 };
  let line: OlderLine | undefined;
  return {
    series,
    get start() {
      return start;
    },
    peek: async () => (line ??= (await older.next()).value ?? undefined),
    take() {
      start = line?.position ?? start;
      line = undefined;
    },
  };
}

async function* olderLines({ parts }: Series, sinceMs: number): AsyncGenerator<OlderLine, void> {
  let timeMs = Number.POSITIVE_INFINITY;
  /** Lines without a time, of which is not known yet whether they are old. */
  let undated = 0;
  for (const [index, { handle, sizeBytes }] of [...parts.entries()].toReversed())
    for await (const { offset, text } of readBackwards(handle, sizeBytes)) {
      const line = parseLogLine(text);
      const ownMs = logLineTime(line);
      if (ownMs === undefined && sinceMs > Number.NEGATIVE_INFINITY) {
        undated += 1;
        continue;
      }
      timeMs = ownMs ?? timeMs;
      if (timeMs < sinceMs) return;
      const following = undated;
      undated = 0;
      const count = (level?: LogLevel): number => following + Number(level === undefined || isAtLeast(line, level));
      yield { position: { part: index, offset }, timeMs, count };
    }
}

async function newestOf(
  cursors: readonly Cursor[],
): Promise<{ readonly cursor: Cursor; readonly line: OlderLine } | undefined> {
  let newest: { readonly cursor: Cursor; readonly line: OlderLine } | undefined;
  for (const cursor of cursors) {
    const line = await cursor.peek();
    if (line && (!newest || line.timeMs > newest.line.timeMs)) newest = { cursor, line };
  }
  return newest;
}
