import { isAtLeast, type LogLine } from '@ar-registry/core/log';
import { watchFolder } from './changes.ts';
import { openSeries, type LogSource, type Series, type SeriesOptions } from './series.ts';
import { startAtLast, type LastLines } from './start-positions.ts';

export interface ReadLogsOptions extends LastLines {
  /** Folder of the logs. */
  readonly dir: string;
  /** Which there are; asked again while following. */
  readonly sources: () => Promise<readonly LogSource[]>;
  /** Waits for more, until the signal is aborted. */
  readonly follow: boolean;
  readonly onLost: SeriesOptions['onLost'];
  readonly signal: AbortSignal;
}

export interface LogRecord {
  /** Name of the source. */
  readonly source: string;
  readonly line: LogLine;
}

/**
 * The lines of logs, joined by their times; each once, however often the files are rotated, cut off or made anew.
 *
 * Needs memory for some lines, not for the logs. Ends when the signal is aborted.
 *
 * @throws FILE_ACCESS
 */
export async function* readLogs(options: ReadLogsOptions): AsyncGenerator<LogRecord, void> {
  const { dir, follow, signal } = options;
  using changes = follow ? watchFolder(dir, signal) : undefined;
  const series: Series[] = [];
  try {
    await openNew(series, options);
    await startAtLast(series, options, signal);
    for (;;) {
      yield* drain(series, options);
      if (!changes || signal.aborted) return;
      await changes.next();
      await openNew(series, options);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await Promise.all(series.map((one) => one.close()));
  }
}

async function openNew(series: Series[], options: ReadLogsOptions): Promise<void> {
  for (const source of await options.sources())
    if (!series.some((one) => one.source.path === source.path)) series.push(await openSeries(source, options));
}

/** What there is now, the oldest first. */
async function* drain(series: readonly Series[], { level, signal }: ReadLogsOptions): AsyncGenerator<LogRecord, void> {
  /** Those that may have more. */
  const active = new Set(series);
  for (let count = 1; !signal.aborted; count += 1) {
    const oldest = await oldestOf(active);
    if (!oldest) return;
    oldest.series.take();
    if (level === undefined || isAtLeast(oldest.line, level))
      yield { source: oldest.series.source.name, line: oldest.line };
    // One that is written without end must not hide the others.
    if (count % FAIR_SHARE === 0) for (const one of series) active.add(one);
  }
}

const FAIR_SHARE = 1000;

async function oldestOf(active: Set<Series>): Promise<{ readonly series: Series; readonly line: LogLine } | undefined> {
  let oldest: { readonly series: Series; readonly line: LogLine; readonly timeMs: number } | undefined;
  for (const series of active) {
    const next = await series.peek();
    if (!next) {
      active.delete(series);
      continue;
    }
    // Without any time before it, a line waits for nothing.
    const timeMs = next.timeMs ?? Number.NEGATIVE_INFINITY;
    if (!oldest || timeMs < oldest.timeMs) oldest = { series, line: next.line, timeMs };
  }
  return oldest;
}
