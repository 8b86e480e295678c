/** One draft: a record in OSV's format that says which versions have which dependency, and no more than that. */
import type { AdvisoryId, AdvisoryRecord, OsvRecord, Version } from '@ar-registry/schemas';
import { ADVISORY_ECOSYSTEM } from '../advisory/index.ts';
import { isVector, type FoundSeverity } from '../audit/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import { compareVersions, isPrerelease } from '../version/index.ts';
import { affectedRanges } from './affected-ranges.ts';
import type { Found, ScannedPlugin, Vulnerability } from './vulnerabilities.ts';

/** What is found of a plugin, as a record of the index that is marked as a draft. Text of others in it is cleaned. */
export function draftRecord(
  { plugin, vulnerability }: Found,
  { id, modified }: { readonly id: AdvisoryId; readonly modified: string },
): AdvisoryRecord {
  const { ids, records, places, severity } = vulnerability;
  const affected = new Set(places.map(({ version }) => version));
  const state = stateOf(plugin, affected);
  const name = places[0]?.dependency.name ?? '';
  const versions = places.flatMap(({ dependency }) =>
    dependency.name === name ? [line(dependency.version, 256)] : [],
  );
  const vectors = vectorsOf(records);
  const replacement = replacementOf(plugin, state);
  const says = records.map(({ summary = '' }) => line(summary, 250)).find((text) => text !== '');
  return {
    schemaVersion: 1,
    id,
    modified,
    upstream: [...ids],
    summary: line(
      `It depends on ${name}, which is vulnerable (${ids[0]})${says === undefined ? '' : `: ${says}`}`,
      500,
    ),
    details: detailsOf(plugin, vulnerability),
    ...(vectors.length === 0 ? {} : { severity: vectors }),
    affected: [
      {
        package: { ecosystem: ADVISORY_ECOSYSTEM, name: plugin.name },
        ...affectedRanges(
          plugin.versions.map(({ version }) => version),
          state,
        ),
      },
    ],
    references: records.slice(0, 20).map((record) => ({ type: 'ADVISORY', url: `${OSV_PAGES}${record.id}` })),
    database_specific: {
      draft: true,
      ...ratingOf(severity),
      dependency: { name: line(name, 214), versions: [...new Set(versions)].toSorted().slice(0, 100) },
    },
    action: 'warn',
    ...(replacement === undefined ? {} : { replacement }),
  };
}

/** Where OSV’s database shows what it has. */
const OSV_PAGES = 'https://osv.dev/vulnerability/';

/** Whether a version is affected; undefined where nobody knows what it was locked with. */
function stateOf(
  { versions }: ScannedPlugin,
  affected: ReadonlySet<Version>,
): (version: Version) => boolean | undefined {
  const known = new Set(versions.filter(({ packages }) => packages).map(({ version }) => version));
  return (version) => (known.has(version) ? affected.has(version) : undefined);
}

type RatingOf = Pick<NonNullable<AdvisoryRecord['database_specific']>, 'severity'>;
const RATINGS = { low: 'LOW', moderate: 'MODERATE', high: 'HIGH', critical: 'CRITICAL' } as const;

function ratingOf(severity: FoundSeverity): RatingOf {
  return severity === 'unknown' ? {} : { severity: RATINGS[severity] };
}

type Vector = NonNullable<AdvisoryRecord['severity']>[number];
const VECTOR_TYPES = ['CVSS_V2', 'CVSS_V3', 'CVSS_V4'] as const;

/** As the database has them, one of each kind. */
function vectorsOf(records: readonly OsvRecord[]): Vector[] {
  const all = records.flatMap(({ severity = [] }) => severity).filter(({ score }) => isVector(score));
  return VECTOR_TYPES.flatMap((type) => {
    const found = all.find((each) => each.type === type);
    return found ? [{ type, score: found.score }] : [];
  });
}

/** The highest release, where it can be had and is not affected. */
function replacementOf(
  { name, versions }: ScannedPlugin,
  state: (version: Version) => boolean | undefined,
): string | undefined {
  const best = versions
    .filter(({ version, isYanked }) => !isYanked && !isPrerelease(version) && version.length <= 64)
    .map(({ version }) => version)
    .toSorted(compareVersions)
    .at(-1);
  return best !== undefined && state(best) === false ? `${name}@${best}` : undefined;
}

const MAX_PLACES = 100;

/** CommonMark. Text of others is in code spans. */
function detailsOf({ versions }: ScannedPlugin, { ids, places }: Vulnerability): string {
  const of = versions.map(({ version }) => version).toSorted(compareVersions);
  const lines = places.slice(0, MAX_PLACES).map(({ version, dependency, fixed }) => {
    const until = fixed === undefined ? 'no version without it is known' : `fixed in ${code(fixed)}`;
    return `- ${code(version)} has ${code(`${dependency.name} ${dependency.version}`)}; ${until}`;
  });
  const more = places.length - lines.length;
  const text = [
    `Found in the locked npm dependencies of the versions ${code(of[0] ?? '')} to ${code(of.at(-1) ?? '')}, known as ${ids.slice(0, 10).map(code).join(', ')}:`,
    '',
    ...lines,
    ...(more > 0 ? [`- and ${more} more`] : []),
  ].join('\n');
  return truncate(text, 20_000);
}

function code(text: string): string {
  return `\`${line(text, 300).replaceAll('`', '’')}\``;
}

function line(text: string, max: number): string {
  return truncate(toSingleLine(text), max);
}
