/** Pinned commits of repositories that strangers own. */
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { randomBytes } from 'node:crypto';
import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from '@ar-registry/core/errors';
import { checkoutCommit, fetchPullHead, originOf, type Pinned } from '@ar-registry/io/git';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';

const LIMITS = { bytes: 1024 * 1024, files: 100, timeoutMs: 30_000 };

function tempDir(): string {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'ar-checkout-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function source(files: Readonly<Record<string, string | Uint8Array>>) {
  const folder = tempDir();
  const git = async (...args: readonly string[]): Promise<string> =>
    (await execa('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.com', ...args], { cwd: folder })).stdout;
  await git('init', '--quiet', '--initial-branch=main');
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  const commit = async (): Promise<string> => {
    await git('add', '-A');
    await git('commit', '--quiet', '--allow-empty', '-m', 'State');
    return git('rev-parse', 'HEAD');
  };
  return { folder, git, commit, url: `file://${folder}` };
}

function pinned(url: string, commit: string, changes: Partial<Pinned> = {}): Pinned {
  return { url, commit, dir: path.join(tempDir(), 'source'), protocols: ['file'], limits: LIMITS, ...changes };
}

describe('fetchPullHead', () => {
  it('brings what the host offers as the head of a pull request, and says when there is none', async () => {
    const { folder, commit, git } = await source({ 'a.txt': 'one' });
    const head = await commit();
    await git('update-ref', 'refs/pull/7/head', head);
    const bare = path.join(tempDir(), 'index.git');
    await execa('git', ['init', '--quiet', '--bare', bare]);
    expect(await fetchPullHead(bare, { url: folder, number: 7 })).toBe(head);
    const missing = fetchPullHead(bare, { url: folder, number: 8 });
    await expect(missing).rejects.toSatisfy((error) => hasCode(error, 'GIT_FAILED'));
  });
});

describe('originOf', () => {
  it('is where a clone came from, if it is one', async () => {
    const { folder, git } = await source({});
    expect(await originOf(folder)).toBeUndefined();
    await git('remote', 'add', 'origin', 'https://example.com/index.git');
    expect(await originOf(folder)).toBe('https://example.com/index.git');
  });
});

describe('checkoutCommit', () => {
  it('writes the files of exactly that commit, although the branch has moved on', async () => {
    const { url, commit, folder } = await source({ 'a.txt': 'one' });
    const first = await commit();
    writeFileSync(path.join(folder, 'a.txt'), 'two');
    await commit();
    const wanted = pinned(url, first);
    expect(await checkoutCommit(wanted)).toEqual({ kind: 'checked-out' });
    expect(readFileSync(path.join(wanted.dir, 'a.txt'), 'utf8')).toBe('one');
  });

  it('tells a commit that is not there from a repository that is not', async () => {
    const { url, commit } = await source({ 'a.txt': 'one' });
    await commit();
    expect(await checkoutCommit(pinned(url, '0'.repeat(40)))).toEqual({ kind: 'commit-missing' });
    const gone = pinned(`file://${tempDir()}/gone.git`, '0'.repeat(40));
    expect(await checkoutCommit(gone)).toMatchObject({ kind: 'unreachable' });
  });

  it('stops a transfer that is too large', async () => {
    const { url, commit } = await source({ 'big.bin': randomBytes(3 * 1024 * 1024) });
    expect(await checkoutCommit(pinned(url, await commit()))).toMatchObject({ kind: 'too-large' });
  });

  it('writes nothing of a tree that is small to transfer and large on disk', async () => {
    const { url, commit } = await source({ 'zeros.bin': new Uint8Array(3 * 1024 * 1024) });
    const wanted = pinned(url, await commit());
    expect(await checkoutCommit(wanted)).toMatchObject({ kind: 'too-large' });
    expect(existsSync(path.join(wanted.dir, 'zeros.bin'))).toBe(false);
  });

  it('bounds the number of files', async () => {
    const { url, commit } = await source(Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`${i}.txt`, `${i}`])));
    const wanted = pinned(url, await commit(), { limits: { ...LIMITS, files: 7 } });
    expect(await checkoutCommit(wanted)).toMatchObject({ kind: 'too-large' });
  });

  it('runs no filter and no hook that the repository asks for', async () => {
    const marker = path.join(tempDir(), 'ran');
    const { url, commit, folder } = await source({ '.gitattributes': '* filter=evil\n', 'a.txt': 'one' });
    await symlink(`/bin/sh -c "touch ${marker}"`, path.join(folder, 'post-checkout'));
    const wanted = pinned(url, await commit());
    expect(await checkoutCommit(wanted)).toEqual({ kind: 'checked-out' });
    expect(existsSync(marker)).toBe(false);
  });

  it('uses no transport that was not asked for', async () => {
    const { url, commit } = await source({ 'a.txt': 'one' });
    const wanted = pinned(url, await commit(), { protocols: ['https'] });
    expect(await checkoutCommit(wanted)).toMatchObject({ kind: 'unreachable' });
  });

  it.each(['ext::sh -c id', '--upload-pack=id', 'https://-oProxyCommand=id/x'])(
    'refuses the address %s',
    async (url) => {
      const refused = checkoutCommit(pinned(url, '0'.repeat(40)));
      await expect(refused).rejects.toSatisfy((error) => hasCode(error, 'GIT_FAILED'));
    },
  );

  it('ends when its time is over', async () => {
    const { url, commit } = await source({ 'a.txt': 'one' });
    const wanted = pinned(url, await commit(), { limits: { ...LIMITS, timeoutMs: 1 } });
    expect(await checkoutCommit(wanted)).toMatchObject({ kind: 'unreachable' });
  });
});
