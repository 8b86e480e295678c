/** GitHub, as the user of this command line meets it: where it is, and with which token. */
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { createCredentialStore, findToken, openKeychain, type CredentialStore } from '@ar-registry/io/credentials';
import type { GitHub } from '@ar-registry/io/github';
import { gitHubPlaces, type GitHubPlaces } from '@ar-registry/io/propose';
import type { Context } from '../context.ts';

type Needs = Pick<Context, 'env' | 'signal' | 'configDir' | 'output' | 'version' | 'globals'>;

/** Where `ar plugin login` keeps tokens. */
export async function credentialStore({ env, signal, configDir }: Needs): Promise<CredentialStore> {
  return createCredentialStore({
    file: path.join(configDir, 'credentials.json'),
    keychain: env['AR_KEYCHAIN'] === 'off' ? undefined : await openKeychain(env),
    host: hostOf(gitHubPlaces(env)),
    signal,
  });
}

/** What people call it: `github.com`. */
export function hostOf({ webUrl }: GitHubPlaces): string {
  return new URL(webUrl).host;
}

/** The client is loaded here and not before: nothing else needs it, and it takes time. @throws OFFLINE_NOT_CACHED */
export async function gitHubWith(token: string, { env, signal, output, version, globals }: Needs): Promise<GitHub> {
  if (globals.offline) throw new ArError('OFFLINE_NOT_CACHED', { what: 'GitHub' });
  const { createGitHub } = await import('@ar-registry/io/github');
  const { apiUrl, uploadUrl } = gitHubPlaces(env);
  return createGitHub({
    token,
    apiUrl,
    uploadUrl,
    signal,
    userAgent: userAgentOf(version),
    onNote: (note) => output.note([note]),
  });
}

export function userAgentOf(version: string): string {
  return `ar-plugin/${version}`;
}

/** A client with the token that is found: GITHUB_TOKEN, GH_TOKEN, `ar plugin login`, `gh`. Undefined without any. */
export async function findGitHub(context: Needs): Promise<GitHub | undefined> {
  const { env, signal } = context;
  const query = { env, signal, host: hostOf(gitHubPlaces(env)), store: await credentialStore(context) };
  const found = await findToken(query);
  return found && gitHubWith(found.token, context);
}
