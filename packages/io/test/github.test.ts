/** The client for GitHub against its double: failures of every kind, and what more than one command needs. */
import { getEventListeners } from 'node:events';
import { createGitHub, deviceLogin, type GitHub, type GitHubRepository } from '@ar-registry/io/github';
import { createGitHubDouble, type GitHubDouble } from '@ar-registry/testing/github';
import { beforeEach, describe, expect, it } from 'vitest';
import { codeOf, errorOf } from './support/code-of.ts';

const TOKEN = 'token-of-registry';

let double: GitHubDouble;
let notes: string[];

beforeEach(async () => {
  notes = [];
  double = await createGitHubDouble({
    accounts: [
      { login: 'registry', id: 1, token: TOKEN },
      { login: 'alice', id: 2, token: 'token-of-alice' },
    ],
    repositories: [{ owner: 'registry', name: 'index' }],
    device: { clientIds: ['client'], intervalSeconds: 0 },
  });
  return async () => {
    // Throws if anything that was asked or answered is not as GitHub describes it.
    await double[Symbol.asyncDispose]();
  };
});

interface Asking {
  readonly token?: string;
  readonly signal?: AbortSignal;
  readonly secondMs?: number;
}

function client({ token = TOKEN, signal = new AbortController().signal, secondMs = 1 }: Asking = {}): GitHub {
  const { apiUrl, uploadUrl } = double;
  return createGitHub({ token, apiUrl, uploadUrl, signal, secondMs, onNote: (note) => notes.push(note) });
}

const index = (asking?: Asking): GitHubRepository => client(asking).repository({ owner: 'registry', repo: 'index' });

describe('who it is', () => {
  it('is the account of the token, with its numeric id', async () => {
    expect(await client({ token: 'token-of-alice' }).whoAmI()).toEqual({ login: 'alice', id: 2 });
    expect(await client().account('Alice')).toEqual({ login: 'alice', id: 2 });
    expect(await codeOf(client().account('nobody'))).toBe('GITHUB_NOT_FOUND');
  });

  it('is nobody for a token that GitHub does not know, which is in no message', async () => {
    const error = await errorOf(client({ token: 'secret-token-1' }).whoAmI());
    expect(error.code).toBe('GITHUB_UNAUTHORIZED');
    expect(`${error.message}${error.remedy}${JSON.stringify(error.facts)}`).not.toContain('secret');
  });
});

describe('a failure', () => {
  it.each([
    [401, 'GITHUB_UNAUTHORIZED'],
    [403, 'GITHUB_FORBIDDEN'],
    [404, 'GITHUB_NOT_FOUND'],
    [422, 'GITHUB_REJECTED'],
  ] as const)('with the status %i is %s, and is not asked for again', async (status, code) => {
    double.fail({ path: '/repos/registry/index', with: status });
    expect(await codeOf(index().facts())).toBe(code);
    expect(double.requests).toHaveLength(1);
  });

  it.each([500, 502, 503, 'drop-connection'] as const)('with %s is asked for again', async (kind) => {
    double.fail({ with: kind, times: 2 });
    expect(await index().facts()).toMatchObject({ defaultBranch: 'main', canPush: true });
    expect(notes).toHaveLength(2);
  });

  it.each([500, 502, 503, 'drop-connection'] as const)('with %s that does not end is an error', async (kind) => {
    const fault = double.fail({ with: kind, times: 100 });
    expect(await codeOf(index().facts())).toBe('GITHUB_UNAVAILABLE');
    expect(fault.happened).toBe(4);
  });

  it('of an address where nothing listens is an error', async () => {
    const { signal } = new AbortController();
    const github = createGitHub({ token: undefined, apiUrl: 'http://127.0.0.1:1', signal, secondMs: 1 });
    expect(await codeOf(github.whoAmI())).toBe('GITHUB_UNAVAILABLE');
  });
});

describe('a limit', () => {
  it.each(['rate-limit', 'secondary-rate-limit'] as const)('of the kind %s is waited for, and said', async (kind) => {
    double.fail({ with: kind, retryAfterSeconds: 7 });
    expect(await index().facts()).toMatchObject({ defaultBranch: 'main' });
    expect(notes).toHaveLength(1);
  });

  it.each(['rate-limit', 'secondary-rate-limit'] as const)('of the kind %s that lasts is an error', async (kind) => {
    const fault = double.fail({ with: kind, times: 100 });
    expect(await codeOf(index().facts())).toBe('GITHUB_RATE_LIMITED');
    expect(fault.happened).toBe(3);
  });

  it('that is too far away is not waited for', async () => {
    const fault = double.fail({ with: 'secondary-rate-limit', retryAfterSeconds: 3000 });
    expect(await errorOf(index().facts())).toMatchObject({ code: 'GITHUB_RATE_LIMITED', facts: { waitSeconds: 3000 } });
    expect([fault.happened, notes]).toEqual([1, []]);
  });
});

