import { ArError } from '@ar-registry/core/errors';
import { hideCredentials } from '@ar-registry/core/text';
import type { GitProtocol } from './checkout.ts';
import { runGit } from './command.ts';
import { assertBranch, assertRemote, isObjectId } from './names.ts';

/** What is asked of a remote, with the user's own settings of git. */
export interface RemoteRef {
  readonly url: string;
  /** Branch, tag or full commit id; absent for the branch that HEAD names. */
  readonly ref?: string | undefined;
  readonly protocols: readonly GitProtocol[];
  readonly timeoutMs: number;
}

/**
 * The commit that `ref` leads to at this moment. A branch wins over a tag of the same name, as with `git clone`.
 * A full commit id is given back unasked.
 *
 * @throws REVISION_UNKNOWN where there is none, GIT_FAILED, COMMAND_NOT_FOUND, ABORTED
 */
export async function remoteCommit(
  { url, ref, protocols, timeoutMs }: RemoteRef,
  signal: AbortSignal,
): Promise<string> {
  assertRemote(url);
  if (ref !== undefined && isObjectId(ref)) return ref;
  if (ref !== undefined) assertBranch(ref, url);
  const asked = ref === undefined ? ['HEAD'] : [`refs/heads/${ref}`, `refs/tags/${ref}^{}`, `refs/tags/${ref}`];
  const deadline = AbortSignal.timeout(timeoutMs);
  const { stdout } = await runGit(['ls-remote', '--quiet', '--', url, ...asked], {
    doing: `asking ${url}`,
    network: true,
    ownGroup: !url.startsWith('ssh:'),
    signal: AbortSignal.any([signal, deadline]),
    env: { GIT_ALLOW_PROTOCOL: protocols.join(':') },
  }).catch((error: unknown) => {
    if (!deadline.aborted || signal.aborted) throw error;
    const reason = `it took longer than ${Math.round(timeoutMs / 1000)} s.`;
    throw new ArError('GIT_FAILED', { doing: `asking ${hideCredentials(url)}`, reason }, { cause: error });
  });
  const found = parseRefs(new TextDecoder().decode(stdout));
  const commit = asked.map((name) => found.get(name)).find((oid) => oid !== undefined);
  if (commit !== undefined) return commit;
  throw new ArError('REVISION_UNKNOWN', { repository: hideCredentials(url), revision: ref ?? 'HEAD' });
}

/** @param output what the remote says: attacker-controlled */
function parseRefs(output: string): ReadonlyMap<string, string> {
  return new Map(
    output.split('\n').flatMap((line): (readonly [string, string])[] => {
      const [oid = '', name = ''] = line.split('\t');
      return isObjectId(oid) ? [[name, oid]] : [];
    }),
  );
}
