import { stat } from 'node:fs/promises';
import path from 'node:path';
import { ArError, hasCode } from '@ar-registry/core/errors';
import { hideCredentials } from '@ar-registry/core/text';
import { openRepository } from '../git/index.ts';

/**
 * What git shall clone: an address as it is, and for a path the repository there, bare or with a work tree around it.
 *
 * @param cwd what a path is relative to; absolute
 * @throws INDEX_NOT_FOUND for a path where there is no repository
 */
export async function resolveRemote(remote: string, cwd: string): Promise<string> {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(remote)) return remote;
  const folder = path.resolve(cwd, remote);
  const info = await stat(folder).catch(() => undefined);
  if (!info?.isDirectory()) {
    // `git@host:path` is an address of git's own; nothing else with a colon is.
    if (/^[^/\\]+:/.test(remote)) return remote;
    throw new ArError('INDEX_NOT_FOUND', { remote: hideCredentials(remote) });
  }
  try {
    return (await openRepository(folder)).gitDir;
  } catch (error) {
    if (!hasCode(error, 'INDEX_UNREADABLE')) throw error;
    throw new ArError('INDEX_NOT_FOUND', { remote }, { cause: error });
  }
}
