/** Reports are leaves like archives: published before the documents, and none that is about another archive. */
import { join } from 'node:path';
import { hasCode } from '@ar-registry/core/errors';
import { finding, type Finding } from '@ar-registry/core/findings';
import { indexPaths, routes } from '@ar-registry/core/layout';
import type { Snapshot } from '@ar-registry/core/snapshot';
import { inParallel } from '@ar-registry/io/install';
import type { Report, VersionRecord } from '@ar-registry/schemas';
import { validator as isReport } from '@ar-registry/schemas/validators/report';
import { readUntrusted } from '../check/index.ts';
import { reportFile } from '../reports/index.ts';
import type { OutputWriter } from './output-files.ts';

export interface PublishedReports {
  readonly count: number;
  readonly findings: readonly Finding[];
}

const LIMIT_BYTES = 16 * 1024 * 1024;

/** @param folder what `reports` wrote; absolute. A version without a report is none of its faults. */
export async function publishReports(
  { plugins }: Snapshot,
  { folder, out }: { readonly folder: string; readonly out: OutputWriter },
): Promise<PublishedReports> {
  const versions = plugins.flatMap((plugin) => plugin.versions);
  const results = await inParallel(versions, async (record): Promise<readonly Finding[] | undefined> => {
    const { name, version } = record.manifest;
    const read = await readReport(join(folder, reportFile(name, version)), record);
    if (read === undefined) return undefined;
    if (typeof read === 'string')
      return [finding('REPORT_UNUSABLE', { file: indexPaths.version(name, version) }, { problem: read })];
    await out.write(routes.report(name, version), new TextEncoder().encode(`${JSON.stringify(read)}\n`));
    return [];
  });
  return {
    count: results.filter((found) => found?.length === 0).length,
    findings: results.flatMap((found) => found ?? []),
  };
}

/**
 * The report of one version, if it is about what the record says.
 *
 * @returns what is wrong with it, in a clause; undefined where there is none
 */
export async function readReport(
  file: string,
  { manifest, dist }: VersionRecord,
): Promise<Report | string | undefined> {
  try {
    const report = await readUntrusted(file, { validate: isReport, limitBytes: LIMIT_BYTES });
    const { name, version, integrity } = report;
    const isOurs = name === manifest.name && version === manifest.version && integrity === dist.integrity;
    return isOurs ? report : 'it is about another archive';
  } catch (error) {
    if (hasCode(error, 'FILE_NOT_FOUND')) return undefined;
    if (hasCode(error, 'REPORT_NOT_BELIEVED')) return error.facts.problem;
    throw error;
  }
}
