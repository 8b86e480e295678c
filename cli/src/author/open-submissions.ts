/** The index that submissions go to, opened, and who submits: as all commands of authors need it. */
import path from 'node:path';
import { ArError, hasCode } from '@ar-registry/core/errors';
import { hideCredentials } from '@ar-registry/core/text';
import type { GitHub } from '@ar-registry/io/github';
import { gitHubPlaces, openIndex, parseGitHubRemote, type IndexTarget } from '@ar-registry/io/propose';
import type { Account, PluginName } from '@ar-registry/schemas';
import type { Context } from '../context.ts';
import { findGitHub } from './github.ts';
import { findPublisher, findRemote, namedPublisher } from './publish-settings.ts';

export interface SubmissionValues {
  /** --index */
  readonly index: string | undefined;
  /** --as */
  readonly as: string | undefined;
}

/** Whom the submission concerns: its registry says where it goes; and in which folder git settings count, absolute. */
export interface SubmissionPlace {
  readonly plugin: PluginName;
  readonly dir: string;
}

/** Dispose it: that disposes the index. */
export interface Submissions extends AsyncDisposable {
  readonly index: IndexTarget;
  readonly submitter: Account;
  /** The index as the user or the registry wrote it, without credentials. */
  readonly given: string;
  /** Where submissions are pull requests. */
  readonly github: { readonly client: GitHub; readonly webUrl: string } | undefined;
}

/**
 * An index at GitHub takes pull requests of whoever the token belongs to; another one takes branches of whoever --as,
 * AR_PUBLISHER or git names.
 *
 * @throws INDEX_REMOTE_UNKNOWN, INDEX_NOT_FOUND, PUBLISHER_UNKNOWN, GITHUB_…, GIT_FAILED, REGISTRY_…, ABORTED
 */
export async function openSubmissions(
  values: SubmissionValues,
  { plugin, dir }: SubmissionPlace,
  context: Context,
): Promise<Submissions> {
  const { signal, output } = context;
  const { remote, given } = await findRemote(values.index, plugin, context);
  if (context.globals.offline && !path.isAbsolute(remote))
    throw new ArError('OFFLINE_NOT_CACHED', { what: `The index ${hideCredentials(given)}` });
  const named = namedPublisher(values.as, context.env);
  const client = await clientFor(remote, named, context);
  const submitter = client ? await identify(client, named) : (named ?? (await findPublisher(values.as, dir, context)));
  const github = client && { client, webUrl: gitHubPlaces(context.env).webUrl };
  const index = await output.during('Reading the index', () => openIndex(remote, { signal, github }));
  return {
    index,
    submitter,
    given: hideCredentials(given),
    github,
    [Symbol.asyncDispose]: async () => index[Symbol.asyncDispose](),
  };
}

/** @throws GITHUB_LOGIN_NEEDED where nobody is logged in, and nobody says that git shall do it */
async function clientFor(remote: string, named: Account | undefined, context: Context): Promise<GitHub | undefined> {
  if (!parseGitHubRemote(remote, gitHubPlaces(context.env).webUrl)) return undefined;
  const client = await findGitHub(context);
  if (!client && !named) throw new ArError('GITHUB_LOGIN_NEEDED', { remote: hideCredentials(remote) });
  return client;
}

/** GitHub says whose token it is; nobody submits in the name of somebody else. @throws PUBLISHER_UNKNOWN */
async function identify(client: GitHub, named: Account | undefined): Promise<Account> {
  const account = await client.whoAmI().catch((error: unknown) => {
    // The token of a workflow belongs to an app, which is not told who it is.
    if (named && hasCode(error, 'GITHUB_FORBIDDEN')) return named;
    throw error;
  });
  if (!named || named.id === account.id) return account;
  const problem = `the token is of ${account.login} (${account.id}), not of ${named.login} (${named.id})`;
  throw new ArError('PUBLISHER_UNKNOWN', { problem });
}
