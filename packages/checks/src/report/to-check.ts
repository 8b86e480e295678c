/** One check of a report: its findings within the limits of the schema, and the result that follows from them. */
import { type Finding, toFindingDocument } from '@ar-registry/core/findings';
import { stripControl, toSingleLine, truncate } from '@ar-registry/core/text';
import type { Check, CheckId, ReportedFinding } from '@ar-registry/schemas';

export interface CheckOptions {
  /** One sentence: what there was to look at. */
  readonly reason?: string | undefined;
  /** One sentence: why it could not run, or not to its end. Without an error the result is `could-not-run` then. */
  readonly couldNotRun?: string | undefined;
}

/** @source schemas/v1/report.schema.json */
const LIMITS = { findings: 1000, reason: 500, code: 100, place: 1000, text: 4000, category: 100, evidence: 120 };

/**
 * `fail` where a finding is an error, else `could-not-run` where `couldNotRun` says so, else `pass`. Of more findings
 * than a report takes, errors are kept before warnings; the order is kept.
 */
export function toCheck(
  id: CheckId,
  findings: readonly (Finding | ReportedFinding)[],
  { reason, couldNotRun }: CheckOptions = {},
): Check {
  const reported = findings.map((found) => bounded('facts' in found ? toReported(found) : found));
  const failed = reported.some(({ severity }) => severity === 'error');
  const kept = mostGrave(reported);
  const told = couldNotRun ?? reason;
  return {
    id,
    result: failed ? 'fail' : couldNotRun === undefined ? 'pass' : 'could-not-run',
    ...(told === undefined ? {} : { reason: truncate(toSingleLine(told), LIMITS.reason) }),
    findings: kept,
    ...(kept.length < reported.length ? { omitted: reported.length - kept.length } : {}),
  };
}

/** What reviewers sort by is the category. */
function toReported(found: Finding): ReportedFinding {
  const topic = 'topic' in found.facts ? found.facts.topic : undefined;
  return { ...toFindingDocument(found), ...(topic === undefined ? {} : { category: topic }) };
}

function mostGrave(findings: readonly ReportedFinding[]): ReportedFinding[] {
  if (findings.length <= LIMITS.findings) return [...findings];
  const errors = findings.filter(({ severity }) => severity === 'error');
  const warnings = findings.filter(({ severity }) => severity !== 'error');
  const kept = new Set([...errors, ...warnings].slice(0, LIMITS.findings));
  return findings.filter((found) => kept.has(found));
}

function bounded(found: ReportedFinding): ReportedFinding {
  const { code, severity, file, line, column, path, message, remedy, category, evidence } = found;
  return {
    code: truncate(code, LIMITS.code),
    severity,
    file: truncate(toSingleLine(file), LIMITS.place),
    line: Math.max(1, Math.trunc(line)),
    column: Math.max(1, Math.trunc(column)),
    path: truncate(toSingleLine(path), LIMITS.place),
    message: truncate(stripControl(message), LIMITS.text),
    remedy: truncate(stripControl(remedy), LIMITS.text),
    ...(category === undefined ? {} : { category: truncate(toSingleLine(category), LIMITS.category) }),
    ...(evidence === undefined ? {} : { evidence: truncate(toSingleLine(evidence), LIMITS.evidence) }),
  };
}
