import { hasCode } from '@ar-registry/core/errors';
import { execa } from 'execa';
import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  cloneBranches,
  cloneForSubmission,
  commitFiles,
  isBranchName,
  mergeBranch,
  mergeTrees,
  openRepository,
  pushBranch,
  remoteBranch,
  type CommitAuthor,
  type GitRepository,
} from '../src/git/index.ts';

const AUTHOR: CommitAuthor = { name: 'Ada', email: 'ada@example.com', atMs: 1_770_000_000_000 };

let folder: string;
let bare: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ar-git-'));
  bare = join(folder, 'index.git');
  await git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', bare);
  await seed({ 'registry.yaml': 'name: test\n', 'plugins/@a/b/plugin.yaml': 'one\n' });
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** The environment of the test only lends PATH: what a developer has configured must not matter. */
async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const identityArgs = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  return (await execa('git', [...identityArgs, ...args], { cwd })).stdout;
}

async function seed(files: Readonly<Record<string, string>>, branch = 'main'): Promise<void> {
  const work = await mkdtemp(join(folder, 'work-'));
  await git(work, 'init', '--quiet', '--initial-branch', branch);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(work, path, '..'), { recursive: true });
    await writeFile(join(work, path), text);
  }
  await git(work, 'add', '.');
  await git(work, 'commit', '--quiet', '-m', 'seed');
  await git(work, 'push', '--quiet', bare, branch);
}

async function tip(branch: string): Promise<string> {
  return (await git(bare, 'rev-parse', `refs/heads/${branch}`)).trim();
}

async function submit(branch: string, files: Readonly<Record<string, string>>, base?: string): Promise<string> {
  return commitFiles(bare, {
    branch,
    base: base ?? (await tip('main')),
    files: new Map(Object.entries(files)),
    message: `Submit ${branch}\n`,
    author: AUTHOR,
  });
}

