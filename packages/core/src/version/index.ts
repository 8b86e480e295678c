export {
  compareVersions,
  descending,
  inRange,
  isPrerelease,
  isRange,
  isVersion,
  releaseOf,
  satisfies,
} from './version.ts';
