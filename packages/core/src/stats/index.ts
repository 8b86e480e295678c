export { BOT_SOURCE, botAgentPattern } from './bots.ts';
export {
  CI_AGENT,
  DOWNLOAD,
  EVENTS,
  EVENT_FOLDER,
  LEAST_SEARCHERS,
  MOST_TERMS,
  archiveAddresses,
  type CountedKind,
  type CountingWindow,
} from './counted.ts';
export {
  changedCounters,
  joinCounters,
  matchCounters,
  readReleases,
  releaseRepositories,
  type AssetCounter,
  type Counters,
} from './counters.ts';
export { isDayTable, toCsv, type CsvCell } from './csv.ts';
export { joinMonth, stringifyStats, toDailyStats, type CountRow, type Counts } from './daily.ts';
export { DEFAULT_DELAY_HOURS, addDays, ageOf, dayOf, lastFinalDay, monthOf } from './days.ts';
export { parseStats, type ParsedStats } from './records.ts';
export { distributionOf, type Distribution } from './distribution.ts';
export { ROUNDING, roundCount, roundToMultiple } from './rounding.ts';
export { mostTerms, sumTerms, type TermCounts, type TermRow } from './terms.ts';
export {
  ACTIVE_DAYS,
  LEAST_STARTS,
  USAGE_DAYS,
  isUsed,
  usageDays,
  usageOf,
  type Usage,
  type UsageDays,
} from './usage.ts';
export {
  SERIES_DAYS,
  addToSpans,
  noSpans,
  sumStats,
  type PluginTotals,
  type Spans,
  type StatsRecords,
  type Totals,
} from './totals.ts';
