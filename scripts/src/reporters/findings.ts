import { isError, severityOf, toFindingDocument, type Finding } from '@ar-registry/core/findings';
import { stripControl, toSingleLine } from '@ar-registry/core/text';

/** Findings as people read them: place, what is wrong, the source line with a caret, and how to mend it. */
export function presentFindings(findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  return `${findings.map(presentFinding).join('\n\n')}\n\n`;
}

/** `2 errors, 1 warning`, or `no findings`. */
export function countFindings(findings: readonly Finding[]): string {
  const errors = findings.filter(isError).length;
  const warnings = findings.length - errors;
  const parts = [
    ...(errors > 0 ? [`${errors} ${errors === 1 ? 'error' : 'errors'}`] : []),
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
  ];
  return parts.length === 0 ? 'no findings' : parts.join(', ');
}

/** Facts are attacker-controlled: what is printed is cleaned here. */
function presentFinding(found: Finding): string {
  const { file, message, remedy, code } = toFindingDocument(found);
  // A document says 1:1 where the place is not known.
  const place = [file, found.at.line, found.at.column].filter((part) => part !== undefined).join(':');
  const lines = [
    `${toSingleLine(place)} ${severityOf(found.code)} ${code} ${toSingleLine(message)}`,
    ...frameLines(found),
    `help: ${toSingleLine(remedy)}`,
  ];
  return lines.join('\n');
}

function frameLines({ at: { line, frame } }: Finding): readonly string[] {
  if (frame === undefined) return [];
  const gutter = String(line ?? '');
  const [source = '', caret = ''] = stripControl(frame).split('\n');
  return [`  ${gutter} | ${source}`, `  ${' '.repeat(gutter.length)} | ${caret}`];
}
