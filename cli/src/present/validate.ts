import { type Finding, toFindingDocument } from '@ar-registry/core/findings';
import type { Check, ReportedFinding } from '@ar-registry/schemas';
import type { Presenter } from '../command.ts';
import { countFindings, presentFindings } from './findings.ts';
import { type Page, toned } from './text.ts';

interface Outcome {
  /** `@scope/name@1.0.0`, or the path where that is not known. */
  readonly subject: string;
  readonly findings: readonly (Finding | ReportedFinding)[];
  /** None for a manifest alone. */
  readonly checks: readonly Check[];
  readonly ok: boolean;
}

export const presentValidate: Presenter<Outcome> = {
  text: ({ subject, findings, checks, ok }) => {
    const verdict = ok ? toned('valid', 'good') : toned('not valid', 'bad');
    const count = findings.length === 0 ? '.' : `: ${countFindings(findings)}.`;
    const above = [...presentFindings(findings), ...(findings.length === 0 ? [] : [''])];
    return [...above, [`${subject} is `, verdict, count], ...unchecked(checks)];
  },
  json: ({ findings, checks, ok }) => ({
    ok,
    findings: findings.map(toFindingDocument),
    ...(checks.length === 0
      ? {}
      : {
          checks: checks.map(({ id, result, reason }) => ({ id, result, ...(reason === undefined ? {} : { reason }) })),
        }),
  }),
  exitCode: ({ ok }) => (ok ? 0 : 1),
};

/** What is no pass, though nothing wrong is known. */
function unchecked(checks: readonly Check[]): Page {
  return checks
    .filter(({ result }) => result === 'could-not-run')
    .map(({ id, reason = '' }) => [toned('Not checked', 'warning'), `: ${id}. ${reason}`]);
}
