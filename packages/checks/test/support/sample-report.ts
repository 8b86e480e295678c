import { grantAll } from '@ar-registry/core/permission';
import type { Report, SubmissionReport } from '@ar-registry/schemas';

const NONE = grantAll({});

/** A report in which all is well. */
export function reportOf(changes: Partial<Report>): Report {
  return {
    schemaVersion: 1,
    name: '@acme/hello',
    version: '1.0.0',
    integrity: `sha512-${'A'.repeat(86)}==`,
    result: 'pass',
    checks: [],
    permissions: { declared: NONE, found: NONE, undeclared: NONE, unused: NONE },
    dependencies: [],
    ruleSet: `sha256-${'A'.repeat(43)}=`,
    tools: { osv: '2026-01-01T00:00:00Z' },
    ...changes,
  };
}

/** The report of a submission that a machine may merge. */
export function submissionOf(changes: Partial<SubmissionReport>): SubmissionReport {
  return {
    schemaVersion: 1,
    base: 'b'.repeat(40),
    head: 'a'.repeat(40),
    merged: 'c'.repeat(40),
    decision: 'merge',
    reasons: [],
    plugins: ['@acme/hello'],
    checks: [],
    versions: [reportOf({})],
    ...changes,
  };
}
