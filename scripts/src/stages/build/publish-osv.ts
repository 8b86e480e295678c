/** The snapshot of known vulnerabilities, published for `ar plugin validate`: as it is, parts before what names them. */
import { readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { hasCode } from '@ar-registry/core/errors';
import { finding, type Finding } from '@ar-registry/core/findings';
import { REGISTRY_FILE, routes } from '@ar-registry/core/layout';
import { osvPaths } from '@ar-registry/core/osv';
import { readRegularFile } from '@ar-registry/io/digest';
import { translateFileError } from '@ar-registry/io/files';
import { inParallel } from '@ar-registry/io/install';
import { readSnapshotIn } from '@ar-registry/io/osv';
import type { OsvSnapshot } from '@ar-registry/schemas';
import type { OutputFolder } from './output-folder.ts';

const PART_LIMIT_BYTES = 32 * 1024 * 1024;

/**
 * @param folder what `osv` wrote; absolute. One without a snapshot yet has nothing to publish
 * @returns what is wrong with the snapshot: then the plugins are published without it
 * @throws FILE_ACCESS, DISK_FULL
 */
export async function publishOsv(folder: string, out: OutputFolder): Promise<readonly Finding[]> {
  try {
    const snapshot = await readSnapshotIn(folder);
    if (!snapshot) return [];
    await inParallel(await partsOf(folder, snapshot), (file) => publishPart(folder, file, out));
    const text = `${JSON.stringify(snapshot, undefined, 2)}\n`;
    await out.write(posix.join(routes.osv, osvPaths.snapshot), new TextEncoder().encode(text));
    return [];
  } catch (error) {
    if (!hasCode(error, 'FILE_INVALID') && !hasCode(error, 'FILE_NOT_FOUND')) throw error;
    return [finding('OSV_SNAPSHOT_UNUSABLE', { file: REGISTRY_FILE }, { problem: error.message })];
  }
}

async function publishPart(folder: string, file: string, out: OutputFolder): Promise<void> {
  const source = join(folder, file);
  const { bytes } = await readRegularFile(source, PART_LIMIT_BYTES);
  await out.link(posix.join(routes.osv, file), bytes, source);
}

async function partsOf(folder: string, snapshot: OsvSnapshot): Promise<readonly string[]> {
  const parts = posix.dirname(osvPaths.part(snapshot, ''));
  const names = await readdir(join(folder, parts)).catch((error: unknown) => {
    throw translateFileError(error, join(folder, parts));
  });
  const isPart = new RegExp(`^[0-9a-f]{${snapshot.prefixLength}}\\.json$`);
  return names.filter((name) => isPart.test(name)).map((name) => posix.join(parts, name));
}
