import type { Check, Report, SubmissionReport } from '@ar-registry/schemas';
import { toSingleLine, truncate } from '@ar-registry/core/text';

export type Decision = Pick<SubmissionReport, 'decision' | 'reasons'>;

/** The codes of what a machine must not decide. */
const REVIEWS: ReadonlySet<string> = new Set(['REVIEW_REQUIRED', 'DEPENDENCY_CAPABILITY']);
const LIMITS = { reasons: 1000, characters: 1000 };

/**
 * Whether a machine may merge a submission: an error refuses it; what a rule leaves to a person, and a check that could
 * not run, wait for a reviewer.
 */
export function decide({
  checks,
  versions,
}: {
  readonly checks: readonly Check[];
  readonly versions: readonly Pick<Report, 'name' | 'version' | 'checks'>[];
}): Decision {
  const all: readonly Placed[] = [
    ...checks.map((check) => ({ check, of: '' })),
    ...versions.flatMap(({ name, version, checks: own }) =>
      own.map((check) => ({ check, of: ` of ${name}@${version}` })),
    ),
  ];
  const failed = all.filter(({ check }) => check.result === 'fail').map(failure);
  if (failed.length > 0) return { decision: 'refuse', reasons: bounded(failed) };
  const waits = all.flatMap(waiting);
  return waits.length > 0 ? { decision: 'review', reasons: bounded(waits) } : { decision: 'merge', reasons: [] };
}

interface Placed {
  readonly check: Check;
  /** Of what it is, if not of the whole change. */
  readonly of: string;
}

function failure({ check: { id, findings }, of }: Placed): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return `The check ${id}${of} found ${errors} ${errors === 1 ? 'error' : 'errors'}.`;
}

function waiting({ check: { id, result, reason, findings }, of }: Placed): readonly string[] {
  const reviews = findings.filter(({ code }) => REVIEWS.has(code)).map(({ message }) => message);
  if (result !== 'could-not-run') return reviews;
  return [...reviews, `The check ${id}${of} could not run${reason === undefined ? '.' : `: ${reason}`}`];
}

function bounded(reasons: readonly string[]): string[] {
  return [...new Set(reasons)]
    .slice(0, LIMITS.reasons)
    .map((reason) => truncate(toSingleLine(reason), LIMITS.characters));
}
