import { stripControl, toSingleLine } from '@ar-registry/core/text';
import type { Check, SubmissionReport } from '@ar-registry/schemas';

const DECISIONS = {
  merge: 'A machine may merge this.',
  review: 'A person must look at this first.',
  refuse: 'This must be mended.',
} as const;

/** Of a change that leaves the index alone. */
export const NO_SUBMISSION = 'It changes nothing of the index: there is nothing to check.\n';

/** A submission's report for a terminal: findings with their places, each check, the decision. Facts are cleaned. */
export function presentDecision({ decision, reasons, checks, versions }: SubmissionReport): string {
  const blocks = [
    ...checks.map((check) => presentCheck(check, '')),
    ...versions.flatMap((report) =>
      report.checks.map((check) => presentCheck(check, `${report.name}@${report.version} `)),
    ),
  ];
  const why = reasons.map((reason) => `  - ${toSingleLine(reason)}\n`).join('');
  return `${blocks.join('')}\n${decision}: ${DECISIONS[decision]}\n${why}`;
}

function presentCheck({ id, result, reason, findings, omitted }: Check, of: string): string {
  const lines = findings.map(
    ({ code, severity, file, line, column, message, remedy }) =>
      `  ${toSingleLine(file)}:${line}:${column} ${severity} ${code} ${toSingleLine(stripControl(message))}\n` +
      `    help: ${toSingleLine(stripControl(remedy))}\n`,
  );
  const more = omitted === undefined ? '' : `  … and ${omitted} more\n`;
  const why = reason === undefined || result === 'pass' ? '' : ` (${toSingleLine(reason)})`;
  return `${result.padEnd(13)} ${of}${id}${why}\n${lines.join('')}${more}`;
}
