/** What the provenance of published versions proves: checked here once more, since it is told in the registry's name. */
import { finding, type Finding } from '@ar-registry/core/findings';
import { indexPaths } from '@ar-registry/core/layout';
import type { Snapshot } from '@ar-registry/core/snapshot';
import type { TrustedRoot } from '@ar-registry/io/provenance';
import type { IndexReading } from '@ar-registry/io/index-store';
import { inParallel } from '@ar-registry/io/install';
import type { PluginName, Provenance, Version, VersionRecord } from '@ar-registry/schemas';
import { fetchArchive } from '../../archives/inspect-archive.ts';
import { proveRecord } from '../../archives/prove-record.ts';
import { trustedRootIn } from '../../archives/trusted-root-in.ts';

export interface ReadProvenance {
  readonly provenance: ReadonlyMap<PluginName, ReadonlyMap<Version, Provenance>>;
  /** Of what proves nothing: the version is there, and nothing is said of where it is from. */
  readonly findings: readonly Finding[];
}

/** @param snapshot of what is published */
export async function readProvenance(
  snapshot: Snapshot,
  reading: Pick<IndexReading, 'files' | 'readArchive'>,
): Promise<ReadProvenance> {
  const records = snapshot.plugins.flatMap(({ versions }) => versions.filter(({ source }) => source?.provenance));
  const root = records.length === 0 ? undefined : await trustedRootIn(reading.files);
  const provenance = new Map<PluginName, Map<Version, Provenance>>();
  const findings = await inParallel(records, async (record) => {
    const judged = root && (await judge(record, root, { ...reading, registry: snapshot.registry }));
    const { name, version } = record.manifest;
    if (judged?.ok) {
      const own = provenance.get(name) ?? new Map<Version, Provenance>();
      provenance.set(name, own.set(version, judged.provenance));
      return [];
    }
    const problem = judged?.problem ?? 'cannot be checked without trust/sigstore-root.json';
    const at = { file: indexPaths.version(name, version), path: 'source.provenance' };
    return [{ ...finding('PROVENANCE_INVALID', at, { problem }), severity: 'warning' as const }];
  });
  return { provenance, findings: findings.flat() };
}

async function judge(
  record: VersionRecord,
  root: TrustedRoot,
  source: Pick<IndexReading, 'readArchive'> & Pick<Snapshot, 'registry'>,
) {
  const fetched = await fetchArchive(record, source);
  return fetched.kind === 'fetched' ? proveRecord(record, fetched.bytes, root) : undefined;
}
