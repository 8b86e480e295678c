import { ArError } from '@ar-registry/core/errors';
import { isBranchName } from '@ar-registry/core/git-name';
import { hideCredentials, toSingleLine, truncate } from '@ar-registry/core/text';

/**
 * Makes sure that `url` is an address or path and nothing else that git would act on.
 *
 * Refused: what git would read as an option, remote helpers (`ext::sh -c …` runs a program), and control characters.
 *
 * @throws GIT_FAILED
 */
export function assertRemote(url: string): void {
  const problem = remoteProblem(url);
  if (problem === undefined) return;
  const shown = truncate(toSingleLine(hideCredentials(url)), 200);
  throw new ArError('GIT_FAILED', { doing: `reading the address “${shown}”`, reason: problem });
}

function remoteProblem(url: string): string | undefined {
  if (url === '') return 'it is empty.';
  if (url.startsWith('-')) return 'it starts with a hyphen.';
  // oxlint-disable-next-line no-control-regex -- controls are what this refuses
  if (/[\u0000-\u001f\u007f]/.test(url)) return 'it has control characters.';
  if (/^[A-Za-z0-9+.-]+::/.test(url)) return 'remote helpers are not used.';
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(url)?.[1]?.toLowerCase();
  if (scheme !== undefined && !['file', 'git', 'http', 'https', 'ssh'].includes(scheme))
    return `${scheme}: is not a transport that is used.`;
  // `ssh://-oProxyCommand=…` and `-oProxyCommand=…:path` would be options of ssh.
  return /(?:^|:\/\/|@)-/.test(url) ? 'its host starts with a hyphen.' : undefined;
}

/** @throws REVISION_UNKNOWN for a name that no branch can have. */
export function assertBranch(name: string, repository: string): void {
  if (isBranchName(name)) return;
  throw new ArError('REVISION_UNKNOWN', {
    repository: hideCredentials(repository),
    revision: truncate(toSingleLine(name), 200),
  });
}

/** A full object id, SHA-1 or SHA-256. */
export function isObjectId(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
