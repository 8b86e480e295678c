/**
 * Whether a record of the OSV database speaks of one version of an npm package.
 *
 * npm's versions are SemVer, so its ranges of type ECOSYSTEM are ordered as those of type SEMVER are. Ranges of type GIT
 * speak of commits and match no version. Records are data of others: events may come in any order, and a version that
 * is none is passed over.
 *
 * @source OSV schema 1.7, "Evaluation" (https://ossf.github.io/osv-schema/#evaluation)
 */
import type { OsvRecord } from '@ar-registry/schemas';
import semver from 'semver';

export interface NpmPackage {
  /** `npm` unless given. */
  readonly ecosystem?: string;
  readonly name: string;
  /** As a lock has it; build metadata does not count. */
  readonly version: string;
}

export interface AdvisoryMatch {
  /** The lowest version above it that is fixed and not affected; undefined where the record names none. */
  readonly fixed: string | undefined;
}

type Affected = NonNullable<OsvRecord['affected']>[number];
type Range = NonNullable<Affected['ranges']>[number];
type EventKind = 'introduced' | 'fixed' | 'last_affected' | 'limit';

/** A version in the order of npm; `0` is before and `*` after all others. */
type Position = semver.SemVer | '0' | '*';

interface RangeEvent {
  readonly kind: EventKind;
  readonly at: Position;
}

/** How `record` speaks of `version`; undefined if it does not. Withdrawn records speak of nothing. Never throws. */
export function matchAdvisory(
  record: OsvRecord,
  { ecosystem = 'npm', name, version }: NpmPackage,
): AdvisoryMatch | undefined {
  if (record.withdrawn !== undefined) return undefined;
  const entries = (record.affected ?? []).filter((entry) => isOf(entry, ecosystem, name)).map(toEntry);
  const parsed = parse(version);
  if (!parsed || !isVulnerable(parsed, entries)) return undefined;
  return { fixed: fixedAfter(parsed, entries) };
}

interface Entry {
  readonly versions: ReadonlySet<string>;
  readonly ranges: readonly (readonly RangeEvent[])[];
}

function isOf({ package: of }: Affected, ecosystem: string, name: string): boolean {
  // An ecosystem may have a variant after a colon.
  return of.name === name && of.ecosystem.split(':', 1)[0] === ecosystem;
}

function toEntry({ versions = [], ranges = [] }: Affected): Entry {
  return {
    versions: new Set(versions),
    ranges: ranges.filter(({ type }) => type === 'SEMVER' || type === 'ECOSYSTEM').map(toEvents),
  };
}

/** IsVulnerable */
function isVulnerable(version: semver.SemVer, entries: readonly Entry[]): boolean {
  return entries.some(
    ({ versions, ranges }) => versions.has(version.version) || ranges.some((events) => isIncluded(version, events)),
  );
}

/** IncludedInRanges, for one of them */
function isIncluded(version: semver.SemVer, events: readonly RangeEvent[]): boolean {
  if (!isBeforeLimits(version, events)) return false;
  let vulnerable = false;
  for (const { kind, at } of events) {
    const order = compare(version, at);
    if (kind === 'introduced' && order >= 0) vulnerable = true;
    if (kind === 'fixed' && order >= 0) vulnerable = false;
    if (kind === 'last_affected' && order > 0) vulnerable = false;
  }
  return vulnerable;
}

/** BeforeLimits */
function isBeforeLimits(version: semver.SemVer, events: readonly RangeEvent[]): boolean {
  const limits = events.filter(({ kind }) => kind === 'limit');
  return limits.length === 0 || limits.some(({ at }) => compare(version, at) < 0);
}

function fixedAfter(version: semver.SemVer, entries: readonly Entry[]): string | undefined {
  return entries
    .flatMap(({ ranges }) => ranges.flat())
    .flatMap(({ kind, at }) => (kind === 'fixed' && typeof at === 'object' && compare(version, at) < 0 ? [at] : []))
    .toSorted(compare)
    .find((fixed) => !isVulnerable(fixed, entries))?.version;
}

/**
 * What happens at the same version: a fix ends what was, and what is introduced begins after it; the last affected
 * version is still affected. So `introduced` and `last_affected` of one version mean exactly that one.
 */
const AT_ONCE: readonly EventKind[] = ['fixed', 'introduced', 'last_affected', 'limit'];

function toEvents({ events }: Range): readonly RangeEvent[] {
  return events
    .flatMap((event) =>
      AT_ONCE.flatMap((kind) => {
        const at = positionOf(kind, event[kind]);
        return at === undefined ? [] : [{ kind, at }];
      }),
    )
    .toSorted((a, b) => compare(a.at, b.at) || AT_ONCE.indexOf(a.kind) - AT_ONCE.indexOf(b.kind));
}

function positionOf(kind: EventKind, text: string | undefined): Position | undefined {
  if (text === undefined) return undefined;
  if (kind === 'introduced' && text === '0') return '0';
  if (kind === 'limit' && text === '*') return '*';
  return parse(text);
}

/** Loosely, as npm reads the versions of old packages. */
function parse(text: string): semver.SemVer | undefined {
  return semver.parse(text, { loose: true }) ?? undefined;
}

function compare(a: Position, b: Position): number {
  if (a === b) return 0;
  if (a === '0' || b === '*') return -1;
  if (b === '0' || a === '*') return 1;
  return a.compare(b);
}
