import type { PluginName, VerificationRecord, Version } from '@ar-registry/schemas';
import type { Finding } from '../findings/index.ts';
import { parseIndexPath } from '../layout/index.ts';
import { isPluginName } from '../name/index.ts';
import { parseVerificationRecord } from '../record/index.ts';
import type { IndexFiles } from './snapshot.ts';

export type Verifications = ReadonlyMap<PluginName, ReadonlyMap<Version, VerificationRecord>>;

/** Which versions somebody has read; what is broken is left out and reported. */
export function verificationsIn(files: IndexFiles, findings: Finding[]): Verifications {
  const found = new Map<PluginName, Map<Version, VerificationRecord>>();
  for (const path of [...files.keys()].toSorted()) {
    const place = parseIndexPath(path);
    if (place.kind !== 'verification' || !isPluginName(place.plugin)) continue;
    const parsed = parseVerificationRecord(files.get(path) ?? '', path);
    findings.push(...parsed.findings);
    if (parsed.ok) found.set(place.plugin, (found.get(place.plugin) ?? new Map()).set(place.version, parsed.record));
  }
  return found;
}
