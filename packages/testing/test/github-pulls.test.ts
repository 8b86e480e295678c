import { describe, expect, it } from 'vitest';
import { asker, at, forkWithChange, openPull, startGitHub, TOKENS } from './support/github.ts';

const PULLS = '/repos/registry/index/pulls';

describe('pull requests', () => {
  it('are opened from a fork, and their head and trial merge are refs of the base', async () => {
    await using github = await startGitHub();
    const head = await forkWithChange(github, 'alice');
    const number = await openPull(github, 'alice');
    const base = github.repository('registry/index');
    expect(await base.tip(`refs/pull/${number}/head`)).toBe(head);
    expect(await base.readFile('plugins/new.txt', `refs/pull/${number}/merge`)).toBe('new\n');
    expect((await asker(github)(`GET ${PULLS}/${number}`)).body).toMatchObject({
      number: 1,
      state: 'open',
      user: { login: 'alice', id: 2 },
      head: { label: 'alice:change', ref: 'change', sha: head, repo: { full_name: 'alice/index', fork: true } },
      base: { ref: 'main', sha: await base.tip(), repo: { full_name: 'registry/index' } },
      mergeable: true,
      mergeable_state: 'clean',
      commits: 1,
      changed_files: 1,
      additions: 1,
      maintainer_can_modify: true,
    });
  });

  it('follow what is pushed to their branch, through the API and straight into the repository', async () => {
    await using github = await startGitHub();
    await forkWithChange(github, 'alice');
    await openPull(github, 'alice');
    const ask = asker(github, TOKENS.alice);
    const second = await github.repository('alice/index').commit({ 'two.txt': '2\n' }, { branch: 'change' });
    expect(at((await ask(`GET ${PULLS}/1`)).body, 'head', 'sha')).toBe(second);
    expect(await github.repository('registry/index').tip('refs/pull/1/head')).toBe(second);
    const files = await ask(`GET ${PULLS}/1/files`);
    expect(
      (files.body as { filename: string; status: string }[]).map((one) => `${one.status} ${one.filename}`),
    ).toEqual(['added plugins/new.txt', 'added two.txt']);
    expect((await ask(`GET ${PULLS}/1/commits`)).body).toHaveLength(2);
  });

  it('show renamed and removed files as what they are', async () => {
    await using github = await startGitHub();
    await asker(github, TOKENS.alice)('POST /repos/registry/index/forks', {});
    const long = Array.from({ length: 20 }, (_, n) => `line ${n}\n`).join('');
    await github.repository('registry/index').commit({ 'old.txt': long });
    await asker(github, TOKENS.alice)('POST /repos/alice/index/merge-upstream', { branch: 'main' });
    await github
      .repository('alice/index')
      .commit({ 'old.txt': null, 'moved ü.txt': long, 'a/b.txt': null }, { branch: 'change' });
    await openPull(github, 'alice');
    expect((await asker(github)(`GET ${PULLS}/1/files`)).body).toMatchObject([
      { filename: 'a/b.txt', status: 'removed', deletions: 1 },
      { filename: 'moved ü.txt', status: 'renamed', previous_filename: 'old.txt' },
    ]);
  });

  it('are found by head, base, state and commit', async () => {
    await using github = await startGitHub();
    const head = await forkWithChange(github, 'alice');
    await openPull(github, 'alice');
    await forkWithChange(github, 'bob', 'other\n');
    await openPull(github, 'bob');
    const ask = asker(github, TOKENS.bob);
    const numbers = async (target: string): Promise<readonly number[]> =>
      ((await ask(`GET ${target}`)).body as { number: number }[]).map(({ number }) => number);
    await ask(`PATCH ${PULLS}/2`, { state: 'closed' });
    expect(await numbers(PULLS)).toEqual([1]);
    expect(await numbers(`${PULLS}?state=all`)).toEqual([2, 1]);
    expect(await numbers(`${PULLS}?state=closed`)).toEqual([2]);
    expect(await numbers(`${PULLS}?state=all&direction=asc`)).toEqual([1, 2]);
    expect(await numbers(`${PULLS}?head=alice:change`)).toEqual([1]);
    expect(await numbers(`${PULLS}?head=bob:change`)).toEqual([]);
    expect(await numbers(`${PULLS}?base=other`)).toEqual([]);
    expect(await numbers(`/repos/registry/index/commits/${head}/pulls`)).toEqual([1]);
  });

  it('are refused twice for one branch, without commits, and without a branch', async () => {
    await using github = await startGitHub();
    await forkWithChange(github, 'alice');
    await openPull(github, 'alice');
    const ask = asker(github, TOKENS.alice);
    const open = (head: string, base = 'main') => ask(`POST ${PULLS}`, { title: 't', head, base });
    expect((await open('alice:change')).body).toMatchObject({
      message: 'Validation Failed',
      errors: [{ code: 'custom', message: 'A pull request already exists for alice:change.' }],
    });
    expect((await open('alice:main')).body).toMatchObject({
      errors: [{ message: 'No commits between main and main' }],
    });
    expect((await open('alice:none')).body).toMatchObject({ errors: [{ code: 'invalid', field: 'head' }] });
    expect((await open('alice:change', 'none')).body).toMatchObject({ errors: [{ code: 'invalid', field: 'base' }] });
  });

  it('say for a while that they do not know whether they can be merged, when the test says so', async () => {
    await using github = await startGitHub({ mergeableDelay: 1 });
    await forkWithChange(github, 'alice');
    await openPull(github, 'alice');
    const ask = asker(github);
    const seen = [await ask(`GET ${PULLS}/1`), await ask(`GET ${PULLS}/1`)].map(({ body }) => at(body, 'mergeable'));
    expect(seen).toEqual([null, true]);
  });

  it('are closed when their branch goes away', async () => {
    await using github = await startGitHub();
    await forkWithChange(github, 'alice');
    await openPull(github, 'alice');
    const ask = asker(github, TOKENS.alice);
    await ask('DELETE /repos/alice/index/git/refs/heads/change');
    expect((await ask(`GET ${PULLS}/1`)).body).toMatchObject({ state: 'closed', merged: false });
  });

  it('are closed and have no head repository when their fork is deleted', async () => {
    await using github = await startGitHub();
    await forkWithChange(github, 'alice');
    await openPull(github, 'alice');
    await github.deleteRepository('alice/index');
    const ask = asker(github, TOKENS.alice);
    expect((await ask(`GET ${PULLS}/1`)).body).toMatchObject({ state: 'closed', head: { repo: null, ref: 'change' } });
    expect((await ask(`PATCH ${PULLS}/1`, { state: 'open' })).status).toBe(422);
    expect((await ask('GET /repos/alice/index')).status).toBe(404);
  });

  it('can be reviewed, but not approved by their author', async () => {
    await using github = await startGitHub();
    const head = await forkWithChange(github, 'alice');
    await openPull(github, 'alice');
    const review = { event: 'APPROVE', body: 'Fine.' };
    expect((await asker(github, TOKENS.alice)(`POST ${PULLS}/1/reviews`, review)).status).toBe(422);
    expect((await asker(github, TOKENS.registry)(`POST ${PULLS}/1/reviews`, review)).status).toBe(200);
    expect((await asker(github)(`GET ${PULLS}/1/reviews`)).body).toMatchObject([
      { state: 'APPROVED', user: { login: 'registry' }, commit_id: head },
    ]);
  });
});

