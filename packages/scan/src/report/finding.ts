/** One thing that the scan found. @see schemas/v1/cli/scan.schema.json */
import { FINDINGS, type FindingCode, type FindingFacts } from '@ar-registry/core/findings';
import { toSingleLine, truncate } from '@ar-registry/core/text';
import type { ScanOutput } from '@ar-registry/schemas';
import type { Category } from '../detectors/detector.ts';
import type { Spot } from '../source/source-file.ts';

export type ScanFinding = ScanOutput['findings'][number];

const CATEGORIES: Readonly<Partial<Record<FindingCode, Category>>> = {
  CODE_GENERATED: 'dynamic-code',
  MODULE_UNDETERMINED: 'dynamic-code',
  MODULE_SYSTEM_CHANGED: 'dynamic-code',
  GLOBALS_UNDETERMINED: 'dynamic-code',
  PROCESS_STARTED: 'process',
  PROCESS_UNDETERMINED: 'process',
  PROCESS_CONTROLLED: 'process',
  PROCESS_ENDED: 'process',
  WORKER_STARTED: 'worker',
  NATIVE_CODE: 'native',
  FILE_WRITTEN: 'filesystem',
  FILE_WRITE_UNDETERMINED: 'filesystem',
  FILE_READ: 'filesystem',
  FILE_READ_UNDETERMINED: 'filesystem',
  FILE_NAME_UNDETERMINED: 'filesystem',
  HOST_CONTACTED: 'network',
  HOST_UNDETERMINED: 'network',
  ADDRESS_LISTENED: 'network',
  LISTENING_UNDETERMINED: 'network',
  ENV_READ: 'environment',
  ENV_UNDETERMINED: 'environment',
  INSTALL_SCRIPT: 'install-script',
  BUILTIN_CHANGED: 'prototype',
};

export interface Place extends Partial<Spot> {
  readonly file: string;
}

/** The finding as scripts read it. Facts and evidence are the plugin's: they are cleaned for printing. */
export function scanFinding<Code extends FindingCode>(
  code: Code,
  { file, line = 1, column = 1, evidence = '' }: Place,
  { facts, category }: { readonly facts: FindingFacts[Code]; readonly category?: Category },
): ScanFinding {
  const { severity, message, remedy } = FINDINGS[code];
  const cleaned = cleanFacts(facts);
  return {
    code,
    severity,
    file: toSingleLine(file),
    line,
    column,
    category: category ?? CATEGORIES[code] ?? 'obfuscation',
    evidence,
    message: message(cleaned),
    remedy: remedy(cleaned),
  };
}

function cleanFacts<Facts>(facts: Facts): Facts {
  const entries = Object.entries(facts as Record<string, unknown>).map(([key, value]) => [
    key,
    typeof value === 'string' ? truncate(toSingleLine(value), 100) : value,
  ]);
  return Object.fromEntries(entries) as Facts;
}

/** By file, line, column and code; of several that say the same about the same place, one. */
export function inReadingOrder(findings: readonly ScanFinding[]): readonly ScanFinding[] {
  const byText = new Map(
    findings.map((found) => [`${found.file}\0${found.line}\0${found.column}\0${found.code}\0${found.message}`, found]),
  );
  return [...byText.values()].toSorted(
    (a, b) =>
      compare(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      compare(a.code, b.code) ||
      compare(a.message, b.message),
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
