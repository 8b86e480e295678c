import { join } from 'node:path';
import type { ScannedPlugin, ScannedVersion } from '@ar-registry/core/advisory-draft';
import type { SnapshotPlugin } from '@ar-registry/core/snapshot';
import { inParallel } from '@ar-registry/io/install';
import type { VersionRecord } from '@ar-registry/schemas';
import { readReport } from '../build/index.ts';
import { reportFile } from '../reports/index.ts';

/** What the reports say of the npm packages that each version was locked with. @param reports absolute */
export async function scanPlugins(
  plugins: readonly SnapshotPlugin[],
  reports: string,
): Promise<readonly ScannedPlugin[]> {
  return inParallel(plugins, async ({ name, status, versions }) => {
    const scanned: ScannedVersion[] = [];
    for (const record of versions) {
      const { version } = record.manifest;
      const isYanked = Object.hasOwn(status.yanked ?? {}, version);
      scanned.push({ version, isYanked, packages: await packagesOf(record, reports) });
    }
    return { name, versions: scanned };
  });
}

/** Undefined where nobody knows: no report of this archive, or one whose check could not run. */
async function packagesOf(record: VersionRecord, reports: string): Promise<ScannedVersion['packages']> {
  const { name, version } = record.manifest;
  const report = await readReport(join(reports, reportFile(name, version)), record);
  if (report === undefined || typeof report === 'string') return undefined;
  const check = report.checks.find(({ id }) => id === 'dependencies');
  return !check || check.result === 'could-not-run' ? undefined : report.dependencies;
}
