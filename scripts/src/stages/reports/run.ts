/**
 * Reports of all versions, made anew where something they rest on has changed: the archive, the rules, or the day of the
 * vulnerability database. What is known of a version grows after it is accepted; its report grows with it.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildReport, resultOf } from '@ar-registry/checks';
import { isArError } from '@ar-registry/core/errors';
import type { AdvisorySource } from '@ar-registry/core/osv';
import type { Clock } from '@ar-registry/io/clock';
import { replaceFile } from '@ar-registry/io/files';
import { readIndex, type IndexSource } from '@ar-registry/io/index-store';
import { inParallel } from '@ar-registry/io/install';
import type { PluginName, Report, Version, VersionRecord } from '@ar-registry/schemas';
import { validator as isReport } from '@ar-registry/schemas/validators/report';
import { trustedRootIn } from '../../archives/trusted-root-in.ts';
import { checkVersion, type VersionPorts } from '../check/index.ts';
import { assembleReading, previousOf } from '../validate/index.ts';
import { writeReportList } from './report-list.ts';

export interface ReportsInput {
  readonly source: IndexSource;
  /** Folder of reports, `<name>/<version>.json`; absolute. */
  readonly out: string;
  /** Folder of the archives, where it is not the index that says so. Absolute. */
  readonly store?: string | undefined;
  readonly allowLoopback: boolean;
}

export interface ReportsPorts {
  readonly clock: Clock;
  readonly advisories: AdvisorySource | undefined;
  readonly signal: AbortSignal;
}

export interface MadeReports {
  readonly reports: readonly Report[];
  readonly written: number;
  readonly reused: number;
}

/** @throws INDEX_UNREADABLE, REVISION_UNKNOWN, DISK_FULL, FILE_ACCESS, ABORTED */
export async function makeReports(
  input: ReportsInput,
  { clock, advisories, signal }: ReportsPorts,
): Promise<MadeReports> {
  const reading = await readIndex(input.source, { store: input.store, signal });
  const snapshot = assembleReading(reading);
  const ports: VersionPorts = {
    readArchive: reading.readArchive,
    registry: snapshot.registry,
    allowLoopback: input.allowLoopback,
    advisories,
    nowMs: clock.nowMs(),
    trustedRoot: await trustedRootIn(reading.files),
    known: snapshot.dependencies,
    prefix: reading.prefix,
    signal,
  };
  const takenAt = await dateOf(advisories, signal);
  const versions = snapshot.plugins.flatMap((plugin) => plugin.versions);
  const current = { takenAt, ruleSet: versions[0] && currentRuleSet(versions[0]) };
  const made = await inParallel(versions, async (record) => {
    const file = join(input.out, reportFile(record.manifest.name, record.manifest.version));
    const known = await readReport(file);
    if (known && stillHolds(known, record, current)) return { report: known, isNew: false };
    const report = keepSource(known, await checkVersion({ record, ...previousOf(snapshot, record) }, ports, undefined));
    await replaceFile(file, `${JSON.stringify(report)}\n`);
    return { report, isNew: true };
  });
  const written = made.filter(({ isNew }) => isNew).length;
  const reports = made.map(({ report }) => report);
  await writeReportList(input.out, reports);
  return { reports, written, reused: made.length - written };
}

/** Where the report of a version is, relative to a folder of reports. */
export function reportFile(name: PluginName, version: Version): string {
  return `${name}/${version}.json`;
}

/** Undefined where there is none, or none that can be read: then it is made. */
async function readReport(file: string): Promise<Report | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const checked = isReport(JSON.parse(text));
    return checked.ok ? checked.value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The day of the database; undefined where there is none to ask, which the reports will say. */
async function dateOf(advisories: AdvisorySource | undefined, signal: AbortSignal): Promise<string | undefined> {
  try {
    return (await advisories?.snapshot(signal))?.takenAt;
  } catch (error) {
    signal.throwIfAborted();
    if (!isArError(error)) throw error;
    return undefined;
  }
}

/** What could not run is tried again, always. */
function stillHolds(
  known: Report,
  { manifest, dist }: VersionRecord,
  current: { readonly takenAt: string | undefined; readonly ruleSet: string | undefined },
): boolean {
  const { name, version, integrity, ruleSet, tools, checks } = known;
  return (
    name === manifest.name &&
    version === manifest.version &&
    integrity === dist.integrity &&
    ruleSet === current.ruleSet &&
    tools['osv'] === current.takenAt &&
    !checks.some(({ id, result }) => id !== 'source' && result === 'could-not-run')
  );
}

/** A report without contents tells the rules as they are now. */
function currentRuleSet({ manifest: { name, version }, dist }: VersionRecord): string {
  return buildReport({ name, version, integrity: dist.integrity, contents: undefined, checks: [] }).ruleSet;
}

/** Sources are built once, when a version is submitted: what came of it stays true for the same archive. */
function keepSource(known: Report | undefined, report: Report): Report {
  const check = known?.checks.find(({ id }) => id === 'source');
  if (!known || !check || known.integrity !== report.integrity) return report;
  const checks = [...report.checks, check];
  return {
    ...report,
    result: resultOf(checks),
    checks,
    ...(known.source === undefined ? {} : { source: known.source }),
  };
}
