import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { asker, at, startGitHub, TOKENS, type Ask } from './support/github.ts';

const MISSING = '0'.repeat(40);

/** A commit on top of `main`, made as a client makes one: blob, tree, commit. */
async function commitThroughApi(ask: Ask, repository: string, tree: readonly unknown[]): Promise<string> {
  const parent = String(at((await ask(`GET /repos/${repository}/git/ref/heads/main`)).body, 'object', 'sha'));
  const base = at((await ask(`GET /repos/${repository}/git/commits/${parent}`)).body, 'tree', 'sha');
  const made = await ask(`POST /repos/${repository}/git/trees`, { base_tree: base, tree });
  const commit = await ask(`POST /repos/${repository}/git/commits`, {
    message: 'Change\n\nBecause.',
    tree: at(made.body, 'sha'),
    parents: [parent],
    author: { name: 'Alice', email: 'alice@example.com', date: '2026-01-02T03:04:05Z' },
  });
  return String(at(commit.body, 'sha'));
}

describe('git data', () => {
  it('makes commits that git itself can fetch and read', async () => {
    await using github = await startGitHub();
    const registry = asker(github, TOKENS.registry);
    const blob = await registry('POST /repos/registry/index/git/blobs', { content: 'AAECAw==', encoding: 'base64' });
    const commit = await commitThroughApi(registry, 'registry/index', [
      { path: 'plugins/x.bin', mode: '100755', type: 'blob', sha: at(blob.body, 'sha') },
      { path: 'plugins/y.txt', mode: '100644', type: 'blob', content: 'ÿ\n' },
      { path: 'a/b.txt', mode: '100644', type: 'blob', sha: null },
    ]);
    await registry('POST /repos/registry/index/git/refs', { ref: 'refs/heads/topic/one', sha: commit });
    const folder = clone(github.gitUrl('registry', 'index'), 'topic/one');
    expect(git(folder, 'ls-tree', '-r', '--name-only', 'HEAD')).toBe('plugins/x.bin\nplugins/y.txt\nregistry.yaml');
    expect(git(folder, 'log', '-1', '--format=%an|%ae|%at|%B')).toBe(
      'Alice|alice@example.com|1767323045|Change\n\nBecause.',
    );
    expect([...(await readFile(path.join(folder, 'plugins/x.bin')))]).toEqual([0, 1, 2, 3]);
    expect(await readFile(path.join(folder, 'plugins/y.txt'), 'utf8')).toBe('ÿ\n');
    rmSync(folder, { recursive: true });
  });

  it('refuses trees and commits that name what is not there, as GitHub words it', async () => {
    await using github = await startGitHub();
    const ask = asker(github, TOKENS.registry);
    const trees = 'POST /repos/registry/index/git/trees';
    const entry = { path: 'x', mode: '100644', type: 'blob' };
    const replies = [
      await ask(trees, { tree: [{ ...entry, sha: MISSING }] }),
      await ask(trees, { tree: [{ ...entry, path: '../x', content: '' }] }),
      await ask(trees, { base_tree: await treeOf(ask), tree: [{ ...entry, sha: null }] }),
      await ask(trees, { base_tree: MISSING, tree: [{ ...entry, content: '' }] }),
      await ask('POST /repos/registry/index/git/commits', { message: 'm', tree: MISSING }),
    ];
    expect(replies.map(({ status, body }) => `${status} ${String(at(body, 'message'))}`)).toEqual([
      `422 tree.sha ${MISSING} is not a valid blob`,
      '422 tree.path contains a malformed path component',
      '422 GitRPC::BadObjectState',
      '422 base_tree is not a valid tree oid',
      '422 Tree SHA does not exist',
    ]);
  });

  it('moves refs forward alone, unless forced', async () => {
    await using github = await startGitHub();
    const ask = asker(github, TOKENS.registry);
    const repository = github.repository('registry/index');
    const first = await repository.tip();
    const second = await repository.commit({ 'c.txt': 'c\n' });
    const back = { sha: first };
    const ref = '/repos/registry/index/git/refs/heads/main';
    expect((await ask(`PATCH ${ref}`, back)).body).toMatchObject({ message: 'Update is not a fast forward' });
    expect((await ask(`PATCH ${ref}`, { ...back, force: true })).status).toBe(200);
    expect((await ask(`PATCH ${ref}`, { sha: second })).status).toBe(200);
    expect(await repository.tip()).toBe(second);
  });

  it('refuses refs that exist, that do not exist, and that are not refs', async () => {
    await using github = await startGitHub();
    const ask = asker(github, TOKENS.registry);
    const refs = '/repos/registry/index/git/refs';
    const sha = await github.repository('registry/index').tip();
    const messages = [
      await ask(`POST ${refs}`, { ref: 'refs/heads/main', sha }),
      await ask(`POST ${refs}`, { ref: 'main', sha }),
      await ask(`POST ${refs}`, { ref: 'refs/heads/x', sha: MISSING }),
      await ask(`PATCH ${refs}/heads/x`, { sha }),
      await ask(`DELETE ${refs}/heads/x`),
      await ask('GET /repos/registry/index/git/ref/heads/x'),
    ].map(({ status, body }) => `${status} ${String(at(body, 'message'))}`);
    expect(messages).toEqual([
      '422 Reference already exists',
      '422 main is not a valid ref name.',
      '422 Object does not exist',
      '422 Reference does not exist',
      '422 Reference does not exist',
      '404 Not Found',
    ]);
  });

  it('finds refs by how they start', async () => {
    await using github = await startGitHub();
    const ask = asker(github, TOKENS.registry);
    const repository = github.repository('registry/index');
    for (const branch of ['a/one', 'a/two', 'b']) await repository.commit({ x: branch }, { branch });
    const found = await ask('GET /repos/registry/index/git/matching-refs/heads/a');
    expect((found.body as { ref: string }[]).map(({ ref }) => ref)).toEqual(['refs/heads/a/one', 'refs/heads/a/two']);
    expect((await ask('DELETE /repos/registry/index/git/refs/heads/a%2Fone')).status).toBe(204);
    expect(await repository.tip('a/one')).toBeUndefined();
  });

  it('shows files and folders at a revision', async () => {
    await using github = await startGitHub();
    const ask = asker(github);
    const file = await ask('GET /repos/registry/index/contents/a/b.txt?ref=main');
    expect(Buffer.from(String(at(file.body, 'content')), 'base64').toString()).toBe('b\n');
    const top = await ask('GET /repos/registry/index/contents/');
    expect((top.body as { name: string; type: string }[]).map(({ name, type }) => `${type} ${name}`)).toEqual([
      'dir a',
      'file registry.yaml',
    ]);
    expect((await ask('GET /repos/registry/index/contents/none')).status).toBe(404);
    const branch = await ask('GET /repos/registry/index/branches/main');
    expect(at(branch.body, 'commit', 'sha')).toBe(await github.repository('registry/index').tip());
    expect(at((await ask('GET /repos/registry/index/branches')).body, 0, 'name')).toBe('main');
  });

  it('lists, shows and compares commits, also with a fork', async () => {
    await using github = await startGitHub();
    const ask = asker(github, TOKENS.alice);
    await ask('POST /repos/registry/index/forks', {});
    const change = await github.repository('alice/index').commit({ 'x.txt': '1\n2\n' }, { branch: 'change' });
    const compared = await ask('GET /repos/registry/index/compare/main...alice:change');
    expect(compared.body).toMatchObject({ status: 'ahead', ahead_by: 1, behind_by: 0, commits: [{ sha: change }] });
    expect(compared.body).toMatchObject({
      files: [{ filename: 'x.txt', status: 'added', additions: 2, deletions: 0 }],
    });
    const shown = await ask('GET /repos/alice/index/commits/change');
    expect(shown.body).toMatchObject({ sha: change, stats: { total: 2 }, author: { login: 'alice' } });
    expect((await ask('GET /repos/alice/index/commits?sha=change&path=x.txt')).body).toMatchObject([{ sha: change }]);
  });
});

