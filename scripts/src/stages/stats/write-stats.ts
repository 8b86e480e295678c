/**
 * What is written: each file once and as a whole, so that a run that is killed leaves some days for the next one and
 * nothing else behind.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { indexPaths } from '@ar-registry/core/layout';
import { SERIES_DAYS, addDays, joinMonth, monthOf, stringifyStats } from '@ar-registry/core/stats';
import { replaceFile, translateFileError } from '@ar-registry/io/files';
import type { DailyStats, ReleaseCounters } from '@ar-registry/schemas';

/** @param index absolute. @throws DISK_FULL, FILE_ACCESS */
export async function writeDays(index: string, days: readonly DailyStats[]): Promise<void> {
  for (const stats of days) await replaceFile(join(index, indexPaths.dailyStats(stats.day)), stringifyStats(stats));
}

/** @throws DISK_FULL, FILE_ACCESS */
export async function writeCounters(index: string, counters: ReleaseCounters): Promise<void> {
  await replaceFile(join(index, indexPaths.releaseCounters(counters.day)), stringifyStats(counters));
}

/**
 * Joins the days of months that no series reaches any more, so that an index does not grow by a file a day for ever.
 * From the moment that the file of a month is there, those of its days are of no effect, also if the run ends here.
 *
 * @param known days and months
 * @returns the months that were joined
 * @throws DISK_FULL, FILE_ACCESS
 */
export async function joinMonths(index: string, known: readonly DailyStats[]): Promise<readonly string[]> {
  const through = known
    .map(({ day }) => day)
    .toSorted()
    .at(-1);
  if (through === undefined) return [];
  const oldest = addDays(through, -SERIES_DAYS);
  const days = known.filter(({ month }) => month === undefined);
  // Thirty-one is past the end of every month, or it.
  const past = [...Map.groupBy(days, ({ day }) => monthOf(day))].filter(([month]) => `${month}-31` <= oldest);
  const joined: string[] = [];
  for (const [month, own] of past) {
    await replaceFile(join(index, indexPaths.monthlyStats(month)), stringifyStats(joinMonth(own)));
    for (const { day } of own) await remove(join(index, indexPaths.dailyStats(day)));
    joined.push(month);
  }
  return joined.toSorted();
}

async function remove(file: string): Promise<void> {
  try {
    await rm(file, { force: true });
  } catch (error) {
    throw translateFileError(error, file);
  }
}
