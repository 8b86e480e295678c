/** What is wrong with an index after a change: what was found in it anew, and what was known of all that nobody looked at. */
import { sortFindings, type Finding } from '@ar-registry/core/findings';
import type { Affected } from './affected.ts';
import { ownerOf, ownersOf } from './plan-change.ts';
import type { StateRest } from './state/root.ts';

export interface LookedAgain {
  readonly affected: Affected;
  /** Paths in the index: those that changed, and those that were read. */
  readonly paths: ReadonlySet<string>;
  /** What records say of themselves. */
  readonly ofRecords: readonly Finding[];
  /** What archives, reports and certificates say of them. */
  readonly ofFiles: readonly Finding[];
}

export function findingsAfter(
  { findings, unsettled }: StateRest,
  { affected: { names }, paths, ofRecords, ofFiles }: LookedAgain,
): Pick<StateRest, 'findings' | 'unsettled'> {
  const isAgain = ({ at: { file } }: Finding): boolean => {
    const owner = ownerOf(file);
    return paths.has(file) || (owner !== undefined && names.has(owner));
  };
  const kept = findings.filter((finding) => !isAgain(finding));
  return {
    findings: sortFindings([...kept, ...[...ofRecords, ...ofFiles].filter(isAgain)]),
    // What was looked at again, and is not found here, is settled.
    unsettled: new Set([...[...unsettled].filter((name) => !names.has(name)), ...ownersOf(ofFiles)]),
  };
}
