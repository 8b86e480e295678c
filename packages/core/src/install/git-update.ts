/** Updates of plugins from git repositories: to the newest commit of the branch or tag that is wanted. */
import type { GrantedPermissions, NormalizedManifest, PluginName } from '@ar-registry/schemas';
import { ArError } from '../errors/index.ts';
import { addedPermissions } from '../permission/index.ts';
import type { LockEntry } from './lockfile.ts';
import type { UpdateChange } from './update.ts';

/** An installed plugin of a git repository. */
export interface GitTarget {
  readonly name: PluginName;
  /** Repository, reference and folder, as `ar-plugins.yaml` has them. */
  readonly git: string;
  /** What is locked; absent where it is wanted and not locked yet. */
  readonly lock?: LockEntry | undefined;
  /** What the user granted to it. */
  readonly permissions: GrantedPermissions;
}

/** Whether `commit` is what is installed already. */
export function isAtCommit({ git, lock }: GitTarget, commit: string): boolean {
  return lock?.source === 'git' && lock.git === git && lock.commit === commit;
}

/**
 * What moving to another commit changes for the user.
 *
 * @param manifest of that commit
 * @throws PACKAGE_MISMATCH where it is another plugin by now
 */
export function describeGitUpdate(
  { name, git, lock, permissions }: GitTarget,
  { manifest, commit }: { readonly manifest: NormalizedManifest; readonly commit: string },
): UpdateChange {
  if (manifest.name !== name)
    throw new ArError('PACKAGE_MISMATCH', { archive: git, expected: name, actual: manifest.name });
  const [held, asked] = [permissions, manifest.permissions];
  return {
    name,
    ...(lock === undefined ? {} : { from: lock.version }),
    to: manifest.version,
    changelog: manifest.repository.url,
    repository: manifest.repository.url,
    permissions: { added: addedPermissions(held, asked), removed: addedPermissions(asked, held) },
    commit: { from: lock?.source === 'git' ? short(lock.commit) : 'none', to: short(commit) },
  };
}

function short(commit: string): string {
  return commit.slice(0, 12);
}
