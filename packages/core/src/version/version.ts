/**
 * Versions and ranges. A version is strict SemVer 2.0.0 without build metadata; a range is npm's.
 *
 * @source SemVer 2.0.0 §2, §9, §10
 */
import type { Version } from '@ar-registry/schemas';
import semver from 'semver';
import { inPlainRange, isPlainRange } from './plain-range.ts';

/** At most 15 digits a number, as in the schema: larger ones are not exact in a double, and `semver` throws for them. */
const STRICT =
  /^(?:0|[1-9]\d{0,14})\.(?:0|[1-9]\d{0,14})\.(?:0|[1-9]\d{0,14})(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?$/;

/** True for `1.2.3` and `1.2.3-rc.1`; false for `v1.2.3`, `1.2`, `1.2.3+build` and over-long text. */
export function isVersion(text: string): text is Version {
  if (text.length > 64 || !STRICT.test(text)) return false;
  // Only a number within a prerelease may be too large; without one, `semver` need not be loaded.
  return !text.includes('-') || semver.valid(text) === text;
}

/** True for a range that npm accepts, an exact version among them. */
export function isRange(text: string): boolean {
  return isPlainRange(text) || (text.length <= 200 && semver.validRange(text) !== null);
}

/** Precedence: negative, zero or positive. */
export function compareVersions(a: Version, b: Version): number {
  return semver.compare(a, b);
}

/** Highest first. */
export function descending(a: Version, b: Version): number {
  return semver.rcompare(a, b);
}

/** Whether `version` lies in `range`. Prereleases only where the range names one of the same triple, as in npm. */
export function satisfies(version: Version, range: string): boolean {
  return inPlainRange(version, range) ?? semver.satisfies(version, range);
}

/** The same with every prerelease that lies between: for who speaks of what there is, not of what to install. */
export function inRange(version: Version, range: string): boolean {
  return semver.satisfies(version, range, { includePrerelease: true });
}

export function isPrerelease(version: Version): boolean {
  return semver.prerelease(version) !== null;
}

/** The `major.minor.patch` of a version without its prerelease. */
export function releaseOf(version: Version): string {
  return `${semver.major(version)}.${semver.minor(version)}.${semver.patch(version)}`;
}

/** @param version a valid one */
export function majorOf(version: Version): number {
  return semver.major(version);
}
