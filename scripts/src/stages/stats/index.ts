export { collectStats, type CollectInput } from './run.ts';
export { LOG_FORMATS, type LogFormat } from './formats.ts';
export type { ReleasesOf } from './read-counters.ts';
export { saveStats } from './save.ts';
