export {
  compareVersions,
  descending,
  inRange,
  isPrerelease,
  isRange,
  isVersion,
  majorOf,
  releaseOf,
  satisfies,
} from './version.ts';
