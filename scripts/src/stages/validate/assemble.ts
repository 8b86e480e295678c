import { ArError } from '@ar-registry/core/errors';
import { FINDINGS } from '@ar-registry/core/findings';
import { REGISTRY_FILE } from '@ar-registry/core/layout';
import { assembleSnapshot, type Snapshot } from '@ar-registry/core/snapshot';
import type { IndexReading } from '@ar-registry/io/index-store';

/** The snapshot of a reading, broken entries left out. @throws INDEX_UNREADABLE where registry.yaml is broken */
export function assembleReading(reading: IndexReading): Snapshot {
  const assembled = assembleSnapshot(reading.files);
  if (assembled.ok) return assembled.snapshot;
  const [first] = [...assembled.findings, ...reading.findings].filter(({ at }) => at.file === REGISTRY_FILE);
  const reason = first ? FINDINGS[first.code].message(first.facts as never) : 'registry.yaml cannot be read.';
  throw new ArError('INDEX_UNREADABLE', { index: REGISTRY_FILE, problem: reason.replace(/\.$/, '') });
}
