import { ArError } from '@ar-registry/core/errors';
import { createGitHub, gitHubPlaces, type GitHubRepository, type RepositoryName } from '@ar-registry/io/github';
import { usage } from '../args.ts';
import type { Context } from '../command.ts';

/** Reads `owner/name`. @throws USAGE */
export function parseRepository(text: string, command: string): RepositoryName {
  const [, owner, repo] = /^([A-Za-z0-9-]{1,39})\/([A-Za-z0-9._-]{1,100})$/.exec(text) ?? [];
  if (owner === undefined || repo === undefined || /^\.+$/.test(repo))
    throw usage('--repo is not <owner>/<name>.', `ar-registry ${command} --help`);
  return { owner, repo };
}

/** The repository at GitHub, with the token of the environment. @throws GITHUB_TOKEN_MISSING where one is needed */
export function openGitHub(
  name: RepositoryName,
  { env, signal }: Pick<Context, 'env' | 'signal'>,
  needs: 'token' | 'nothing',
): GitHubRepository {
  const token = env['GITHUB_TOKEN'] || undefined;
  if (token === undefined && needs === 'token') throw new ArError('GITHUB_TOKEN_MISSING', {});
  const { apiUrl, uploadUrl } = gitHubPlaces(env);
  return createGitHub({ token, apiUrl, uploadUrl, signal, userAgent: 'ar-registry' }).repository(name);
}
