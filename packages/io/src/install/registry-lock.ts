/**
 * Where a lock says that the archive of a registry is, and how much of that is believed.
 *
 * A lock comes with a project, so it is attacker-controlled: whoever changes the address can change the hash beside it.
 * So an archive is taken from its registry, or from where the registry itself says that it is.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_ARCHIVE_LIMITS } from '@ar-registry/core/archive';
import { ArError } from '@ar-registry/core/errors';
import type { LockEntry } from '@ar-registry/core/install';
import { hideCredentials } from '@ar-registry/core/text';
import type { PluginName, VersionDocument } from '@ar-registry/schemas';
import { lockedUrl } from '../advisories/index.ts';
import { createApiClient } from '../api-client/index.ts';
import type { InstallPorts } from './ports.ts';
import { portable } from './resolve-spec.ts';

export type RegistryLock = Extract<LockEntry, { source: 'registry' }>;

type Place = Pick<RegistryLock, 'url' | 'registry'>;

/** What a lock says of where an archive is. A folder that goes where the project goes is named relative to it. */
export function placeInLock(
  document: VersionDocument,
  { client, projectDir, relativeRegistries }: Pick<InstallPorts, 'client' | 'projectDir' | 'relativeRegistries'>,
): Place {
  const place = { url: client.archiveUrl(document), registry: client.registryOf(document.name) };
  if (!place.registry.startsWith('file:')) return place;
  const relative = path.relative(projectDir, fileURLToPath(place.registry));
  const isInside = !path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..';
  if (!isInside && relativeRegistries?.has(place.registry) !== true) return place;
  const registry = relative === '' ? '.' : portable(relative);
  return { url: place.url.replace(place.registry, () => registry), registry };
}

/**
 * The bytes that a lock names, unverified.
 *
 * @throws LOCK_ADDRESS_REFUSED where they are not at the registry, and it does not say that they are there
 */
export async function downloadLocked(name: PluginName, lock: RegistryLock, ports: InstallPorts): Promise<Uint8Array> {
  const [url, registry] = [lockedUrl(lock.url, ports.projectDir), lockedUrl(lock.registry, ports.projectDir)];
  if (!isBelow(url, registry)) await assertNamed({ name, lock, url, registry }, ports);
  const { client, signal } = ports;
  // A folder can be read whatever registry is asked for the rest.
  const isFolder = registry.startsWith('file:') && registry !== client.registryOf(name);
  const owner = isFolder ? createApiClient({ registryUrl: registry, userAgent: '' }) : client;
  return owner.download(url, DEFAULT_ARCHIVE_LIMITS.archiveBytes, signal);
}

/** Not so for an address that leads out of the registry again, by `..` in whatever disguise. */
function isBelow(url: string, registry: string): boolean {
  return URL.canParse(url) && new URL(url).href === url && url.startsWith(`${registry}/`);
}

interface Elsewhere extends Place {
  readonly name: PluginName;
  readonly lock: RegistryLock;
}

/** @throws LOCK_ADDRESS_REFUSED, and what asking for the version throws */
async function assertNamed(
  { name, lock, url, registry }: Elsewhere,
  { client, signal }: Pick<InstallPorts, 'client' | 'signal'>,
): Promise<void> {
  if (client.registryOf(name) === registry) {
    const document = await client.version(name, lock.version, signal);
    if (client.archiveUrl(document) === url && document.dist.integrity === lock.integrity) return;
  }
  const plugin = `${name}@${lock.version}`;
  throw new ArError('LOCK_ADDRESS_REFUSED', {
    plugin,
    url: hideCredentials(lock.url),
    registry: hideCredentials(lock.registry),
  });
}
