import { execa } from 'execa';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openQuickRepository, openRepository } from '../src/git/index.ts';

let folder: string;
let commits: readonly string[];

async function git(...args: readonly string[]): Promise<string> {
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  return (await execa('git', [...who, ...args], { cwd: folder })).stdout.trim();
}

async function commit(files: Readonly<Record<string, string | null>>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    await rm(file, { recursive: true, force: true });
    if (text === null) continue;
    await mkdir(dirname(file), { recursive: true });
    if (text.startsWith('-> ')) await symlink(text.slice(3), file);
    else await writeFile(file, text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  }
  await git('add', '--all');
  await git('commit', '--quiet', '--allow-empty', '--message', 'Change');
  return git('rev-parse', 'HEAD');
}

/** As it stands there, which `git mktree` would put right. */
async function treeOf(entries: readonly (readonly [mode: string, name: string, oid: string])[]): Promise<string> {
  const input = Buffer.concat(
    entries.flatMap(([mode, name, oid]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')]),
  );
  const args = ['hash-object', '-t', 'tree', '-w', '--literally', '--stdin'];
  return (await execa('git', args, { cwd: folder, input })).stdout.trim();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ar-quick-'));
  await git('init', '--quiet', '--initial-branch=main');
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`plugins/@a/p${at}/plugin.yaml`, `n${at}`]));
  commits = [
    await commit({ ...many, 'registry.yaml': 'one', 'scopes/a.yaml': 'a', tool: '#!/bin/sh', link: '-> tool' }),
    await commit({ 'plugins/@a/p7/plugin.yaml': 'other', 'plugins/@a/p7/versions/1.yaml': 'new' }),
    // A file becomes a folder, another goes, one is empty, one has a name that is not ASCII.
    await commit({ 'scopes/a.yaml': null, 'scopes/a.yaml/b': 'x', 'plugins/@a/p8': null, empty: '', 'größe.txt': 'y' }),
    await commit({ 'scopes/a.yaml': 'file again', tool: 'no program any more' }),
    await commit({}),
  ];
  await git('tag', 'main', commits[0] ?? '');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a repository that one process reads', () => {
  it('compares commits as git does', async () => {
    const slow = await openRepository(folder);
    await using quick = openQuickRepository({ folder });
    const sorted = (changes: Awaited<ReturnType<typeof slow.changedPaths>>) =>
      changes.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    for (const base of commits)
      for (const head of commits)
        expect(sorted(await quick.changedPaths(base, head))).toEqual(sorted(await slow.changedPaths(base, head)));
  });

  it('lists and reads what git does', async () => {
    const slow = await openRepository(folder);
    await using quick = openQuickRepository({ folder });
    const paths = [
      'registry.yaml',
      'plugins/@a/p7',
      'plugins/@a/p8',
      'scopes',
      'tool',
      'link',
      'empty',
      'größe.txt',
      'no',
    ];
    for (const head of commits) {
      const listed = await quick.listTree(head, ...paths, 'scopes/a.yaml');
      expect(listed).toEqual(await slow.listTree(head, ...paths));
      const oids = listed.map(({ oid }) => oid);
      expect(await quick.readBlobSizes(oids)).toEqual(await slow.readBlobSizes(oids));
      expect(await quick.readBlobs(oids)).toEqual(await slow.readBlobs(oids));
      // Also those whose sizes nobody has asked for.
      expect(await quick.readBlobs(oids)).toEqual(await slow.readBlobs(oids));
    }
  });

  it('reads trees with modes that no git writes any more as git does', async () => {
    const oid = await git('rev-parse', 'HEAD:registry.yaml');
    const folderOid = await git('rev-parse', 'HEAD:plugins');
    const odd = await treeOf([
      ['120777', 'link', oid],
      ['040000', 'plugins', folderOid],
      ['100664', 'shared', oid],
    ]);
    const head = await git('commit-tree', '-m', 'Odd', odd);
    const slow = await openRepository(folder);
    await using quick = openQuickRepository({ folder });
    const paths = ['link', 'plugins', 'shared'];
    const listed = await quick.listTree(head, ...paths);
    expect(listed).toEqual(await slow.listTree(head, ...paths));
    expect(listed.find(({ path }) => path === 'link')?.kind).toBe('symlink');
    const changes = await quick.changedPaths(commits[0] ?? '', head);
    expect(changes.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual(
      (await slow.changedPaths(commits[0] ?? '', head)).toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    );
  });

  it('reads what is too large to be kept only where it is asked for', async () => {
    const large = 'x'.repeat(3 * 1024 * 1024);
    const head = await commit({ large, small: 'y' });
    await using quick = openQuickRepository({ folder });
    const oids = (await quick.listTree(head, 'large', 'small')).map(({ oid }) => oid);
    expect([...(await quick.readBlobSizes(oids)).values()]).toEqual([large.length, 1]);
    const [first] = (await quick.readBlobs(oids)).values();
    expect(first?.length).toBe(large.length);
  });

  it('takes a branch before a tag of its name', async () => {
    await using quick = openQuickRepository({ folder });
    const slow = await openRepository(folder);
    expect(await quick.findRevision('main')).toBe(await slow.resolveRevision('main'));
    expect(await quick.findRevision('main')).not.toBe(commits[0]);
    expect(await quick.findRevision(commits[1] ?? '')).toBe(commits[1]);
    for (const unknown of ['no-such', '', '-p', 'main\nHEAD', 'main missing', '0'.repeat(40)])
      expect(await quick.findRevision(unknown)).toBeUndefined();
  });

  it.each(['0'.repeat(40), 'HEAD\nHEAD'])('fails for an object that is not there: %j', async (oid) => {
    await using quick = openQuickRepository({ folder });
    await expect(quick.readBlobs([oid])).rejects.toMatchObject({ code: 'GIT_FAILED' });
    await expect(quick.changedPaths(oid, 'HEAD')).rejects.toMatchObject({ code: 'GIT_FAILED' });
  });

  it('fails where there is no repository, and when it is told to stop', async () => {
    await using none = openQuickRepository({ folder: tmpdir() });
    await expect(none.findRevision('HEAD')).rejects.toMatchObject({ code: 'GIT_FAILED' });
    const over = new AbortController();
    await using quick = openQuickRepository({ folder, signal: over.signal });
    const asked = quick.findRevision('HEAD');
    over.abort();
    await expect(asked).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('leaves a repository of SHA-256 to git', async () => {
    const other = await mkdtemp(join(tmpdir(), 'ar-sha256-'));
    await execa('git', ['init', '--quiet', '--object-format=sha256', other]);
    const made = await execa(
      'git',
      ['-c', 'user.name=T', '-c', 'user.email=t@e.c', 'commit', '--allow-empty', '-m', 'x'],
      {
        cwd: other,
      },
    );
    expect(made.exitCode).toBe(0);
    await using quick = openQuickRepository({ folder: other });
    await expect(quick.changedPaths('HEAD', 'HEAD')).rejects.toMatchObject({ code: 'GIT_FAILED' });
    await rm(other, { recursive: true });
  });
});
