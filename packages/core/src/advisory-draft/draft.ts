/**
 * Drafts of advisories about plugins whose npm dependencies have become vulnerable since they were published.
 *
 * A submission with a known vulnerability is refused, so what is found here was found later. A draft says no more than
 * that a version has the dependency: whether the plugin uses what is vulnerable, a person decides. So it has the action
 * `warn` and is marked as a draft, which no index takes in. Equal input gives equal drafts, and with them in the index
 * there are none.
 */
import type { AdvisoryRecord, DismissedRecord, OsvRecord, Version } from '@ar-registry/schemas';
import { ADVISORY_ECOSYSTEM } from '../advisory/index.ts';
import { isAtLeast } from '../audit/index.ts';
import { matchAdvisory } from '../osv/index.ts';
import { draftRecord } from './draft-record.ts';
import { findVulnerabilities, type Found, type ScannedPlugin } from './vulnerabilities.ts';

export interface DraftInput {
  readonly plugins: readonly ScannedPlugin[];
  /** Of the index, withdrawn ones too, and those that wait for a reviewer. */
  readonly advisories: readonly AdvisoryRecord[];
  readonly dismissed: DismissedRecord['dismissed'];
  /** Name of an npm package → what the database has of it; data of others. */
  readonly records: ReadonlyMap<string, readonly OsvRecord[]>;
  /** Of when the database is, ISO 8601. */
  readonly takenAt: string;
  /** The most drafts. */
  readonly limit: number;
}

export interface Drafted {
  /** One for each plugin and vulnerability, the gravest first, with numbers that follow the highest of the year. */
  readonly drafts: readonly AdvisoryRecord[];
  /** How many more there would be. */
  readonly left: number;
}

/** What is known against locked dependencies of versions that can be had, and no advisory speaks of. Never throws. */
export function draftAdvisories(input: DraftInput): Drafted {
  const found = input.plugins
    .flatMap((plugin) => findVulnerabilities(plugin, input.records).map((vulnerability) => ({ plugin, vulnerability })))
    .filter((each) => isNew(each, input))
    .toSorted(inOrder);
  const year = input.takenAt.slice(0, 4);
  const first = nextNumber(input.advisories, year);
  const drafts = found.slice(0, input.limit).map((each, index) => {
    const id = `AR-${year}-${String(first + index).padStart(4, '0')}`;
    return draftRecord(each, { id, modified: input.takenAt });
  });
  return { drafts, left: found.length - drafts.length };
}

/** Whether a version that can be had has it, of which neither an advisory nor a reviewer has spoken. */
function isNew({ plugin, vulnerability }: Found, { advisories, dismissed }: DraftInput): boolean {
  const { name } = plugin;
  const ids = new Set(vulnerability.ids.map((id) => id.toUpperCase()));
  const isNamed = (id: string): boolean => ids.has(id.toUpperCase());
  if (dismissed.some((each) => each.plugin === name && isNamed(each.vulnerability))) return false;
  const own = advisories.filter(({ affected }) => affected.some((each) => each.package.name === name));
  const isSaid = (version: Version): boolean =>
    own.some((advisory) => {
      const { aliases = [], upstream = [], action, withdrawn } = advisory;
      const isSame = [...aliases, ...upstream].some(isNamed);
      // What was taken back was looked at. What is blocked needs no warning.
      if (isSame && withdrawn !== undefined) return true;
      return (isSame || action !== 'warn') && speaksOf(advisory, version);
    });
  const offered = new Set(plugin.versions.filter(({ isYanked }) => !isYanked).map(({ version }) => version));
  return vulnerability.places.some(({ version }) => offered.has(version) && !isSaid(version));
}

function speaksOf({ id, modified, withdrawn, affected }: AdvisoryRecord, version: Version): boolean {
  const [only] = affected;
  if (!only || withdrawn !== undefined) return false;
  const { name } = only.package;
  return matchAdvisory({ id, modified, affected }, { ecosystem: ADVISORY_ECOSYSTEM, name, version }) !== undefined;
}

function inOrder(a: Found, b: Found): number {
  return gravity(b) - gravity(a) || (keyOf(a) < keyOf(b) ? -1 : 1);
}

function gravity({ vulnerability: { severity } }: Found): number {
  return (['low', 'moderate', 'high', 'critical'] as const).filter((level) => isAtLeast(severity, level)).length;
}

function keyOf({ plugin, vulnerability }: Found): string {
  return `${plugin.name}\0${vulnerability.ids[0] ?? ''}`;
}

/** After the highest, also where some below it are free: a number is never used twice. */
function nextNumber(advisories: readonly AdvisoryRecord[], year: string): number {
  const numbers = advisories.flatMap(({ id }) => {
    const [, of, number] = /^AR-(\d{4})-(\d+)$/.exec(id) ?? [];
    return of === year ? [Number(number)] : [];
  });
  return Math.max(0, ...numbers) + 1;
}