describe('openRepository', () => {
  it('opens a bare repository', async () => {
    const repository = await openRepository(bare);
    expect(repository.prefix).toBe('');
    expect(await repository.resolveRevision('main')).toBe(await tip('main'));
  });

  it('says where in the work tree a folder lies', async () => {
    const work = join(folder, 'clone');
    await git(folder, 'clone', '--quiet', bare, work);
    expect((await openRepository(join(work, 'plugins'))).prefix).toBe('plugins/');
  });

  it('refuses a folder that is no repository', async () => {
    const plain = await mkdtemp(join(tmpdir(), 'ar-plain-'));
    await expect(openRepository(plain)).rejects.toSatisfy((error) => hasCode(error, 'INDEX_UNREADABLE'));
    await rm(plain, { recursive: true });
  });

  it('refuses what is no folder', async () => {
    for (const path of [join(folder, 'missing'), join(bare, 'HEAD')])
      await expect(openRepository(path)).rejects.toSatisfy((error) => hasCode(error, 'INDEX_UNREADABLE'));
  });

  it.each(['nothing', '--all', '', 'main\n', '-', 'HEAD:plugins'])(
    'does not know the revision %j',
    async (revision) => {
      const repository = await openRepository(bare);
      await expect(repository.resolveRevision(revision)).rejects.toSatisfy((error) =>
        hasCode(error, 'REVISION_UNKNOWN'),
      );
    },
  );

  it('takes the branch where a tag has the same name', async () => {
    const other = await submit('other', { 'x.txt': 'x' });
    await git(bare, 'tag', 'main', other);
    expect(await (await openRepository(bare)).resolveRevision('main')).toBe(await tip('main'));
  });

  it('takes HEAD of a clone for what is checked out there, and not for what it was cloned from', async () => {
    const work = join(folder, 'clone');
    await git(folder, 'clone', '--quiet', bare, work);
    await git(work, '-c', 'user.name=A', '-c', 'user.email=a@example.com', 'commit', '--allow-empty', '-m', 'Mine');
    expect(await (await openRepository(work)).resolveRevision('HEAD')).not.toBe(await tip('main'));
  });

  it('reads a tree as it is, whatever replacement refs say', async () => {
    const main = await tip('main');
    const other = await submit('other', { 'registry.yaml': 'name: forged\n' });
    await git(bare, 'replace', main, other);
    const repository = await openRepository(bare);
    const [entry] = (await repository.listTree(main)).filter(({ path }) => path === 'registry.yaml');
    const content = (await repository.readBlobs([entry?.oid ?? ''])).get(entry?.oid ?? '');
    expect(new TextDecoder().decode(content)).toBe('name: test\n');
  });

  it('starts nothing that the configuration of a repository names', async () => {
    const work = join(folder, 'hostile');
    await git(folder, 'clone', '--quiet', bare, work);
    const script = join(folder, 'evil.sh');
    await writeFile(script, `#!/bin/sh\ntouch ${join(folder, 'pwned')}\n`);
    await chmod(script, 0o755);
    await git(work, 'config', 'core.fsmonitor', script);
    await git(work, 'config', 'core.pager', script);
    await git(work, 'config', 'core.sshCommand', script);
    await git(work, 'config', 'diff.external', script);
    await git(work, 'config', 'extensions.partialClone', 'origin');
    await git(work, 'config', 'remote.origin.url', `ext::${script}`);
    await git(work, 'config', 'remote.origin.promisor', 'true');
    await git(work, 'config', 'protocol.ext.allow', 'always');
    const repository = await openRepository(work);
    const main = await repository.resolveRevision('main');
    await repository.listTree(main);
    await repository.changedPaths(main, main);
    const absent = 'a'.repeat(40);
    await expect(repository.readBlobs([absent])).rejects.toSatisfy((error) => hasCode(error, 'GIT_FAILED'));
    await expect(repository.readBlobSizes([absent])).rejects.toSatisfy((error) => hasCode(error, 'GIT_FAILED'));
    await expect(stat(join(folder, 'pwned'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('trees and contents', () => {
  it('lists what is below a folder, and reads many contents at once', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`plugins/@a/b/${index}.txt`, `${index}`.repeat(index * 20)]),
    );
    const commit = await submit('many', files);
    const repository = await openRepository(bare);
    const entries = (await repository.listTree(commit, 'plugins/')).filter(({ path }) => path.endsWith('.txt'));
    const oids = entries.map(({ oid }) => oid);
    const [blobs, sizes] = await Promise.all([repository.readBlobs(oids), repository.readBlobSizes(oids)]);
    for (const { path, oid } of entries) {
      expect(new TextDecoder().decode(blobs.get(oid))).toBe(files[path]);
      expect(sizes.get(oid)).toBe(files[path]?.length);
    }
    expect(entries).toHaveLength(500);
  });

  it('tells symbolic links and submodules from files', async () => {
    const work = join(folder, 'clone');
    await git(folder, 'clone', '--quiet', bare, work);
    await symlink('/etc/passwd', join(work, 'link.yaml'));
    await git(work, 'add', 'link.yaml');
    await git(work, 'update-index', '--add', '--cacheinfo', `160000,${'b'.repeat(40)},module`);
    await git(work, 'commit', '--quiet', '-m', 'links');
    const repository = await openRepository(work);
    const kinds = Object.fromEntries((await repository.listTree('HEAD')).map(({ path, kind }) => [path, kind]));
    expect(kinds).toMatchObject({ 'link.yaml': 'symlink', module: 'submodule', 'registry.yaml': 'file' });
  });

  it('reports additions, changes and deletions, and no renames', async () => {
    const repository = await openRepository(bare);
    const base = await tip('main');
    const head = await submit('change', { 'registry.yaml': 'name: other\n', 'plugins/@a/c/plugin.yaml': 'one\n' });
    expect(await repository.changedPaths(base, head)).toEqual([
      { path: 'plugins/@a/c/plugin.yaml', kind: 'added' },
      { path: 'registry.yaml', kind: 'modified' },
    ]);
    expect(await repository.changedPaths(head, base)).toContainEqual({
      path: 'plugins/@a/c/plugin.yaml',
      kind: 'deleted',
    });
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const repository = await openRepository(bare, { signal: controller.signal });
    const [entry] = await repository.listTree('main');
    controller.abort();
    await expect(repository.readBlobs([entry?.oid ?? ''])).rejects.toSatisfy((error) => hasCode(error, 'ABORTED'));
  });
});

describe('commitFiles', () => {
  it('adds to the base without a work tree, and leaves the rest as it is', async () => {
    const commit = await submit('new', { 'plugins/@a/b/versions/1.0.0.yaml': 'v: 1\n' });
    expect(commit).toBe(await tip('new'));
    expect(await git(bare, 'show', `${commit}:plugins/@a/b/plugin.yaml`)).toBe('one');
    expect(await git(bare, 'show', `${commit}:plugins/@a/b/versions/1.0.0.yaml`)).toBe('v: 1');
    expect(await git(bare, 'log', '-1', '--format=%an <%ae> %cn %ct', commit)).toBe(
      'Ada <ada@example.com> Ada 1770000000',
    );
  });

  it('makes the same commit of the same input', async () => {
    const base = await tip('main');
    expect(await submit('one', { 'x.txt': 'x' }, base)).toBe(
      await commitFiles(bare, {
        branch: 'two',
        base,
        files: new Map([['x.txt', new TextEncoder().encode('x')]]),
        message: 'Submit one\n',
        author: AUTHOR,
      }),
    );
  });

  it('does not move a branch away from what it holds', async () => {
    await submit('taken', { 'x.txt': 'x' });
    await expect(submit('taken', { 'y.txt': 'y' })).rejects.toSatisfy((error) => hasCode(error, 'GIT_FAILED'));
  });

  it.each(['../x', '/x', 'a//b', '.git/config', 'a/.GIT/x'])('refuses to write %s', async (path) => {
    await expect(submit('bad', { [path]: 'x' })).rejects.toBeInstanceOf(Error);
  });

  it('keeps a message or an author from becoming a command of the import', async () => {
    const commit = await commitFiles(bare, {
      branch: 'sly',
      base: await tip('main'),
      files: new Map([['x "y"\\z.txt', 'data 3\nM 100644 inline evil\n']]),
      message: 'x\nM 100644 inline evil\ndata 0\n',
      author: { ...AUTHOR, name: 'A\ndeleteall\n<x>' },
    });
    const repository = await openRepository(bare);
    expect((await repository.listTree(commit)).map(({ path }) => path)).toEqual([
      'plugins/@a/b/plugin.yaml',
      'registry.yaml',
      'x "y"\\z.txt',
    ]);
  });
});

describe('remotes', () => {
  it('clones the default branch without files, commits and pushes', async () => {
    const clone = await cloneForSubmission(bare, join(folder, 'submission'));
    expect(clone).toMatchObject({ defaultBranch: 'main', head: await tip('main') });
    const commit = await commitFiles(clone.repository.gitDir, {
      branch: 'publish',
      base: clone.head,
      files: new Map([['x.txt', 'x']]),
      message: 'x',
      author: AUTHOR,
    });
    expect(await remoteBranch(bare, 'publish')).toBeUndefined();
    await pushBranch(clone.repository.gitDir, { url: bare, branch: 'publish' });
    expect(await remoteBranch(bare, 'publish')).toBe(commit);
  });

  it('reads contents that a partial clone left out', async () => {
    await git(bare, 'config', 'uploadpack.allowFilter', 'true');
    const { repository, head } = await cloneForSubmission(`file://${bare}`, join(folder, 'partial'));
    const [entry] = (await repository.listTree(head)).filter(({ path }) => path === 'registry.yaml');
    const content = (await repository.readBlobs([entry?.oid ?? ''])).get(entry?.oid ?? '');
    expect(new TextDecoder().decode(content)).toBe('name: test\n');
  });

  it('says that an empty repository is no index', async () => {
    const empty = join(folder, 'empty.git');
    await git(folder, 'init', '--quiet', '--bare', empty);
    await expect(cloneForSubmission(empty, join(folder, 'c'))).rejects.toSatisfy((error) =>
      hasCode(error, 'INDEX_NOT_FOUND'),
    );
  });

  it('does not overwrite a branch with other content', async () => {
    await submit('theirs', { 'x.txt': 'theirs' });
    const { repository, head } = await cloneForSubmission(bare, join(folder, 'c'));
    const { gitDir } = repository;
    const files = new Map([['x.txt', 'ours']]);
    await commitFiles(gitDir, { branch: 'theirs', base: head, files, message: 'x', author: AUTHOR });
    await expect(pushBranch(gitDir, { url: bare, branch: 'theirs' })).rejects.toSatisfy((error) =>
      hasCode(error, 'PUSH_REJECTED'),
    );
  });

  it('pushes only while the remote is where it is expected', async () => {
    const { repository, head } = await cloneForSubmission(bare, join(folder, 'c'));
    const moved = await submit('moved', { 'x.txt': 'x' });
    await git(bare, 'update-ref', 'refs/heads/main', moved);
    const files = new Map([['y.txt', 'y']]);
    const author = AUTHOR;
    const commit = await commitFiles(repository.gitDir, { branch: 'mine', base: head, files, message: 'y', author });
    const push = pushBranch(repository.gitDir, { url: bare, branch: 'main', commit, expected: head });
    await expect(push).rejects.toSatisfy((error) => hasCode(error, 'PUSH_REJECTED'));
    expect(await tip('main')).toBe(moved);
  });

  it.each([
    '--upload-pack=touch pwned',
    '-x',
    'ext::sh -c "touch pwned"',
    'fd::7',
    'ssh://-oProxyCommand=touch/x',
    '-oProxyCommand=touch:x',
    'git@-oProxyCommand=x:y',
    'gopher://host/x',
    'https://host/\nx',
    '',
  ])('refuses the address %j', async (url) => {
    await expect(remoteBranch(url, 'main')).rejects.toSatisfy((error) => hasCode(error, 'GIT_FAILED'));
    await expect(cloneForSubmission(url, join(folder, 'c'))).rejects.toSatisfy((error) => hasCode(error, 'GIT_FAILED'));
  });

  it('never shows the credentials of an address', async () => {
    const url = 'http://user:hunter2@127.0.0.1:9/index.git';
    const error: unknown = await remoteBranch(url, 'main').catch((reason: unknown) => reason);
    expect(hasCode(error, 'GIT_FAILED')).toBe(true);
    expect(String(error) + JSON.stringify(error)).not.toContain('hunter2');
  });

  it.each(['main', 'publish/a.b-1.0.0', 'x@y'])('takes %s for a branch', (name) => {
    expect(isBranchName(name)).toBe(true);
  });

  it.each(['-x', 'a..b', 'a.lock', 'a/', '.a', 'a b', 'a:b', '@', 'a@{1}', 'a//b', '', 'a\n'])(
    'does not take %j for a branch',
    (name) => {
      expect(isBranchName(name)).toBe(false);
    },
  );
});

async function opened(...branches: readonly string[]): Promise<GitRepository> {
  return cloneBranches(bare, { dir: join(folder, `merge-${branches.join('-')}`), branches: ['main', ...branches] });
}

describe('mergeTrees', () => {
  it('merges a branch whose base moved on, and binds the merge to the commits', async () => {
    const base = await tip('main');
    const head = await submit('topic', { 'topic.txt': 'topic' }, base);
    const moved = await submit('moved', { 'other.txt': 'other' }, base);
    await git(bare, 'update-ref', 'refs/heads/main', moved);
    const repository = await opened('topic');
    const { tree, empty } = await mergeTrees(repository, { base: moved, head, branch: 'topic' });
    expect(empty).toBe(false);
    expect((await repository.listTree(tree)).map(({ path }) => path)).toEqual([
      'other.txt',
      'plugins/@a/b/plugin.yaml',
      'registry.yaml',
      'topic.txt',
    ]);
    const commit = await mergeBranch(repository, { base: moved, head, tree, message: '-m x', author: AUTHOR });
    await pushBranch(repository.gitDir, { url: bare, branch: 'main', commit, expected: moved });
    expect(await git(bare, 'log', '-1', '--format=%P', 'main')).toBe(`${moved} ${head}`);
  });

  it('refuses a file that both sides changed, even where lines would fit together', async () => {
    const base = await submit('start', { 'f.txt': '1\n2\n3\n4\n5\n6\n7\n8\n9\n' });
    await git(bare, 'update-ref', 'refs/heads/main', base);
    const head = await submit('topic', { 'f.txt': 'X\n2\n3\n4\n5\n6\n7\n8\n9\n' }, base);
    const moved = await submit('moved', { 'f.txt': '1\n2\n3\n4\n5\n6\n7\n8\nX\n' }, base);
    const repository = await opened('topic', 'moved');
    await expect(mergeTrees(repository, { base: moved, head, branch: 'topic' })).rejects.toSatisfy((error) =>
      hasCode(error, 'MERGE_REFUSED'),
    );
  });

  it('refuses histories that have nothing in common', async () => {
    await seed({ 'x.txt': 'x' }, 'stranger');
    const repository = await opened('stranger');
    const stranger = { base: await tip('main'), head: await tip('stranger'), branch: 'stranger' };
    await expect(mergeTrees(repository, stranger)).rejects.toSatisfy((error) => hasCode(error, 'MERGE_REFUSED'));
  });

  it('knows a branch that brings nothing', async () => {
    const head = await tip('main');
    const moved = await submit('moved', { 'x.txt': 'x' });
    const repository = await opened('moved');
    expect(await mergeTrees(repository, { base: moved, head, branch: 'old' })).toMatchObject({ empty: true });
  });

  it('does not know a branch that is not there', async () => {
    await expect(opened('missing')).rejects.toSatisfy((error) => hasCode(error, 'REVISION_UNKNOWN'));
  });

  it('runs no hook of the clone', async () => {
    const { repository, head } = await cloneForSubmission(bare, join(folder, 'c'));
    const hook = join(repository.gitDir, 'hooks/pre-push');
    await mkdir(join(repository.gitDir, 'hooks'), { recursive: true });
    await writeFile(hook, `#!/bin/sh\ntouch ${join(folder, 'pwned')}\n`);
    await chmod(hook, 0o755);
    const files = new Map([['x.txt', 'x']]);
    const { gitDir } = repository;
    await commitFiles(gitDir, { branch: 'hooked', base: head, files, message: 'x', author: AUTHOR });
    await pushBranch(gitDir, { url: bare, branch: 'hooked' });
    await expect(stat(join(folder, 'pwned'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
