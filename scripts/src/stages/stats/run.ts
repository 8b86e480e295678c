/**
 * Counting: from access logs and release counters to the statistics of an index.
 *
 * A day is counted once, when it is final, from all the logs that are given then, and never again. So the same log read
 * twice, or two logs that share lines, cannot count twice; a line that comes later than that is told, and lost.
 */
import { randomInt } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { dayOf, lastFinalDay, parseStats, toDailyStats, type ParsedStats } from '@ar-registry/core/stats';
import { removeFolder, translateFileError } from '@ar-registry/io/files';
import { readIndex, type IndexReading } from '@ar-registry/io/index-store';
import type { StatsOutput } from '@ar-registry/schemas';
import { assembleReading } from '../validate/index.ts';
import { countLogs, type CountInput, type Counted } from './count-logs.ts';
import { findLogs } from './find-logs.ts';
import type { LogFormat } from './formats.ts';
import { readCounters, type ReleasesOf } from './read-counters.ts';
import { joinMonths, writeCounters, writeDays } from './write-stats.ts';

export interface CollectInput extends Pick<CountInput, 'basePath' | 'memoryMiB' | 'threads'> {
  /** The folder of the index, or one above it; absolute. */
  readonly index: string;
  /** Files and folders; absolute. */
  readonly logs: readonly string[];
  /** Found out for each file unless given. */
  readonly format?: LogFormat | undefined;
  /** Files with GitHub’s answers about releases; absolute. */
  readonly releases: readonly string[];
  /** How long a day must be over before it is counted. */
  readonly delayHours: number;
}

export interface CollectPorts {
  readonly nowMs: number;
  /** Where folders of a run are made; absolute. */
  readonly temporary: string;
  readonly signal: AbortSignal;
  /** Asks GitHub for the counters of a repository, `owner/name`; absent where it shall not be asked. */
  readonly releasesOf?: ReleasesOf | undefined;
}

/**
 * @throws INDEX_UNREADABLE, FILE_NOT_FOUND, FILE_INVALID for statistics or counters that are none, LOG_FORMAT_UNKNOWN,
 *   LOG_UNREADABLE, COUNTING_FAILED, FILE_ACCESS, DISK_FULL, ABORTED, GITHUB_…; nothing is written then
 */
export async function collectStats(
  input: CollectInput,
  ports: CollectPorts,
): Promise<Omit<StatsOutput, 'schemaVersion'>> {
  const reading = await readIndex({ folder: input.index }, { signal: ports.signal });
  const index = join(input.index, reading.prefix);
  const snapshot = assembleReading(reading);
  const before = readBefore(reading, index);
  const finalThrough = lastFinalDay(ports.nowMs, input.delayHours);
  const logs = await findLogs(input.logs, { format: input.format, signal: ports.signal });
  const counters = await readCounters(input.releases, {
    plugins: snapshot.plugins,
    before: before.counters,
    day: dayOf(ports.nowMs),
    releasesOf: ports.releasesOf,
  });
  const { rows, terms, lines } = await count(
    logs,
    { ...input, plugins: snapshot.plugins, done: doneDays(before), finalThrough },
    ports,
  );
  const days = toDailyStats(rows, () => randomInt(2 ** 32) / 2 ** 32, terms);
  await writeDays(index, days);
  if (counters) await writeCounters(index, counters);
  const months = await joinMonths(index, [...before.days, ...days]);
  const changed = Object.values(counters?.counters ?? {}).flatMap((versions) => Object.keys(versions));
  return {
    files: logs.length,
    lines,
    days: days.map(({ day }) => day),
    months: [...months],
    finalThrough,
    counters: changed.length,
  };
}

/** What was counted so far. A broken file is mended first: without it, its day would be counted again. */
function readBefore({ files }: IndexReading, index: string): ParsedStats {
  const before = parseStats(files);
  const [broken] = before.broken;
  if (broken !== undefined)
    throw new ArError('FILE_INVALID', { file: join(index, broken), problem: 'it is no statistics' });
  return before;
}

/** Every day of a joined month is done, whether it was counted or not. */
function doneDays({ days }: ParsedStats): readonly string[] {
  return days.flatMap(({ day, month }) =>
    month === undefined
      ? [day]
      : Array.from({ length: Number(day.slice(8)) }, (_, at) => `${month}-${String(at + 1).padStart(2, '0')}`),
  );
}

async function count(
  logs: Parameters<typeof countLogs>[0],
  input: CountInput,
  { temporary, signal }: CollectPorts,
): Promise<Counted> {
  const folder = await mkdtemp(join(temporary, 'ar-stats-')).catch((error: unknown) => {
    throw translateFileError(error, temporary);
  });
  try {
    return await countLogs(logs, input, { folder, signal });
  } finally {
    await removeFolder(folder);
  }
}
