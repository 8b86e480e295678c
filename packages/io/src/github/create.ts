import type { Account } from '@ar-registry/schemas';
import { createCalls, type Calls, type GitHubOptions } from './calls.ts';
import { commentMethods } from './comments.ts';
import { gitDataMethods } from './git-data.ts';
import { pullMethods } from './pulls.ts';
import { text, whole } from './read.ts';
import { releaseMethods } from './releases.ts';
import { repositoryMethods } from './repository.ts';
import type { GitHub, GitHubRepository, RepositoryName } from './types.ts';

/** What the methods of one repository are made from. */
export interface RepositoryCalls extends Calls {
  readonly name: RepositoryName;
  /** For sentences: `owner/repo`. */
  readonly shown: string;
  readonly uploadUrl: string;
  readonly whoAmI: () => Promise<Account>;
}

/** A client for GitHub's REST API. The token goes to `apiUrl` and `uploadUrl` and nowhere else, and into no message. */
export function createGitHub(options: GitHubOptions): GitHub {
  const calls = createCalls(options);
  let asked: Promise<Account> | undefined;
  const whoAmI = async (): Promise<Account> => {
    asked ??= askWhoAmI(calls);
    return asked.catch((error: unknown) => {
      asked = undefined;
      throw error;
    });
  };
  const { uploadUrl = options.apiUrl } = options;
  return {
    whoAmI,
    account: async (wanted) =>
      calls.call(`looking for the account ${wanted}`, async (request) => {
        const { login, id } = (await request('GET /users/{username}', { username: wanted })).data;
        return { login: text(login), id: whole(id) };
      }),
    repository: ({ owner, repo }): GitHubRepository => {
      // Nothing else of what it was given goes into requests.
      const name = { owner, repo };
      const own: RepositoryCalls = { ...calls, name, shown: `${name.owner}/${name.repo}`, uploadUrl, whoAmI };
      return {
        name,
        ...repositoryMethods(own),
        ...gitDataMethods(own),
        ...pullMethods(own),
        ...commentMethods(own),
        ...releaseMethods(own),
      };
    },
  };
}

async function askWhoAmI({ call }: Calls): Promise<Account> {
  return call('asking GitHub whose token it is', async (request) => {
    const { login, id } = (await request('GET /user')).data;
    return { login: text(login), id: whole(id) };
  });
}
