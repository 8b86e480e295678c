import { type Finding, toFindingDocument } from '@ar-registry/core/findings';
import type { Presenter } from '../command.ts';
import { countFindings, presentFindings } from './findings.ts';
import { toned } from './text.ts';

interface Outcome {
  /** `@scope/name@1.0.0`, or the path where that is not known. */
  readonly subject: string;
  readonly findings: readonly Finding[];
  readonly ok: boolean;
}

export const presentValidate: Presenter<Outcome> = {
  text: ({ subject, findings, ok }) => {
    const verdict = ok ? toned('valid', 'good') : toned('not valid', 'bad');
    if (findings.length === 0) return [[`${subject} is `, verdict, '.']];
    return [...presentFindings(findings), '', [`${subject} is `, verdict, `: ${countFindings(findings)}.`]];
  },
  json: ({ findings, ok }) => ({ ok, findings: findings.map(toFindingDocument) }),
  exitCode: ({ ok }) => (ok ? 0 : 1),
};
