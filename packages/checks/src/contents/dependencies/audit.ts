/** Locked packages against a database of vulnerabilities: what is known of them, and whether that can be relied on. */
import { isArError } from '@ar-registry/core/errors';
import { finding, type Finding } from '@ar-registry/core/findings';
import { type LockedPackage, shown } from '@ar-registry/core/npm-lock';
import { matchAdvisory, snapshotAgeProblem } from '@ar-registry/core/osv';
import type { OsvRecord } from '@ar-registry/schemas';
import { toSingleLine, truncate } from '@ar-registry/core/text';
import type { ContentsPorts } from '../input.ts';

export interface Audit {
  readonly findings: readonly Finding[];
  /** Of each package, in their order: ids of the records that match it. */
  readonly advisories: readonly (readonly string[])[];
  /** Of when the database is; undefined where there is none. */
  readonly takenAt: string | undefined;
  /** Why this is no answer, though what was found holds. */
  readonly couldNotRun: string | undefined;
}

/** @param file how the lock is called in findings. @throws `signal.reason` when aborted */
export async function audit(packages: readonly LockedPackage[], file: string, ports: ContentsPorts): Promise<Audit> {
  const { advisories, signal } = ports;
  if (!advisories) return nothing(packages, 'There is no vulnerability database to look them up in.');
  try {
    const state = await advisories.snapshot(signal);
    const records = await advisories.find([...new Set(packages.map(({ name }) => name))], signal);
    const matches = packages.map((each) => matchesOf(each, records.get(each.name) ?? []));
    return {
      findings: packages.flatMap((each, index) => (matches[index] ?? []).map((match) => tell(each, match, file))),
      advisories: matches.map((own) => [...new Set(own.map(({ record }) => record.id))].toSorted()),
      takenAt: state.takenAt,
      couldNotRun: snapshotAgeProblem(state, { nowMs: ports.nowMs, maxAgeDays: ports.maxSnapshotAgeDays }),
    };
  } catch (error) {
    signal?.throwIfAborted();
    if (!isArError(error)) throw error;
    return nothing(packages, `The vulnerability database could not be read: ${error.message}`);
  }
}

function nothing(packages: readonly LockedPackage[], couldNotRun: string): Audit {
  return { findings: [], advisories: packages.map(() => []), takenAt: undefined, couldNotRun };
}

interface Match {
  readonly record: OsvRecord;
  readonly fixed: string | undefined;
}

function matchesOf(each: LockedPackage, records: readonly OsvRecord[]): readonly Match[] {
  return records
    .flatMap((record) => {
      const match = matchAdvisory(record, each);
      return match ? [{ record, fixed: match.fixed }] : [];
    })
    .toSorted((a, b) => (a.record.id < b.record.id ? -1 : 1));
}

function tell({ name, version, line, column }: LockedPackage, { record, fixed }: Match, file: string): Finding {
  const facts = {
    dependency: shown(name),
    version: shown(version),
    id: shown(record.id),
    summary: truncate(toSingleLine(record.summary ?? '').replace(/\.+$/, ''), 200),
  };
  const at = { file, line, column };
  if (record.id.startsWith('MAL-')) return finding('DEPENDENCY_MALICIOUS', at, facts);
  return finding('DEPENDENCY_VULNERABLE', at, fixed === undefined ? facts : { ...facts, fixed: shown(fixed) });
}
