/** Findings as people read them: place, what is wrong, the source line with a caret, and how to mend it. */
import { hasCode } from '@ar-registry/core/errors';
import { type Finding, toFindingDocument } from '@ar-registry/core/findings';
import type { ReportedFinding } from '@ar-registry/schemas';
import { type Line, type Page, quiet, textLines, toned } from './text.ts';

/** As a rule told it, with its place, or as a report has it. */
type Found = Finding | ReportedFinding;

/** The findings that a FINDINGS error carries; none for any other error. */
export function findingsOf(error: unknown): readonly Found[] {
  return hasCode(error, 'FINDINGS') ? (error.facts.findings ?? []) : [];
}

export function presentFindings(findings: readonly Found[]): Page {
  return findings.flatMap((found, index) => [...(index === 0 ? [] : ['']), ...presentFinding(found)]);
}

function presentFinding(found: Found): Page {
  const { severity, message, remedy, code } = toFindingDocument(found);
  const place = placeOf(found).join(':');
  const head: Line = [`${place} `, toned(severity, severity === 'error' ? 'bad' : 'warning'), ` ${code} `, message];
  return [head, ...frameLines(found), [toned('help', 'name'), ': ', remedy]];
}

/** Without line and column where they are not known, for which a report has 1:1. */
function placeOf(found: Found): readonly (string | number)[] {
  const { file, line, column } = toFindingDocument(found);
  if ('facts' in found) return [file, found.at.line, found.at.column].filter((part) => part !== undefined);
  return isPlaced(found) ? [file, line, column] : [file];
}

function isPlaced({ line, column }: ReportedFinding): boolean {
  return line !== 1 || column !== 1;
}

function frameLines(found: Found): Page {
  if (!('facts' in found)) return evidenceLines(found);
  const { line, frame } = found.at;
  if (frame === undefined) return [];
  const gutter = String(line ?? '');
  const [source = '', caret = ''] = textLines(frame).map(String);
  return [
    [quiet(`  ${gutter} | `), source],
    [quiet(`  ${' '.repeat(gutter.length)} | `), toned(caret, 'bad')],
  ];
}

function evidenceLines(found: ReportedFinding): Page {
  const { line, file, evidence = '' } = found;
  // Where it is about a file as a whole, its name is all there is; and what has no place is no line of the file.
  return evidence === '' || evidence === file ? [] : [[quiet(`  ${isPlaced(found) ? line : ''} | `), evidence]];
}

/** `2 errors, 1 warning` */
export function countFindings(findings: readonly Found[]): string {
  const errors = findings.filter((found) => toFindingDocument(found).severity === 'error').length;
  const warnings = findings.length - errors;
  const parts = [
    ...(errors > 0 ? [`${errors} ${errors === 1 ? 'error' : 'errors'}`] : []),
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
  ];
  return parts.join(', ');
}
