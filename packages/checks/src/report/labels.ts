import type { Report, SubmissionReport } from '@ar-registry/schemas';
import { resultOf } from './build-report.ts';

/** Labels that a submission gets; all that are of this set and not named here are to be taken away. Sorted. */
export function labelsFor({ decision, checks, versions }: SubmissionReport): readonly SubmissionLabel[] {
  const result = resultOf([...checks, ...versions.flatMap((report) => report.checks)]);
  const has = (topic: string): boolean =>
    checks.some(({ findings }) => findings.some(({ category }) => category === topic));
  const labels: readonly (SubmissionLabel | false)[] = [
    RESULT_LABELS[result],
    decision === 'review' && 'needs-review',
    has('new-plugin') && 'new-plugin',
    has('new-scope') && 'new-scope',
    versions.some(isWidened) && 'permissions-widened',
  ];
  return labels.filter((label) => label !== false).toSorted();
}

/** All labels that the pipeline sets, and takes away where they no longer hold. */
export const SUBMISSION_LABELS = [
  'checks-failed',
  'checks-incomplete',
  'checks-passed',
  'needs-review',
  'new-plugin',
  'new-scope',
  'permissions-widened',
] as const;

export type SubmissionLabel = (typeof SUBMISSION_LABELS)[number];

const RESULT_LABELS = {
  pass: 'checks-passed',
  fail: 'checks-failed',
  'could-not-run': 'checks-incomplete',
} as const satisfies Record<Report['result'], SubmissionLabel>;

function isWidened({ permissions: { change } }: Report): boolean {
  return change !== undefined && change.added.length > 0;
}
