import { hideCredentials } from '@ar-registry/core/text';
import type { Source } from '@ar-registry/schemas';
import { runGit } from '../git/command.ts';

/**
 * Where a plugin's folder comes from: the commit that its repository is at, if the folder is exactly as committed and
 * the repository has a remote that others can reach. Undefined otherwise: a wrong source is worse than none.
 *
 * @throws GIT_FAILED, COMMAND_NOT_FOUND
 */
export async function readSource(dir: string, signal: AbortSignal): Promise<Source | undefined> {
  const ask = async (args: readonly string[]): Promise<string | undefined> => {
    // Without optional locks git writes nothing, not even its own index.
    const answer = await runGit(['--no-optional-locks', ...args], {
      doing: 'reading the repository of the plugin',
      cwd: dir,
      signal,
      answers: [1, 2, 128],
    });
    return answer.exitCode === 0 ? new TextDecoder().decode(answer.stdout).trim() : undefined;
  };
  const commit = await ask(['rev-parse', '--verify', 'HEAD^{commit}']);
  if (commit === undefined) return undefined;
  const changes = await ask(['status', '--porcelain', '--untracked-files=all', '--', '.']);
  const remote = await ask(['remote', 'get-url', 'origin']);
  const url = remote === undefined ? undefined : publicUrl(remote);
  const prefix = await ask(['rev-parse', '--show-prefix']);
  if (changes !== '' || url === undefined || prefix === undefined) return undefined;
  const path = prefix.replace(/\/$/, '');
  return { type: 'git', url, commit, ...(path === '' ? {} : { path }) };
}

/** A path of this machine tells others nothing, and its credentials too much. */
function publicUrl(remote: string): string | undefined {
  const url = hideCredentials(remote);
  return /^(?:https?|ssh|git):\/\/[^\s]+$|^[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:[^\s]+$/.test(url) ? url : undefined;
}
