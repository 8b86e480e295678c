/**
 * All that an installation asks of one registry, asked at once: when a bundle is made, so that everything is recorded,
 * and before one is installed from, so that everything is verified before anything changes.
 */
import { DEFAULT_ARCHIVE_LIMITS } from '@ar-registry/core/archive';
import { blockingAdvisory, revoked } from '@ar-registry/core/advisory';
import { ArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import { TILE_WIDTH, tilePath, tilesOf } from '@ar-registry/core/transparency';
import type { PluginName, Version, VersionDocument } from '@ar-registry/schemas';
import type { ApiClient } from '../api-client/index.ts';
import { verifyArchive } from '../archive/verify-archive.ts';
import { checkLog, readServedLog, type CheckedLog, type SeenStore } from '../transparency/index.ts';

export interface AskedPlugin {
  readonly name: PluginName;
  readonly version: Version;
}

export interface AskPorts {
  readonly client: ApiClient;
  /** What was last seen of the log; by what it forgets, nothing is compared. */
  readonly seen: SeenStore;
  readonly signal: AbortSignal;
}

/** A version, and its archive, verified. */
export interface AskedVersion {
  readonly document: VersionDocument;
  readonly archive: Uint8Array;
}

/**
 * @param onVersion takes each version as it comes: archives are not held together in memory
 * @throws VERSION_REVOKED, INTEGRITY_MISMATCH, TRUST_…, LOG_…, and what else a client throws
 */
export async function askRegistry(
  plugins: readonly AskedPlugin[],
  ports: AskPorts,
  onVersion: (version: AskedVersion) => Promise<void> = async () => undefined,
): Promise<CheckedLog> {
  const { client, signal } = ports;
  await client.config(signal);
  const versions: { name: PluginName; version: Version; integrity: string }[] = [];
  for (const { name, version } of plugins) {
    await client.plugin(name, signal);
    const advisory = blockingAdvisory(await client.advisories(name, signal), name, version);
    if (advisory) throw revoked(name, version, advisory);
    const document = await client.version(name, version, signal);
    await onVersion({ document, archive: await fetchArchive(document, ports) });
    versions.push({ name, version, integrity: document.dist.integrity });
  }
  return askLog(versions, ports);
}

async function fetchArchive(document: VersionDocument, { client, signal }: AskPorts): Promise<Uint8Array> {
  const { name, version, dist } = document;
  const archive = `${name}@${version}`;
  const limit = DEFAULT_ARCHIVE_LIMITS.archiveBytes;
  if (dist.size > limit) throw new ArError('ARCHIVE_TOO_LARGE', { archive, what: 'its size in bytes', limit });
  const bytes = await client.download(client.archiveUrl(document), dist.size, signal);
  return verifyArchive(bytes, dist.integrity, archive).bytes;
}

async function askLog(
  versions: Parameters<typeof checkLog>[0]['versions'],
  { client, seen, signal }: AskPorts,
): Promise<CheckedLog> {
  const identity = await client.log(signal);
  const read = readServedLog(client, signal);
  return checkLog({ registry: client.registryUrl, identity, read, versions }, seen);
}

/** A tile has 8 KiB. */
const TILE_LIMIT_BYTES = 16_384;
/** Of the lowest level, which grows with the log: 2 MiB. */
const NEWEST_TILES = 256;

/**
 * Asks for the tiles by which whoever has seen the log before can tell that it goes on from there: all but the lowest
 * level, and of that the newest 65,536 entries. Nobody here knows what others have seen.
 */
export async function askTiles(size: number, { client, signal }: Pick<AskPorts, 'client' | 'signal'>): Promise<void> {
  const oldest = Math.ceil(size / TILE_WIDTH) - NEWEST_TILES;
  const tiles = tilesOf(size).filter(({ level, index }) => level > 0 || index >= oldest);
  for (const tile of tiles) await client.file(`${routes.log}/${tilePath(tile)}`, TILE_LIMIT_BYTES, signal);
}
