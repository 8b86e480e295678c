import { ArError } from '@ar-registry/core/errors';
import { execa } from 'execa';
import type { CredentialPlace, CredentialStore } from './store.ts';

/** What others keep, and this program only uses. */
export type ForeignSource = 'GITHUB_TOKEN' | 'GH_TOKEN' | 'gh';

export interface FoundToken<Source = ForeignSource | CredentialPlace> {
  readonly token: string;
  readonly source: Source;
}

export interface TokenQuery {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly store: CredentialStore;
  /** Of GitHub's pages. */
  readonly host: string;
  readonly signal: AbortSignal;
}

/**
 * The token that commands use: of GITHUB_TOKEN, GH_TOKEN, `ar plugin login`, or GitHub's own program `gh`, in this
 * order.
 *
 * @throws TOKEN_INVALID, FILE_INVALID, FILE_ACCESS, ABORTED
 */
export async function findToken(query: TokenQuery): Promise<FoundToken | undefined> {
  const given = tokenOfEnvironment(query.env);
  if (given) return given;
  const stored = await query.store.read();
  if (stored) return { token: parseToken(stored.token, stored.place), source: stored.place };
  return tokenOfGh(query);
}

/** @throws TOKEN_INVALID */
export function tokenOfEnvironment(env: TokenQuery['env']): FoundToken<ForeignSource> | undefined {
  for (const source of ['GITHUB_TOKEN', 'GH_TOKEN'] as const) {
    const text = env[source];
    if (text) return { token: parseToken(text, source), source };
  }
  return undefined;
}

/** What `gh auth token` says, where `gh` is installed and logged in. */
export async function tokenOfGh({
  host,
  env,
  signal,
}: Omit<TokenQuery, 'store'>): Promise<FoundToken<ForeignSource> | undefined> {
  const { stdout, exitCode, isCanceled } = await execa('gh', ['auth', 'token', '--hostname', host], {
    env,
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    timeout: 15_000,
    cancelSignal: signal,
  });
  if (isCanceled) throw new ArError('ABORTED', { doing: 'asking gh for a token' });
  return exitCode === 0 && stdout.trim() !== ''
    ? { token: parseToken(stdout, 'gh auth token'), source: 'gh' }
    : undefined;
}

/**
 * A token as it goes into a header: visible ASCII, on one line.
 *
 * @param source how it is called in the error, which never holds the text itself
 * @throws TOKEN_INVALID
 */
export function parseToken(text: string, source: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]{8,500}$/.test(token)) return token;
  throw new ArError('TOKEN_INVALID', { source });
}
