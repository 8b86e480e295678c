export { openAdvisories, type AdvisoryOptions } from './open-advisories.ts';
export { downloadExport } from './download-export.ts';
export { prefixOf, readSnapshotIn } from './snapshot-source.ts';
export { createRegistryAdvisories } from './registry-source.ts';
