import { parseIndexPath } from '@ar-registry/core/layout';

/**
 * Whether a path, from the top of the repository, is of the index and nothing that could run: what a submission touches.
 *
 * @param prefix where the index lies: empty, or with a slash at the end. At the top workflows lie beside it.
 */
export function isInIndex(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix) || path.split('/').includes('..')) return false;
  return prefix !== '' || parseIndexPath(path).kind !== 'other';
}
