import type { ScanFinding, ScanReport } from '@ar-registry/scan';

/** A scan as text: what was found, where, and how to mend it. Everything in a report is clean already. */
export function presentScan({ result, findings }: ScanReport): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const counts = `${errors} ${errors === 1 ? 'error' : 'errors'}, ${findings.length - errors} ${findings.length - errors === 1 ? 'warning' : 'warnings'}`;
  return `${findings.map((found) => `${presentFinding(found)}\n\n`).join('')}${result}: ${counts}\n`;
}

function presentFinding({ code, severity, file, line, column, evidence, message, remedy }: ScanFinding): string {
  return [
    `${file}:${line}:${column} ${severity} ${code} ${message}`,
    `  ${line} | ${evidence}`,
    `help: ${remedy}`,
  ].join('\n');
}
