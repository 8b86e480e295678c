/** The snapshot of known vulnerabilities, published for `ar plugin validate`: as it is, parts before what names them. */
import { readdir } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import { hasCode } from '@ar-registry/core/errors';
import { finding, type Finding } from '@ar-registry/core/findings';
import { REGISTRY_FILE, routes } from '@ar-registry/core/layout';
import { osvPaths } from '@ar-registry/core/osv';
import { readRegularFile } from '@ar-registry/io/digest';
import { translateFileError } from '@ar-registry/io/files';
import { inParallel } from '@ar-registry/io/install';
import { readSnapshotIn } from '@ar-registry/io/osv';
import type { OsvSnapshot } from '@ar-registry/schemas';
import { ifAbsent, type OutputWriter } from './output-files.ts';

const PART_LIMIT_BYTES = 32 * 1024 * 1024;

/**
 * @param folder what `osv` wrote; absolute. One without a snapshot yet has nothing to publish
 * @returns what is wrong with the snapshot: then the plugins are published without it
 * @throws FILE_ACCESS, DISK_FULL
 */
export async function publishOsv(folder: string, out: OutputWriter): Promise<readonly Finding[]> {
  try {
    const snapshot = await readSnapshotIn(folder);
    if (!snapshot) return [];
    await inParallel(await partsOf(folder, snapshot), (file) => publishPart(folder, file, out));
    await out.write(SNAPSHOT, toBytes(snapshot));
    return [];
  } catch (error) {
    if (!hasCode(error, 'FILE_INVALID') && !hasCode(error, 'FILE_NOT_FOUND')) throw error;
    return [finding('OSV_SNAPSHOT_UNUSABLE', { file: REGISTRY_FILE }, { problem: error.message })];
  }
}

const SNAPSHOT = posix.join(routes.osv, osvPaths.snapshot);

function toBytes(snapshot: OsvSnapshot): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(snapshot, undefined, 2)}\n`);
}

/**
 * The same, where a snapshot may have been published already: its parts are named by what is in them, so that the same one
 * needs nothing.
 *
 * @param site what was published
 * @returns paths of what is no more; undefined where something is wrong with the snapshot
 * @throws FILE_ACCESS, DISK_FULL
 */
export async function publishChangedOsv(
  folder: string,
  { out, site }: { readonly out: OutputWriter; readonly site: string },
): Promise<readonly string[] | undefined> {
  const before = await out.read(SNAPSHOT);
  const snapshot = await readSnapshotIn(folder).catch((error: unknown) => {
    if (hasCode(error, 'FILE_INVALID')) return undefined;
    throw error;
  });
  if (snapshot && before && Buffer.from(toBytes(snapshot)).equals(before)) return [];
  if ((await publishOsv(folder, out)).length > 0) return undefined;
  const own = join(site, routes.osv, osvPaths.folder);
  const listed = await readdir(own, { recursive: true, withFileTypes: true }).catch(ifAbsent);
  const files = (listed ?? []).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => relative(site, file).replaceAll(sep, '/'));
}

async function publishPart(folder: string, file: string, out: OutputWriter): Promise<void> {
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
