export { compareVersions, descending, isPrerelease, isRange, isVersion, releaseOf, satisfies } from './version.ts';
