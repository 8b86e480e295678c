/** Proposing to an index at GitHub, against its double: what it opens, how it goes on, what it refuses. */
import { createGitHub, type GitHub } from '@ar-registry/io/github';
import { openIndex, type IndexTarget, type Proposal } from '@ar-registry/io/propose';
import { createGitHubDouble, type GitHubDouble } from '@ar-registry/testing/github';
import { beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from './support/code-of.ts';

const BRANCH = 'status/acme/hello/yank-1.0.0';
const { signal } = new AbortController();
const ALICE = { login: 'alice', id: 2 };

let double: GitHubDouble;

beforeEach(async () => {
  double = await createGitHubDouble({
    accounts: [
      { login: 'registry', id: 1, token: 'token-of-registry' },
      { ...ALICE, token: 'token-of-alice' },
    ],
    repositories: [
      {
        owner: 'registry',
        name: 'index',
        files: {
          'registry-index/registry.yaml': 'schemaVersion: 1\nname: test\ntitle: Test\n',
          'registry-index/scopes/acme.yaml':
            'schemaVersion: 1\nscope: acme\nlevel: community\nowners:\n  - { login: alice, id: 2 }\n',
          'registry-index/store/sha512/aa/x.tgz': 'not listed',
          'old.txt': 'old\n',
        },
      },
    ],
  });
  return async () => {
    // Throws if anything that was asked or answered is not as GitHub describes it.
    await double[Symbol.asyncDispose]();
  };
});

function clientOf(token: string, notes: string[] = []): GitHub {
  const { apiUrl, uploadUrl } = double;
  return createGitHub({ token, apiUrl, uploadUrl, signal, secondMs: 1, onNote: (note) => notes.push(note) });
}

async function open(token = 'token-of-alice'): Promise<IndexTarget> {
  const { webUrl } = double;
  return openIndex(`${webUrl}/registry/index.git`, { signal, github: { client: clientOf(token), webUrl } });
}

function proposal(changes: Partial<Proposal> = {}): Proposal {
  return {
    branch: BRANCH,
    title: 'Yank @acme/hello 1.0.0',
    body: 'Loses messages.\n',
    message: 'Yank @acme/hello 1.0.0\n',
    files: new Map<string, Uint8Array | string | null>([
      ['registry-index/plugins/@acme/hello/status.yaml', 'yanked: {}\n'],
      ['registry-index/store/x.tgz', new Uint8Array([0, 255, 10])],
      ['old.txt', null],
    ]),
    author: ALICE,
    now: new Date('2026-01-02T03:04:05.678Z'),
    ...changes,
  };
}

const wish = { dryRun: false, signal };

const pulls = () => [...double.repository('registry/index').issues.values()];
const writes = () =>
  double.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);

describe('a proposal of somebody who may not push', () => {
  it('is a pull request from a fork, of one commit with exactly these files', async () => {
    await using index = await open();
    const done = await index.propose(proposal(), wish);
    expect(done).toMatchObject({
      state: 'opened',
      branch: BRANCH,
      pullRequest: { number: 1, url: `${double.webUrl}/registry/index/pull/1` },
      steps: ['Forked registry/index to alice/index.'],
    });
    const fork = double.repository('alice/index');
    expect(await fork.tip(BRANCH)).toBe(done.commit);
    expect(await fork.readFile('registry-index/plugins/@acme/hello/status.yaml', BRANCH)).toBe('yanked: {}\n');
    expect(await fork.readFile('registry-index/registry.yaml', BRANCH)).toContain('title: Test');
    expect(await fork.readFile('old.txt', BRANCH)).toBeUndefined();
    expect(pulls()).toMatchObject([{ title: 'Yank @acme/hello 1.0.0', user: { id: 2 }, state: 'open' }]);
  });

  it('uses the fork there is, brought up to date', async () => {
    await using first = await open();
    await first.propose(proposal(), wish);
    const head = await double.repository('registry/index').commit({ 'new.txt': 'new\n' });
    await using second = await open();
    const done = await second.propose(proposal({ branch: 'other' }), wish);
    expect(done.steps).toEqual([]);
    expect(await double.repository('alice/index').tip('main')).toBe(head);
    expect(await double.repository('alice/index').readFile('new.txt', 'other')).toBe('new\n');
  });

  it('waits for a fork that is not ready', async () => {
    await double[Symbol.asyncDispose]();
    double = await createGitHubDouble({
      accounts: [
        { login: 'registry', id: 1 },
        { ...ALICE, token: 'token-of-alice' },
      ],
      repositories: [{ owner: 'registry', name: 'index' }],
      forkDelay: 3,
    });
    await using index = await open();
    expect(await index.propose(proposal({ files: new Map([['a', 'b']]) }), wish)).toMatchObject({ state: 'opened' });
  });
});

describe('a proposal of somebody who may push', () => {
  it('is a pull request from the repository itself', async () => {
    await using index = await open('token-of-registry');
    const done = await index.propose(proposal({ author: { login: 'registry', id: 1 } }), wish);
    expect(await double.repository('registry/index').tip(BRANCH)).toBe(done.commit);
    expect(writes().some((line) => line.endsWith('/forks'))).toBe(false);
  });
});

