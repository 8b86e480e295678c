/** Findings as people read them: place, what is wrong, the source line with a caret, and how to mend it. */
import { hasCode } from '@ar-registry/core/errors';
import { type Finding, severityOf, toFindingDocument } from '@ar-registry/core/findings';
import { type Line, type Page, quiet, textLines, toned } from './text.ts';

/** The findings that a FINDINGS error carries; none for any other error. */
export function findingsOf(error: unknown): readonly Finding[] {
  return hasCode(error, 'FINDINGS') ? (error.facts.findings ?? []) : [];
}

export function presentFindings(findings: readonly Finding[]): Page {
  return findings.flatMap((found, index) => [...(index === 0 ? [] : ['']), ...presentFinding(found)]);
}

function presentFinding(found: Finding): Page {
  const { file, line, column, message, remedy, code } = toFindingDocument(found);
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const severity = severityOf(found.code);
  const head: Line = [`${place} `, toned(severity, severity === 'error' ? 'bad' : 'warning'), ` ${code} `, message];
  return [head, ...frameLines(found), [toned('help', 'name'), ': ', remedy]];
}

function frameLines({ at: { line, frame } }: Finding): Page {
  if (frame === undefined) return [];
  const gutter = String(line ?? '');
  const [source = '', caret = ''] = textLines(frame).map(String);
  return [
    [quiet(`  ${gutter} | `), source],
    [quiet(`  ${' '.repeat(gutter.length)} | `), toned(caret, 'bad')],
  ];
}

/** `2 errors, 1 warning` */
export function countFindings(findings: readonly Finding[]): string {
  const errors = findings.filter(({ code }) => severityOf(code) === 'error').length;
  const warnings = findings.length - errors;
  const parts = [
    ...(errors > 0 ? [`${errors} ${errors === 1 ? 'error' : 'errors'}`] : []),
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
  ];
  return parts.join(', ');
}
