export { LOAD_BUCKETS, loadBucket, type LoadBucket } from './buckets.ts';
export { ciVariable, type TelemetryEnv } from './ci.ts';
export { collectorOf } from './collector.ts';
export { telemetryObstacles, type TelemetryObstacle } from './consent.ts';
export {
  EVENT_NAMES,
  PLUGIN_EVENTS,
  SEARCH_EVENTS,
  eventAddress,
  type EventName,
  type LoadEvent,
  type PluginEvent,
  type SearchEvent,
  type TelemetryEvent,
} from './events.ts';
export { MAX_TERMS_LENGTH, MAX_TERM_WORDS, normalizeTerms } from './terms.ts';
