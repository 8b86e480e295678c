/** What is known against the npm packages that the versions of one plugin were locked with. */
import type { OsvRecord, PluginName, Version } from '@ar-registry/schemas';
import { severityOf, SEVERITIES, type FoundSeverity } from '../audit/index.ts';
import { matchAdvisory, type NpmPackage } from '../osv/index.ts';

/** A plugin whose versions were looked at. */
export interface ScannedPlugin {
  readonly name: PluginName;
  /** All that were published. */
  readonly versions: readonly ScannedVersion[];
}

export interface ScannedVersion {
  readonly version: Version;
  /** Nobody gets it newly any more. */
  readonly isYanked: boolean;
  /** The npm packages of its lock; undefined where nobody knows them. */
  readonly packages: readonly NpmPackage[] | undefined;
}

/** One vulnerability, under all of its names, and where the plugin has it. */
export interface Vulnerability {
  /** Of the records that speak of it, then their aliases; each once. */
  readonly ids: readonly string[];
  readonly records: readonly OsvRecord[];
  readonly severity: FoundSeverity;
  /** At least one, by version as they were given, then by the name of the package. */
  readonly places: readonly VulnerablePlace[];
}

export interface VulnerablePlace {
  readonly version: Version;
  readonly dependency: NpmPackage;
  /** The version of the npm package that has it no more. */
  readonly fixed: string | undefined;
}

/** A plugin, and one thing known against it. */
export interface Found {
  readonly plugin: ScannedPlugin;
  readonly vulnerability: Vulnerability;
}

/** What OSV allows in an id, and nothing that a page or a branch could take for something else. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/;
const MAX_IDS = 100;

/**
 * The vulnerabilities of one plugin, by their first id. Databases name one vulnerability several times (a GHSA, its CVE):
 * records that share an id or an alias are one.
 *
 * @param records name of an npm package → what the database has of it; data of others
 */
export function findVulnerabilities(
  { versions }: ScannedPlugin,
  records: ReadonlyMap<string, readonly OsvRecord[]>,
): readonly Vulnerability[] {
  const found = new Map<OsvRecord, VulnerablePlace[]>();
  for (const { version, packages = [] } of versions)
    for (const dependency of packages.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
      for (const record of records.get(dependency.name) ?? []) {
        const match = matchAdvisory(record, dependency);
        if (match) add(found, record, { version, dependency, fixed: match.fixed });
      }
  const named = [...found.keys()].filter(({ id }) => ID.test(id)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return joined(named).map((same) => ({
    ids: idsOf(same),
    records: same,
    severity: gravest(same.map(severityOf)),
    places: same.flatMap((record) => found.get(record) ?? []),
  }));
}

function add(found: Map<OsvRecord, VulnerablePlace[]>, record: OsvRecord, place: VulnerablePlace): void {
  const places = found.get(record);
  if (places) places.push(place);
  else found.set(record, [place]);
}

/** Records that are about the same, together. */
function joined(records: readonly OsvRecord[]): readonly (readonly OsvRecord[])[] {
  const groups: { ids: Set<string>; records: OsvRecord[] }[] = [];
  for (const record of records) {
    const ids = new Set(namesOf(record));
    const same = groups.filter((group) => [...ids].some((id) => group.ids.has(id)));
    const [first, ...others] = same;
    if (!first) {
      groups.push({ ids, records: [record] });
      continue;
    }
    for (const other of others) groups.splice(groups.indexOf(other), 1);
    for (const name of [...others.flatMap((other) => [...other.ids]), ...ids]) first.ids.add(name);
    first.records.push(...others.flatMap((other) => other.records), record);
  }
  return groups.map((group) => group.records);
}

function namesOf({ id, aliases = [] }: OsvRecord): readonly string[] {
  return [id, ...aliases.filter((alias) => ID.test(alias))];
}

function idsOf(records: readonly OsvRecord[]): readonly string[] {
  const own = records.map(({ id }) => id);
  const others = records.flatMap(namesOf).toSorted();
  return [...new Set([...own, ...others])].slice(0, MAX_IDS);
}

/** One that nobody rated counts as the gravest. */
function gravest(all: readonly FoundSeverity[]): FoundSeverity {
  if (all.includes('unknown')) return 'unknown';
  return SEVERITIES.findLast((severity) => all.includes(severity)) ?? 'unknown';
}
