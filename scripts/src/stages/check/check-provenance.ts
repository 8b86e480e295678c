/** Whether the provenance of a version holds: against what the registry has accepted as its root, and the very archive. */
import { toCheck } from '@ar-registry/checks';
import { finding } from '@ar-registry/core/findings';
import { indexPaths } from '@ar-registry/core/layout';
import type { TrustedRoot } from '@ar-registry/io/provenance';
import type { Check, VersionRecord } from '@ar-registry/schemas';
import { proveRecord } from '../../archives/prove-record.ts';

export interface ProvenancePorts {
  /** Undefined where the registry has none: then nothing can be checked. */
  readonly trustedRoot: TrustedRoot | undefined;
  /** Where the index lies in its repository. */
  readonly prefix: string;
}

/** @returns nothing for a version without */
export async function checkProvenance(
  record: VersionRecord,
  bytes: Uint8Array,
  { trustedRoot, prefix }: ProvenancePorts,
): Promise<readonly Check[]> {
  if (!record.source?.provenance) return [];
  if (!trustedRoot)
    return [
      toCheck('provenance', [], { couldNotRun: 'The registry has no trust/sigstore-root.json to check it against.' }),
    ];
  const judged = await proveRecord(record, bytes, trustedRoot);
  if (judged?.ok) {
    const { workflow, commit } = judged.provenance;
    return [toCheck('provenance', [], { reason: `Signed by ${workflow} at ${commit.slice(0, 12)}.` })];
  }
  const { name, version } = record.manifest;
  const at = { file: `${prefix}${indexPaths.version(name, version)}`, path: 'source.provenance' };
  return [toCheck('provenance', [finding('PROVENANCE_INVALID', at, { problem: judged?.problem ?? 'is missing' })])];
}
