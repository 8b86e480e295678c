import path from 'node:path';
import { auditToSarif } from '@ar-registry/core/audit';
import { writeAtomically } from '@ar-registry/io/files';
import type { Context } from '../context.ts';
import type { ProjectAudit } from './audit-project.ts';

/** @param file as the user gave it. @throws FILE_ACCESS, DISK_FULL */
export async function writeSarif(
  file: string,
  { findings, unaudited }: ProjectAudit,
  { cwd, version }: Pick<Context, 'cwd' | 'version'>,
): Promise<void> {
  const couldNotRun = unaudited.map(({ plugin, reason }) => (plugin === undefined ? reason : `${plugin}: ${reason}`));
  const document = auditToSarif({ findings, version, couldNotRun, lockFile: 'ar-plugins.lock' });
  await writeAtomically(path.resolve(cwd, file), `${JSON.stringify(document, undefined, 2)}\n`);
}
