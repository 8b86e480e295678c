import type { AdvisoriesDocument, AdvisoryDocument, AdvisoryRecord } from '@ar-registry/schemas';
import type { Advisory } from '../advisory/index.ts';
import type { Snapshot } from '../snapshot/index.ts';

/** The version of OSV's schema that the records follow. */
const OSV_SCHEMA_VERSION = '1.7.0';

/** What clients go by, by id: all that was not withdrawn. */
export function toAdvisories({ advisories }: Pick<Snapshot, 'advisories'>): AdvisoriesDocument {
  const inForce = advisories.filter(({ withdrawn }) => withdrawn === undefined);
  return { schemaVersion: 1, advisories: inForce.flatMap(toEntries) };
}

function toEntries({ id, affected, action, summary, replacement, modified }: AdvisoryRecord): readonly Advisory[] {
  return affected.map(({ package: { name }, ranges, versions }) => ({
    id,
    plugin: name,
    affected: { ...(ranges === undefined ? {} : { ranges }), ...(versions === undefined ? {} : { versions }) },
    action,
    reason: summary,
    ...(replacement === undefined ? {} : { replacement }),
    modified,
  }));
}

/** One advisory, whole. */
export function toAdvisory({ schemaVersion, ...record }: AdvisoryRecord): AdvisoryDocument {
  return { schemaVersion, schema_version: OSV_SCHEMA_VERSION, ...record };
}
