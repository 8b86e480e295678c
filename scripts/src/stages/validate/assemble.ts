import { ArError } from '@ar-registry/core/errors';
import { FINDINGS, type Finding } from '@ar-registry/core/findings';
import { REGISTRY_FILE } from '@ar-registry/core/layout';
import { assembleSnapshot, type Snapshot } from '@ar-registry/core/snapshot';
import type { IndexReading } from '@ar-registry/io/index-store';

/** The snapshot of a reading, broken entries left out. @throws INDEX_UNREADABLE where registry.yaml is broken */
export function assembleReading(reading: IndexReading): Snapshot {
  const assembled = assembleSnapshot(reading.files);
  if (assembled.ok) return assembled.snapshot;
  throw brokenRegistry([...assembled.findings, ...reading.findings]);
}

/** INDEX_UNREADABLE, for what was found in registry.yaml. */
export function brokenRegistry(findings: readonly Finding[]): ArError {
  const first = findings.find(({ at }) => at.file === REGISTRY_FILE);
  const reason = first ? FINDINGS[first.code].message(first.facts as never) : 'registry.yaml cannot be read.';
  return new ArError('INDEX_UNREADABLE', { index: REGISTRY_FILE, problem: reason.replace(/\.$/, '') });
}