describe('forks', () => {
  it('are repositories of their own: what is done to one is not in the other', async () => {
    await using github = await startGitHub();
    const ask = asker(github, TOKENS.alice);
    const fork = await ask('POST /repos/registry/index/forks', {});
    expect(fork).toMatchObject({
      status: 202,
      body: { full_name: 'alice/index', parent: { full_name: 'registry/index' } },
    });
    const before = await github.repository('registry/index').tip();
    await github.repository('alice/index').commit({ 'new.txt': 'n\n' });
    expect(await github.repository('registry/index').tip()).toBe(before);
    expect((await ask('POST /repos/registry/index/forks', {})).body).toMatchObject({ id: at(fork.body, 'id') });
    expect((await ask('GET /repos/registry/index/forks')).body).toMatchObject([{ full_name: 'alice/index' }]);
  });

  it('get a number when their name is taken', async () => {
    await using github = await startGitHub();
    await github.createRepository({ owner: 'alice', name: 'index' });
    const fork = await asker(github, TOKENS.alice)('POST /repos/registry/index/forks', {});
    expect(at(fork.body, 'full_name')).toBe('alice/index-1');
  });

  it('have their git objects only after a while when the test says so', async () => {
    await using github = await startGitHub({ forkDelay: 2 });
    const ask = asker(github, TOKENS.alice);
    await ask('POST /repos/registry/index/forks', {});
    expect((await ask('GET /repos/alice/index')).status).toBe(200);
    const statuses = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await ask('GET /repos/alice/index/git/ref/heads/main')).status);
    expect(statuses).toEqual([409, 409, 200]);
  });

  it('are brought up to date from upstream: nothing to do, fast-forward, merge, conflict', async () => {
    await using github = await startGitHub();
    const ask = asker(github, TOKENS.alice);
    await ask('POST /repos/registry/index/forks', {});
    const [base, fork] = [github.repository('registry/index'), github.repository('alice/index')];
    const sync = async (): Promise<unknown> => {
      const reply = await ask('POST /repos/alice/index/merge-upstream', { branch: 'main' });
      return reply.status === 200 ? at(reply.body, 'merge_type') : reply.status;
    };
    const seen = [await sync()];
    await base.commit({ 'up.txt': '1\n' });
    seen.push(await sync());
    expect(await fork.tip()).toBe(await base.tip());
    await base.commit({ 'up.txt': '2\n' });
    await fork.commit({ 'own.txt': '1\n' });
    seen.push(await sync());
    expect(await fork.readFile('up.txt')).toBe('2\n');
    await base.commit({ 'up.txt': '3\n' });
    await fork.commit({ 'up.txt': '4\n' });
    seen.push(await sync());
    expect(seen).toEqual(['none', 'fast-forward', 'merge', 409]);
  });
});

