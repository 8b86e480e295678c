/**
 * The pull request job: everything that a machine can say of a submission, in one document.
 *
 * Reads git objects and archives, and runs nothing of what it reads. The document is bound to the commits it is about.
 */
import { decide, toCheck } from '@ar-registry/checks';
import { finding, type Finding } from '@ar-registry/core/findings';
import { parseIndexPath } from '@ar-registry/core/layout';
import type { AdvisorySource } from '@ar-registry/core/osv';
import type { Waiver } from '@ar-registry/core/rules';
import type { Clock } from '@ar-registry/io/clock';
import { inParallel } from '@ar-registry/io/install';
import type { Account, Check, Report, SubmissionReport } from '@ar-registry/schemas';
import { trustedRootIn } from '../../archives/trusted-root-in.ts';
import { checkRules, readChange, type ReadChange } from '../validate/index.ts';
import type { ChangeSource } from '../validate/read-change.ts';
import { checkVersion, type VersionPorts } from './check-version.ts';
import { sourceOutcome, type ReadSource } from './source-outcome.ts';

export interface CheckInput extends ChangeSource {
  /** Who submits, as the host of the repository knows it. */
  readonly submitter?: Account | undefined;
  /** What a person has looked at and let pass. */
  readonly waived?: readonly Waiver[] | undefined;
  /** What building the sources gave, if that was to be done. Untrusted. */
  readonly source?: ReadSource | undefined;
  /** Whether archives on this machine may be fetched. */
  readonly allowLoopback?: boolean | undefined;
}

export interface CheckPorts {
  readonly clock: Clock;
  /** Absent where there is no vulnerability database: then that check could not run. */
  readonly advisories?: AdvisorySource | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** More versions at once than a report holds. */
const MAX_VERSIONS = 100;
const MAX_PLUGINS = 1000;

/** @throws REVISION_UNKNOWN, INDEX_UNREADABLE, MERGE_REFUSED for a conflict, GIT_FAILED */
export async function check(input: CheckInput, ports: CheckPorts): Promise<SubmissionReport> {
  return (await checkWithChange(input, ports)).report;
}

export interface CheckedChange {
  readonly report: SubmissionReport;
  readonly change: ReadChange;
}

/** The same, with what was read for it. */
export async function checkWithChange(input: CheckInput, ports: CheckPorts): Promise<CheckedChange> {
  const change = await readChange(input, ports.signal);
  const { submitter } = input;
  const nowMs = ports.clock.nowMs();
  const rules = rulesOf(change, input, nowMs);
  const checks = [toCheck('rules', rules), ...tooMany(change)];
  const versions = change.paths.length > MAX_PATHS ? [] : await checkVersions(change, input, ports);
  const report: SubmissionReport = {
    schemaVersion: 1,
    base: change.baseCommit,
    head: change.headCommit,
    merged: change.merged.tree,
    ...(submitter === undefined ? {} : { submitter: { login: submitter.login, id: submitter.id } }),
    ...decide({ checks, versions }),
    plugins: pluginsOf(change),
    checks,
    versions: [...versions],
  };
  return { report, change };
}

/** A submission touches a handful of files. What is larger is refused as it is, before each file costs time. */
const MAX_PATHS = 5000;

function rulesOf(change: ReadChange, input: CheckInput, nowMs: number): readonly Finding[] {
  const { paths, base } = change;
  if (paths.length <= MAX_PATHS) return checkRules(change, input, nowMs);
  const facts = { paths: paths.length, limit: MAX_PATHS };
  return [finding('CHANGE_TOO_LARGE', { file: `${base.reading.prefix}registry.yaml` }, facts)];
}

function tooMany({ versions }: ReadChange): readonly Check[] {
  if (versions.length <= MAX_VERSIONS) return [];
  const couldNotRun = `It adds ${versions.length} versions at once; ${MAX_VERSIONS} are looked at.`;
  return [toCheck('archive', [], { couldNotRun })];
}

async function checkVersions(
  { versions, head, base, baseCommit, headCommit }: ReadChange,
  { source, allowLoopback = false }: CheckInput,
  { clock, advisories, signal }: CheckPorts,
): Promise<readonly Report[]> {
  const { prefix } = base.reading;
  const commits = { base: baseCommit, head: headCommit, prefix };
  const ports: VersionPorts = {
    readArchive: head.reading.readArchive,
    // What the registry allows is for its accepted registry.yaml to say.
    registry: base.snapshot.registry,
    allowLoopback,
    advisories,
    trustedRoot: await trustedRootIn(base.reading.files),
    known: base.snapshot.dependencies,
    nowMs: clock.nowMs(),
    prefix,
    signal,
  };
  return inParallel(versions.slice(0, MAX_VERSIONS), (version) =>
    checkVersion(version, ports, source && sourceOutcome(version, source, commits)),
  );
}

function pluginsOf({ paths }: ReadChange): string[] {
  const names = paths.flatMap(({ path }) => {
    const place = parseIndexPath(path);
    return 'name' in place ? [place.name.slice(0, 200)] : [];
  });
  return [...new Set(names)].toSorted().slice(0, MAX_PLUGINS);
}
