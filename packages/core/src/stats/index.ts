export { BOT_SOURCE, botAgentPattern } from './bots.ts';
export {
  CI_AGENT,
  DOWNLOAD,
  EVENTS,
  EVENT_FOLDER,
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
export { joinMonth, stringifyStats, toDailyStats, type CountRow, type Counts } from './daily.ts';
export { DEFAULT_DELAY_HOURS, addDays, dayOf, lastFinalDay, monthOf } from './days.ts';
export { parseStats, type ParsedStats } from './records.ts';
export { ROUNDING, roundCount } from './rounding.ts';
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
