/** One log as a row of lines, through all of its parts and, while it is followed, into those that come. */
import { logLineTime, parseLogLine, type LogLine } from '@ar-registry/core/log';
import { createLineReader, type LineReader } from './lines.ts';
import { openParts, type LogPart } from './part.ts';

export interface LogSource {
  /** Whose log it is. */
  readonly name: string;
  /** Absolute path of the part that is written. */
  readonly path: string;
}

export interface TimedLine {
  readonly line: LogLine;
  /** Milliseconds since the epoch: its own, or that of the line before it; undefined before the first that has one. */
  readonly timeMs: number | undefined;
}

/** Where in the opened parts, oldest first, reading begins. */
export interface StartPosition {
  readonly part: number;
  readonly offset: number;
}

export interface Series {
  readonly source: LogSource;
  /** Oldest first, as they were opened. */
  readonly parts: readonly LogPart[];
  /** The next line, again and again until it is taken; undefined while there is none. */
  peek(): Promise<TimedLine | undefined>;
  take(): void;
  /** Only before the first `peek`; from the beginning unless set. */
  startAt(position: StartPosition): Promise<void>;
  close(): Promise<void>;
}

export interface SeriesOptions {
  /** Goes on with what is written after the opening. */
  readonly follow: boolean;
  /** Parts went by unread: they were written and removed between two looks. */
  readonly onLost: (source: LogSource) => void;
}

/** @throws FILE_ACCESS */
export async function openSeries(source: LogSource, options: SeriesOptions): Promise<Series> {
  const parts = (await openParts(source.path)).parts.toReversed();
  const texts = createTexts(parts, source, options);
  let next: TimedLine | undefined;
  let timeMs: number | undefined;
  return {
    source,
    parts,
    async peek() {
      if (next) return next;
      const text = await texts.read();
      if (text === undefined) return undefined;
      const line = parseLogLine(text);
      timeMs = logLineTime(line) ?? timeMs;
      next = { line, timeMs };
      return next;
    },
    take() {
      next = undefined;
    },
    startAt: texts.startAt,
    close: texts.close,
  };
}

interface Texts extends Pick<Series, 'startAt' | 'close'> {
  /** The next line; undefined while there is none. */
  read(): Promise<string | undefined>;
}

function createTexts(parts: readonly LogPart[], source: LogSource, { follow, onLost }: SeriesOptions): Texts {
  /** What is not read to its end; while following, the last one stays. */
  const queue = [...parts];
  let reader: LineReader | undefined;
  let startOffset = 0;

  const readerOf = ({ handle, sizeBytes }: LogPart): LineReader =>
    (reader ??= createLineReader(handle, startOffset, follow ? undefined : sizeBytes));
  const beginAnew = (): void => {
    reader = undefined;
    startOffset = 0;
  };
  /** What is left of a part that nobody writes any more. */
  const finish = async (part: LogPart): Promise<string | undefined> => {
    const rest = readerOf(part).rest();
    beginAnew();
    queue.shift();
    await part.handle.close();
    return rest;
  };
  /** Whether the newest part has more than was read of it, or is not the newest any more. */
  const hasGrown = async (part: LogPart | undefined): Promise<boolean> => {
    if (!part || !(await isCut(part, readerOf(part)))) return pushNewer(queue, source, onLost);
    beginAnew();
    return true;
  };

  return {
    async read() {
      for (;;) {
        const [part] = queue;
        const text = part && (await readerOf(part).next());
        if (text !== undefined) return text;
        const isLast = queue.length <= 1;
        if (part && !(isLast && follow)) {
          const rest = await finish(part);
          if (rest !== undefined) return rest;
          continue;
        }
        // Where a newer part is found, this one is read once more: its last lines may have come after its end was met.
        if (!follow || !(await hasGrown(part))) return undefined;
      }
    },
    async startAt({ part, offset }) {
      startOffset = offset;
      for (const { handle } of queue.splice(0, part)) await handle.close();
    },
    async close() {
      for (const { handle } of queue.splice(0)) await handle.close();
    },
  };
}

/** @returns whether there are any */
async function pushNewer(queue: LogPart[], source: LogSource, onLost: SeriesOptions['onLost']): Promise<boolean> {
  const known = queue.at(-1);
  const { parts, reached } = await openParts(source.path, known);
  if (known && !reached && parts.length > 1) onLost(source);
  queue.push(...parts.toReversed());
  return parts.length > 0;
}

/** Whether a file became shorter than what was read of it: then it begins anew. */
async function isCut({ handle }: LogPart, { offset }: LineReader): Promise<boolean> {
  return (await handle.stat()).size < offset;
}