describe('merging', () => {
  it('makes a merge commit of base and head, and the pull request is merged', async () => {
    await using github = await startGitHub();
    const head = await forkWithChange(github, 'alice');
    await openPull(github, 'alice');
    const base = github.repository('registry/index');
    const before = await base.tip();
    const ask = asker(github, TOKENS.registry);
    expect((await ask(`GET ${PULLS}/1/merge`)).status).toBe(404);
    const merged = await ask(`PUT ${PULLS}/1/merge`, { sha: head, commit_title: 'Publish new' });
    expect(merged).toMatchObject({ status: 200, body: { merged: true, sha: await base.tip() } });
    const commit = await ask(`GET /repos/registry/index/git/commits/${String(await base.tip())}`);
    expect(commit.body).toMatchObject({ message: 'Publish new\n\nAdd new', parents: [{ sha: before }, { sha: head }] });
    expect((await ask(`GET ${PULLS}/1`)).body).toMatchObject({
      state: 'closed',
      merged: true,
      merged_by: { login: 'registry' },
      merge_commit_sha: await base.tip(),
    });
    expect((await ask(`GET ${PULLS}/1/merge`)).status).toBe(204);
    expect((await ask(`PUT ${PULLS}/1/merge`, {})).status).toBe(405);
  });

  it.each([
    ['squash', 1, 'Add new (#1)'],
    ['rebase', 2, 'Second'],
  ] as const)('with %s leaves %i commits without merges on top of the base', async (method, count, title) => {
    await using github = await startGitHub();
    await forkWithChange(github, 'alice');
    await github.repository('alice/index').commit({ 'two.txt': '2\n' }, { branch: 'change', message: 'Second' });
    await openPull(github, 'alice');
    const base = github.repository('registry/index');
    const moved = await base.commit({ 'meanwhile.txt': 'm\n' });
    const ask = asker(github, TOKENS.registry);
    expect((await ask(`PUT ${PULLS}/1/merge`, { merge_method: method })).status).toBe(200);
    const commits = (await ask('GET /repos/registry/index/commits')).body as { sha: string; parents: unknown[] }[];
    expect(commits.findIndex(({ sha }) => sha === moved)).toBe(count);
    expect(commits.slice(0, count).every(({ parents }) => parents.length === 1)).toBe(true);
    expect(at(commits, 0, 'commit', 'message')).toBe(title);
    expect(await base.readFile('two.txt')).toBe('2\n');
    expect(await base.readFile('meanwhile.txt')).toBe('m\n');
  });

  it('is refused when the head has moved since', async () => {
    await using github = await startGitHub();
    const old = await forkWithChange(github, 'alice');
    await openPull(github, 'alice');
    await github.repository('alice/index').commit({ 'evil.txt': 'e\n' }, { branch: 'change' });
    const reply = await asker(github, TOKENS.registry)(`PUT ${PULLS}/1/merge`, { sha: old });
    expect(reply.status).toBe(409);
    expect(await github.repository('registry/index').readFile('evil.txt')).toBeUndefined();
  });

  it('is refused for conflicts', async () => {
    await using github = await startGitHub();
    await forkWithChange(github, 'alice');
    await openPull(github, 'alice');
    await github.repository('registry/index').commit({ 'plugins/new.txt': 'different\n' });
    const ask = asker(github, TOKENS.registry);
    expect((await ask(`GET ${PULLS}/1`)).body).toMatchObject({ mergeable: false, mergeable_state: 'dirty' });
    expect((await ask(`PUT ${PULLS}/1/merge`, {})).status).toBe(405);
  });

  it('is refused for drafts', async () => {
    await using github = await startGitHub();
    await forkWithChange(github, 'alice');
    const draft = { title: 't', head: 'alice:change', base: 'main', draft: true };
    await asker(github, TOKENS.alice)(`POST ${PULLS}`, draft);
    expect((await asker(github, TOKENS.registry)(`PUT ${PULLS}/1/merge`, {})).status).toBe(405);
  });

  it('is noticed when the head arrives in the base by a push', async () => {
    await using github = await startGitHub();
    const head = await forkWithChange(github, 'alice');
    await openPull(github, 'alice');
    const ask = asker(github, TOKENS.registry);
    await ask('PATCH /repos/registry/index/git/refs/heads/main', { sha: head });
    expect((await ask(`GET ${PULLS}/1`)).body).toMatchObject({ state: 'closed', merged: true });
  });
});
