/** The cast of the tests of the double, and a client that says no more than it is told to. */
import { createGitHubDouble, type GitHubDouble, type GitHubSeed } from '@ar-registry/testing/github';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** `ask('POST /repos/registry/index/forks', {…})`; an absolute address after the method is asked as it is. */
export type Ask = (line: string, body?: unknown) => Promise<Reply>;

export const TOKENS = { registry: 'token-of-registry', alice: 'token-of-alice', bob: 'token-of-bob' } as const;

/** `registry` owns `registry/index`; `alice` and `bob` are strangers to it. */
export function startGitHub(seed: Partial<GitHubSeed> = {}): Promise<GitHubDouble> {
  return createGitHubDouble({
    accounts: [
      { login: 'registry', id: 1, type: 'Organization', token: TOKENS.registry },
      { login: 'alice', id: 2, token: TOKENS.alice },
      { login: 'bob', id: 3, token: TOKENS.bob },
    ],
    repositories: [{ owner: 'registry', name: 'index', files: { 'registry.yaml': 'name: test\n', 'a/b.txt': 'b\n' } }],
    ...seed,
  });
}

export function asker(github: GitHubDouble, token?: string): Ask {
  return async (line, body) => {
    const [method = 'GET', target = '/'] = line.split(' ');
    const response = await fetch(new URL(target, github.apiUrl), {
      method,
      redirect: 'manual',
      headers: {
        ...(token === undefined ? {} : { authorization: `token ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
}

/** Walks into an answer: `at(reply.body, 'head', 'sha')`. */
export function at(value: unknown, ...keys: readonly (string | number)[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

/** A fork of `registry/index` with one commit on the branch `change`; returns the commit. */
export async function forkWithChange(github: GitHubDouble, login: 'alice' | 'bob', text = 'new\n'): Promise<string> {
  await asker(github, TOKENS[login])('POST /repos/registry/index/forks', {});
  return github.repository(`${login}/index`).commit({ 'plugins/new.txt': text }, { branch: 'change', message: 'Add' });
}

/** Opens a pull request of that branch and returns its number. */
export async function openPull(github: GitHubDouble, login: 'alice' | 'bob'): Promise<number> {
  const reply = await asker(github, TOKENS[login])('POST /repos/registry/index/pulls', {
    title: 'Add new',
    head: `${login}:change`,
    base: 'main',
    body: 'Please.',
  });
  if (reply.status !== 201) throw new Error(`Opening answered ${reply.status}: ${JSON.stringify(reply.body)}`);
  return Number(at(reply.body, 'number'));
}
