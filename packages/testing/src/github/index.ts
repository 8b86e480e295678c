/**
 * A double of GitHub: its REST API over real bare git repositories, served over HTTP on loopback.
 *
 * ```ts
 * await using github = await createGitHubDouble({
 *   accounts: [
 *     { login: 'registry', id: 1, token: 'token-of-registry' },
 *     { login: 'alice', id: 2, token: 'token-of-alice' },
 *   ],
 *   repositories: [{ owner: 'registry', name: 'index', files: { 'registry.yaml': 'name: test\n' } }],
 * });
 * const octokit = new Octokit({ baseUrl: github.apiUrl, auth: 'token-of-alice' });
 * // … fork, commit, open a pull request …
 * expect(github.violations).toEqual([]);
 * expect(await github.repository('alice/index').readFile('plugins/a.yaml', 'my-branch')).toBe('…');
 * ```
 *
 * - Every request and every answer is compared with GitHub's published OpenAPI description. A request that is not as
 *   described is answered by 400 with the reasons and lands in `violations`; so does an answer that is not, which is a
 *   bug of the double. Disposing throws when there are violations. A path that the double does not have is one, too.
 * - Who may do what is as on GitHub: a stranger forks, opens pull requests and comments, and gets 403 or 404 for the
 *   rest. `createToken` makes tokens with scopes, or like a workflow's, with permissions in one repository.
 * - `fail` plays failures: rate limits, refusals, broken connections, answers that are held back until released.
 * - Pushes straight into a bare repository (`gitUrl`) are noticed at the next request; `repository(…).sync()` does it
 *   at once. Pull requests have `refs/pull/N/head` and `refs/pull/N/merge` in the repository that they were opened in.
 */
export {
  createGitHubDouble,
  type AccountSeed,
  type GitHubDouble,
  type GitHubSeed,
  type RepositorySeed,
  type TokenSeed,
} from './double.ts';
export type { Fault, FaultHandle, FaultKind } from './faults.ts';
export type { LoggedRequest, Violation } from './journal.ts';
export type { ArtifactSeed, CommitOptions, RepositoryHandle } from './staging.ts';
export type { DeviceFlow } from './web/device.ts';
export type { Account, Area, CheckRun, Comment, Issue, Pull, Release, Review, Role, Status } from './state.ts';
