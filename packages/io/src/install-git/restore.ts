/** What a lock pins of a git repository, made again: the same commit, and the same archive, or nothing. */
import { ArError } from '@ar-registry/core/errors';
import { parseGitSource, type LockEntry } from '@ar-registry/core/install';
import type { PluginName } from '@ar-registry/schemas';
import { buildGit } from './build.ts';
import { fetchResolved, isStoredAsLocked } from '../install/fetch.ts';
import { checkoutGit, type GitCheckout } from './checkout.ts';
import type { InstallPorts } from '../install/ports.ts';

export interface LockedGit {
  readonly name: PluginName;
  readonly lock: Extract<LockEntry, { source: 'git' }>;
}

/**
 * Fetches the pinned commit, for `restoreCheckout`; undefined where the store has its archive whole.
 *
 * @throws what `checkoutGit` throws, PACKAGE_MISMATCH, GIT_SOURCE_CHANGED
 */
export async function checkoutLocked({ name, lock }: LockedGit, ports: InstallPorts): Promise<GitCheckout | undefined> {
  if (await isStoredAsLocked(name, lock, ports)) return undefined;
  const checkout = await checkoutGit(parseGitSource(lock.git), ports, lock.commit);
  const { manifest } = checkout;
  const [expected, actual] = [`${name}@${lock.version}`, `${manifest.name}@${manifest.version}`];
  if (actual !== expected) throw new ArError('PACKAGE_MISMATCH', { archive: lock.git, expected, actual });
  // A lock that hides that something will run was not written by us.
  if ((checkout.build !== undefined) !== lock.built) throw changed({ name, lock });
  return checkout;
}

/** @throws GIT_SOURCE_CHANGED where it is not what the lock pins, and what `buildGit` throws */
export async function restoreCheckout(locked: LockedGit, checkout: GitCheckout, ports: InstallPorts): Promise<void> {
  const packed = await buildGit(checkout, ports);
  if (packed.integrity !== locked.lock.integrity) throw changed(locked);
  await fetchResolved(packed, ports);
}

function changed({ name, lock }: LockedGit): ArError {
  return new ArError('GIT_SOURCE_CHANGED', { plugin: name, source: lock.git, commit: lock.commit.slice(0, 12) });
}