describe('git over HTTP', () => {
  it('clones without a token and pushes with one that may', async () => {
    await using github = await startGitHub();
    const url = `${github.webUrl}/registry/index.git`;
    const folder = await cloneAsync(url);
    await writeFile(path.join(folder, 'pushed.txt'), 'p\n');
    git(folder, 'add', '.');
    git(folder, '-c', 'user.name=n', '-c', 'user.email=e@example.com', 'commit', '--quiet', '-m', 'Push');
    const push = (token: string): Promise<number> =>
      run(folder, 'push', '--quiet', url.replace('//', `//x:${token}@`), 'HEAD:main');
    expect(await push(TOKENS.alice)).not.toBe(0);
    expect(await push('wrong')).not.toBe(0);
    expect(await push(TOKENS.registry)).toBe(0);
    expect(await github.repository('registry/index').readFile('pushed.txt')).toBe('p\n');
    rmSync(folder, { recursive: true });
  });

  it('fetches the head and the trial merge of a pull request', async () => {
    await using github = await startGitHub();
    const ask = asker(github, TOKENS.alice);
    await ask('POST /repos/registry/index/forks', {});
    const head = await github.repository('alice/index').commit({ 'x.txt': 'x\n' }, { branch: 'change' });
    await ask('POST /repos/registry/index/pulls', { title: 't', head: 'alice:change', base: 'main' });
    const folder = await cloneAsync(`${github.webUrl}/registry/index.git`);
    expect(await run(folder, 'fetch', '--quiet', 'origin', 'pull/1/head:head', 'pull/1/merge:merge')).toBe(0);
    expect(git(folder, 'rev-parse', 'head')).toBe(head);
    expect(git(folder, 'rev-parse', 'merge^1', 'merge^2').split('\n')).toEqual([
      git(folder, 'rev-parse', 'main'),
      head,
    ]);
    rmSync(folder, { recursive: true });
  });
});

async function treeOf(ask: Ask): Promise<unknown> {
  return at((await ask('GET /repos/registry/index/git/trees/main')).body, 'sha');
}

function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8', env: environment() }).trim();
}

function clone(from: string, branch: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ar-github-test-'));
  git(folder, 'clone', '--quiet', '--branch', branch, from, '.');
  return folder;
}

/** Not blocking: the server that is cloned from is in this process. */
async function cloneAsync(from: string): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ar-github-test-'));
  expect(await run(folder, 'clone', '--quiet', from, '.')).toBe(0);
  return folder;
}

function run(folder: string, ...args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    spawn('git', args, { cwd: folder, env: environment(), stdio: 'ignore' }).on('close', (code) => resolve(code ?? -1));
  });
}

function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
  };
}
