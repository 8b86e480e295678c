/** The statistics of an index, from its files. */
import type { DailyStats, ReleaseCounters } from '@ar-registry/schemas';
import { validator as isDailyStats } from '@ar-registry/schemas/validators/daily-stats';
import { validator as isReleaseCounters } from '@ar-registry/schemas/validators/release-counters';
import { parseStatsPath } from '../layout/index.ts';
import { monthOf } from './days.ts';
import type { StatsRecords } from './totals.ts';

export interface ParsedStats extends StatsRecords {
  /** Paths of files that are none; they are left out. */
  readonly broken: readonly string[];
}

/** @param files path relative to the index → text; other files than those of statistics are passed over */
export function parseStats(files: Iterable<readonly [string, string]>): ParsedStats {
  const days: DailyStats[] = [];
  const counters: ReleaseCounters[] = [];
  const broken: string[] = [];
  for (const [path, text] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const place = parseStatsPath(path);
    if (!place) continue;
    const value = parseJson(text);
    const parsed = place.kind === 'github' ? isReleaseCounters(value) : isDailyStats(value);
    if (!parsed.ok || !isInPlace(parsed.value, place)) broken.push(path);
    else if ('counters' in parsed.value) counters.push(parsed.value);
    else days.push(parsed.value);
  }
  // A month stands for its days: the run that joined them may have ended before it deleted them.
  const months = new Set(days.flatMap(({ month }) => (month === undefined ? [] : [month])));
  return { days: days.filter(({ day, month }) => month !== undefined || !months.has(monthOf(day))), counters, broken };
}

function isInPlace(
  document: DailyStats | ReleaseCounters,
  { kind, date }: { readonly kind: 'daily' | 'monthly' | 'github'; readonly date: string },
): boolean {
  const month = 'month' in document ? document.month : undefined;
  return kind === 'monthly'
    ? month === date && monthOf(document.day) === date
    : month === undefined && document.day === date;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // refused by the validator
  }
}