describe('a second run', () => {
  it('finds the pull request and does nothing', async () => {
    await using first = await open();
    const before = await first.propose(proposal(), wish);
    const count = writes().length;
    await using second = await open();
    expect(await second.propose(proposal({ now: new Date() }), wish)).toMatchObject({
      state: 'already-open',
      commit: before.commit,
      pullRequest: before.pullRequest,
    });
    expect(writes().length).toBe(count);
  });

  it('with other files is refused', async () => {
    await using index = await open();
    await index.propose(proposal(), wish);
    const other = proposal({ files: new Map([['old.txt', 'other\n']]) });
    expect(await codeOf(index.propose(other, wish))).toBe('PROPOSAL_DIFFERS');
  });

  it('after its pull request was closed or merged starts anew', async () => {
    await using index = await open();
    await index.propose(proposal(), wish);
    await clientOf('token-of-registry')
      .repository({ owner: 'registry', repo: 'index' })
      .mergePull(1, {
        sha: (await double.repository('alice/index').tip(BRANCH)) ?? '',
        title: 'Merged',
      });
    await using again = await open();
    expect(await again.findEarlier(BRANCH)).toBeUndefined();
    const other = proposal({ files: new Map([['again.txt', 'again\n']]) });
    expect(await again.propose(other, wish)).toMatchObject({ state: 'opened', pullRequest: { number: 2 } });
  });

  it.each([
    ['the fork', 'POST', /\/merge-upstream$/],
    ['the contents', 'POST', /\/git\/trees$/],
    ['the tree', 'POST', /\/git\/commits$/],
    ['the commit', 'POST', /\/git\/refs$/],
    ['the branch', 'POST', /\/pulls$/],
  ])('goes on after %s', async (_what, method, path) => {
    const fault = double.fail({ method, path, with: 403, times: 1 });
    await using first = await open();
    expect(await codeOf(first.propose(proposal(), wish))).toBe('GITHUB_FORBIDDEN');
    expect(fault.happened).toBe(1);
    await using second = await open();
    expect(await second.propose(proposal(), wish)).toMatchObject({ state: 'opened', pullRequest: { number: 1 } });
    expect(pulls()).toHaveLength(1);
  });

  it.each([/\/forks$/, /\/git\/blobs$/, /\/git\/trees$/, /\/git\/commits$/, /\/git\/refs$/, /\/pulls$/])(
    'is not needed where the answer to %s was lost',
    async (path) => {
      double.fail({ method: 'POST', path, with: 'drop-after-effect' });
      await using index = await open();
      expect(await index.propose(proposal(), wish)).toMatchObject({ pullRequest: { number: 1 } });
      expect(pulls()).toHaveLength(1);
    },
  );

  it('at the same time ends in one pull request', async () => {
    await using a = await open();
    await using b = await open();
    const ends = await Promise.all([a.propose(proposal(), wish), b.propose(proposal({ now: new Date() }), wish)]);
    expect(ends.map(({ pullRequest }) => pullRequest?.number)).toEqual([1, 1]);
    expect(pulls()).toHaveLength(1);
  });
});

describe('a change that goes on with a branch', () => {
  it('is a further commit on it, in the repository itself where that was asked for', async () => {
    await using index = await openIndex(`${double.webUrl}/registry/index`, {
      signal,
      github: { client: clientOf('token-of-registry'), webUrl: double.webUrl },
      own: true,
    });
    await index.propose(proposal(), wish);
    const onto = await index.findEarlier(BRANCH);
    if (!onto) throw new Error('The branch is not found.');
    expect(await onto.list('registry-index/plugins')).toEqual(['registry-index/plugins/@acme/hello/status.yaml']);
    const more = proposal({ files: new Map([['new.txt', 'new\n']]), onto });
    const done = await index.propose(more, wish);
    expect(done).toMatchObject({ state: 'already-open', files: ['new.txt'], pullRequest: { number: 1 } });
    const repository = double.repository('registry/index');
    expect(await repository.readFile('registry-index/plugins/@acme/hello/status.yaml', BRANCH)).toBe('yanked: {}\n');
    expect(await repository.tip(BRANCH)).toBe(done.commit);
    // Somebody has pushed since: nothing of theirs is lost.
    const late = { ...more, files: new Map([['late.txt', 'late\n']]) };
    expect(await codeOf(index.propose(late, wish))).toBe('BASE_MOVED');
    expect(await repository.tip(BRANCH)).toBe(done.commit);
  });
});

describe('a dry run', () => {
  it('says every step and does none', async () => {
    await using index = await open();
    const done = await index.propose(proposal(), { dryRun: true, signal });
    expect(done).toMatchObject({
      state: 'dry-run',
      steps: [expect.any(String), expect.any(String), expect.any(String)],
    });
    expect(done.commit).toBeUndefined();
    expect(writes()).toEqual([]);
  });
});

describe('reading', () => {
  it('gives the records around a plugin, and fetches no archive', async () => {
    await using index = await open();
    const state = await index.readState('@acme/hello');
    expect(state).toMatchObject({ prefix: 'registry-index/', scope: { level: 'community' }, versions: [] });
    expect(state.scopes).toEqual(['acme']);
  });

  it.each([
    ['a repository without an index', 'registry/other', 'INDEX_NOT_FOUND'],
    ['a repository that is not there', 'registry/none', 'GITHUB_NOT_FOUND'],
  ])('refuses %s', async (_what, name, code) => {
    await double.createRepository({ owner: 'registry', name: 'other' });
    const github = { client: clientOf('token-of-alice'), webUrl: double.webUrl };
    const read = async (): Promise<unknown> => {
      await using index = await openIndex(`${double.webUrl}/${name}`, { signal, github });
      return await index.readState('@acme/hello');
    };
    expect(await codeOf(read())).toBe(code);
  });
});
