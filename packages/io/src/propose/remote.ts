/** Which remotes are repositories at GitHub. */
import type { RepositoryName } from '../github/types.ts';

/**
 * Owner and name of the repository at `webUrl` that `remote` names, in any of the forms that git takes; undefined for
 * every other remote.
 *
 * @param webUrl where GitHub's pages are: `https://github.com`, or the host of an own GitHub
 */
export function parseGitHubRemote(remote: string, webUrl: string): RepositoryName | undefined {
  const web = new URL(webUrl);
  const [, address, path] = /^([^/\\]+@[^/\\:]+):(?!\/\/)(.+)$/.exec(remote) ?? [];
  if (address !== undefined) return address === `git@${web.hostname}` ? repositoryOf(path ?? '') : undefined;
  if (!URL.canParse(remote)) return undefined;
  const url = new URL(remote);
  const host = url.protocol === 'ssh:' || url.protocol === 'git+ssh:' ? url.hostname === web.hostname : isWeb(url, web);
  return host ? repositoryOf(url.pathname.slice(1)) : undefined;
}

function isWeb(url: URL, web: URL): boolean {
  return (url.protocol === web.protocol || url.protocol === 'git:') && url.host === web.host;
}

function repositoryOf(path: string): RepositoryName | undefined {
  const [, owner, repo] =
    /^([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))\/([A-Za-z0-9._-]{1,100}?)(?:\.git)?\/?$/.exec(path) ?? [];
  if (owner === undefined || repo === undefined || repo === '.' || repo === '..') return undefined;
  return { owner, repo };
}
