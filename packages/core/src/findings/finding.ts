/**
 * Findings: wrong data, expected and often many. They are returned, never thrown; parsers report all at once.
 */
import type { Finding as FindingDocument, ReportedFinding } from '@ar-registry/schemas';
import { toSingleLine } from '../text/index.ts';
import { FINDINGS, type FindingCode, type FindingFacts } from './catalogue.ts';

/** Where in a file. Lines and columns count from 1, columns in UTF-16 code units. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** Path of the key, dotted: `config.required[0]`. */
  readonly path?: string;
  /** The source line and a caret under the place, cleaned for printing. */
  readonly frame?: string;
}

/** One thing wrong, with the facts that its text needs. */
export interface Finding<Code extends FindingCode = FindingCode> {
  readonly code: Code;
  readonly facts: FindingFacts[Code];
  readonly at: Place;
}

export function finding<Code extends FindingCode>(code: Code, at: Place, facts: FindingFacts[Code]): Finding {
  // The union of all instances is what callers collect; the parameters have checked the pairing.
  return { code, facts, at };
}

export function severityOf(code: FindingCode): 'error' | 'warning' {
  return FINDINGS[code].severity;
}

export function isError({ code }: Finding): boolean {
  return severityOf(code) === 'error';
}

/**
 * The finding as scripts and people read it, with message and remedy from the catalogue; one of a report is in words
 * already. The form is fixed: what is not known of the place is line 1, column 1 and an empty path.
 */
export function toFindingDocument(found: Finding | ReportedFinding): FindingDocument {
  return 'facts' in found ? tell(found) : keepFixed(found);
}

function keepFixed({ code, severity, file, line, column, path, message, remedy }: ReportedFinding): FindingDocument {
  return { code, severity, file, line, column, path, message, remedy };
}

function tell({ code, facts, at }: Finding): FindingDocument {
  const entry = FINDINGS[code];
  const { file, line = 1, column = 1, path = '' } = at;
  return {
    code,
    severity: entry.severity,
    file: toSingleLine(file),
    line,
    column,
    path,
    message: entry.message(facts as never),
    remedy: entry.remedy(facts as never),
  };
}

/** By file, then place, then code: the order in which a person reads. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => byPlace(a.at, b.at) || compare(a.code, b.code) || byPath(a.at, b.at));
}

function byPlace(a: Place, b: Place): number {
  return compare(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

function byPath(a: Place, b: Place): number {
  return compare(a.path ?? '', b.path ?? '');
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