describe('an interruption', () => {
  it('ends a request that is not answered', async () => {
    const stop = new AbortController();
    const slow = double.fail({ with: 'slow' });
    const asked = codeOf(index({ signal: stop.signal }).facts());
    await slow.once;
    stop.abort();
    expect(await asked).toBe('ABORTED');
    slow.release();
  });

  it.each(['secondary-rate-limit', 503] as const)('ends the waiting after %s', async (kind) => {
    const stop = new AbortController();
    const fault = double.fail({ with: kind, times: 100, retryAfterSeconds: 50 });
    const asked = codeOf(index({ signal: stop.signal, secondMs: 60_000 }).facts());
    await fault.once;
    while (notes.length === 0) await new Promise(setImmediate);
    stop.abort();
    expect(await asked).toBe('ABORTED');
    expect(fault.happened).toBe(1);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  it('that came before asks nothing', async () => {
    expect(await codeOf(index({ signal: AbortSignal.abort() }).facts())).toBe('ABORTED');
    expect(double.requests).toEqual([]);
  });
});

const label = (name: string) => ({ name, color: '0e8a16', description: name });

/** A pull request of alice's, with these files. */
async function pullRequest(files: Readonly<Record<string, string>> = { 'a.txt': 'a\n' }): Promise<number> {
  const fork = await index({ token: 'token-of-alice' }).fork();
  await double.repository('alice/index').commit(files, { branch: 'topic' });
  const pull = { title: 'Topic', body: 'Text', head: `${fork.owner}:topic`, base: 'main' };
  return (await index({ token: 'token-of-alice' }).openPull(pull)).number;
}

describe('a pull request', () => {
  it('is found by its head and by its commit, with its files', async () => {
    const number = await pullRequest({ 'a.txt': 'a\n', 'b/c.txt': 'c\n' });
    const sha = (await double.repository('alice/index').tip('topic')) ?? '';
    const [pull] = await index().findPulls({ headSha: sha });
    expect(pull).toMatchObject({
      number,
      author: { id: 2 },
      head: { sha, repository: { owner: 'alice' } },
      merged: false,
    });
    expect(await index().findPulls({ head: 'alice:topic' })).toEqual([pull]);
    expect(await index().findPulls({ headSha: '0'.repeat(40) })).toEqual([]);
    const files = await index().pullFiles(number);
    expect(files.map(({ path, status }) => [path, status])).toEqual([
      ['a.txt', 'added'],
      ['b/c.txt', 'added'],
    ]);
  });

  it('is merged at exactly one head', async () => {
    const number = await pullRequest();
    const sha = (await double.repository('alice/index').tip('topic')) ?? '';
    const other = { sha: '1'.repeat(40), title: 'Topic' };
    expect(await codeOf(index().mergePull(number, other))).toBe('GITHUB_REJECTED');
    const merge = await index().mergePull(number, { sha, title: 'Topic' });
    expect(await double.repository('registry/index').tip('main')).toBe(merge);
    expect(await index().pull(number)).toMatchObject({ merged: true, state: 'closed' });
  });

  it('is merged once where the answer was lost', async () => {
    const number = await pullRequest();
    const sha = (await double.repository('alice/index').tip('topic')) ?? '';
    double.fail({ method: 'PUT', path: /\/merge$/, with: 'drop-after-effect' });
    const merge = await index().mergePull(number, { sha, title: 'Topic' });
    expect(await double.repository('registry/index').tip('main')).toBe(merge);
  });

  it('has one comment of ours, whoever else writes what looks like it', async () => {
    const number = await pullRequest();
    const marker = '<!-- report -->';
    await index({ token: 'token-of-alice' }).upsertComment(number, marker, `${marker}\nmine`);
    double.fail({ method: 'POST', path: /\/comments$/, with: 'drop-after-effect' });
    await index().upsertComment(number, marker, `${marker}\nfirst`);
    await index().upsertComment(number, marker, `${marker}\nsecond`);
    const comments = double.repository('registry/index').comments(number);
    expect(comments.map(({ user, body }) => [user.login, body])).toEqual([
      ['alice', `${marker}\nmine`],
      ['registry', `${marker}\nsecond`],
    ]);
  });

  it('has the labels that are set, and keeps those that people set', async () => {
    const number = await pullRequest();
    await index().ensureLabels(['by-a-person', 'passed', 'failed'].map(label));
    await index().ensureLabels([label('passed')]);
    await index().setLabels(number, ['by-a-person', 'failed'], []);
    await index().setLabels(number, ['passed'], ['passed', 'failed']);
    expect((await index().pull(number)).labels.toSorted()).toEqual(['by-a-person', 'passed']);
  });
});

describe('files', () => {
  it('of a tree are listed from its top, but for folders that are not wanted', async () => {
    await double.repository('registry/index').commit({ 'store/x': 'x', 'a/b/c.txt': 'c', 'a/store/y': 'y' });
    const head = (await index().branch('main')) ?? '';
    const files = await index().listTree(head, { skip: new Set(['store']) });
    expect(files.map(({ path }) => path).toSorted()).toEqual(['README.md', 'a/b/c.txt', 'a/store/y']);
  });

  it('are read at a branch, whatever their bytes', async () => {
    const bytes = new Uint8Array([0, 255, 254, 10, 13]);
    await double.repository('registry/index').commit({ 'a/b.bin': bytes });
    expect(await index().readFile('a/b.bin', 'main')).toEqual(bytes);
    expect(await index().readFile('a/none', 'main')).toBeUndefined();
    expect(await index().readFile('a', 'main')).toBeUndefined();
  });
});

const login = (signal = new AbortController().signal, shown: string[] = []): Promise<string> =>
  deviceLogin({ clientId: 'client', webUrl: double.webUrl, signal, onCode: ({ code }) => shown.push(code) });

describe('the device flow', () => {
  it('shows a code, and has a token once it was entered', async () => {
    const shown: string[] = [];
    double.device.answerFirst('authorization_pending');
    const next = double.device.nextUserCode();
    const token = login(undefined, shown);
    double.device.approve(await next, 'alice');
    expect(await client({ token: await token }).whoAmI()).toEqual({ login: 'alice', id: 2 });
    expect(shown).toHaveLength(1);
  });

  it.each([
    ['deny', 'LOGIN_DENIED'],
    ['expire', 'LOGIN_EXPIRED'],
  ] as const)('ends when people %s it', async (what, code) => {
    const next = double.device.nextUserCode();
    const token = codeOf(login());
    double.device[what](await next);
    expect(await token).toBe(code);
  });

  it('can be interrupted', async () => {
    const stop = new AbortController();
    const next = double.device.nextUserCode();
    const token = codeOf(login(stop.signal));
    await next;
    stop.abort();
    expect(await token).toBe('ABORTED');
  });

  it('is an error for an app that GitHub does not know', async () => {
    const { signal } = new AbortController();
    const unknown = deviceLogin({ clientId: 'other', webUrl: double.webUrl, signal, onCode: () => undefined });
    expect(await codeOf(unknown)).toBe('GITHUB_NOT_FOUND');
  });
});

describe('the newest artifact', () => {
  const bytes = new Uint8Array([1]);

  it('is of a run for the branch of the repository itself, whatever strangers call theirs', async () => {
    const repository = double.repository('registry/index');
    const headSha = await repository.commit({ 'a.txt': 'a' });
    repository.addArtifact({ name: 'scan', runId: 11, headSha, bytes });
    repository.addArtifact({ name: 'scan', runId: 12, headSha, bytes });
    repository.addArtifact({ name: 'other', runId: 13, headSha, bytes });
    repository.addArtifact({ name: 'scan', runId: 14, headSha, bytes, headBranch: 'feature' });
    repository.addArtifact({ name: 'scan', runId: 15, headSha, bytes, headRepositoryId: 4711 });
    repository.addArtifact({ name: 'scan', runId: 16, headSha, bytes, expired: true });
    expect(await index().latestArtifact('scan', 'main')).toMatchObject({ runId: 12 });
  });

  it('is none where there is none', async () => {
    expect(await index().latestArtifact('scan', 'main')).toBeUndefined();
  });
});

describe('the downloads of release assets', () => {
  it('are counted by GitHub, over all releases', async () => {
    const repository = index();
    for (const tag of ['v1.0.0', 'v1.1.0']) {
      const release = await repository.createRelease({ tag, name: tag });
      const { url } = await repository.uploadAsset(release.id, 'hello.tgz', new Uint8Array([1]));
      if (tag === 'v1.0.0') await (await fetch(url)).arrayBuffer();
    }
    const found = await index().releaseDownloads();
    expect(found?.map(({ url, downloads }) => [url.split('/').at(-2), downloads]).toSorted()).toEqual([
      ['v1.0.0', 1],
      ['v1.1.0', 0],
    ]);
  });

  it('are not known of a repository that is not there', async () => {
    expect(await client().repository({ owner: 'registry', repo: 'gone' }).releaseDownloads()).toBeUndefined();
  });
});
