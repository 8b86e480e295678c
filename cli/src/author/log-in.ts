/** How a user comes to a token: one that is there already, one from the standard input, or the device flow. */
import { ArError } from '@ar-registry/core/errors';
import {
  parseToken,
  tokenOfEnvironment,
  tokenOfGh,
  type CredentialPlace,
  type ForeignSource,
  type FoundToken,
} from '@ar-registry/io/credentials';
import { gitHubPlaces } from '@ar-registry/io/propose';
import type { Account } from '@ar-registry/schemas';
import type { Context } from '../context.ts';
import { credentialStore, gitHubWith, hostOf, userAgentOf } from './github.ts';

export interface LoggedIn {
  readonly host: string;
  readonly account: Account;
  readonly source: ForeignSource | 'device' | 'stdin';
  /** Absent for a token that others keep. */
  readonly kept?: CredentialPlace;
}

/**
 * The token is tried before it is kept: GitHub says whose it is.
 *
 * @throws LOGIN_UNAVAILABLE, LOGIN_DENIED, LOGIN_EXPIRED, TOKEN_INVALID, GITHUB_…, REGISTRY_…, FILE_…, ABORTED
 */
export async function logIn({ withToken }: { readonly withToken: boolean }, context: Context): Promise<LoggedIn> {
  const host = hostOf(gitHubPlaces(context.env));
  const store = await credentialStore(context);
  const there = withToken
    ? undefined
    : await tokenOfOthers(host, { context, isKept: (await store.read()) !== undefined });
  if (there) {
    const account = await whoseIs(there.token, context);
    return { host, account, source: there.source };
  }
  const source = withToken ? 'stdin' : 'device';
  const token = withToken ? parseToken(await context.readInput(), 'the standard input') : await byDevice(context);
  const account = await whoseIs(token, context);
  return { host, account, source, kept: await store.write(token) };
}

function whoseIs(token: string, context: Context): Promise<Account> {
  return context.output.during('Asking GitHub', async () => (await gitHubWith(token, context)).whoAmI());
}

/** Of the environment, which wins over what is kept here; or of `gh`, over which what is kept here wins. */
async function tokenOfOthers(
  host: string,
  { context: { env, signal }, isKept }: { readonly context: Context; readonly isKept: boolean },
): Promise<FoundToken<ForeignSource> | undefined> {
  return tokenOfEnvironment(env) ?? (isKept ? undefined : await tokenOfGh({ env, signal, host }));
}

async function byDevice(context: Context): Promise<string> {
  const { env, signal, output, version } = context;
  const client = await context.registry();
  const { submissions } = await output.during('Asking the registry', () => client.config(signal));
  if (submissions?.githubClientId === undefined)
    throw new ArError('LOGIN_UNAVAILABLE', { registry: await context.registryUrl() });
  const { deviceLogin } = await import('@ar-registry/io/github');
  return deviceLogin({
    clientId: submissions.githubClientId,
    webUrl: gitHubPlaces(env).webUrl,
    signal,
    userAgent: userAgentOf(version),
    // Without this nobody could go on: it is said under --quiet too.
    onCode: ({ url, code }) => output.error([['Open ', url, ' and enter the code ', code, '. Waiting…']]),
  });
}
