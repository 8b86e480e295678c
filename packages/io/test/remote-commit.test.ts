/** Which commit a branch or tag of a remote leads to. What the remote answers is its own. */
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { remoteCommit, type RemoteRef } from '@ar-registry/io/git';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { codeOf } from './support/code-of.ts';

const signal = new AbortController().signal;

async function repository() {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'ar-remote-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const git = async (...args: readonly string[]): Promise<string> =>
    (await execa('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.com', ...args], { cwd: folder })).stdout;
  await git('init', '--quiet', '--initial-branch=main');
  const commit = async (): Promise<string> => {
    await git('commit', '--quiet', '--allow-empty', '-m', 'State');
    return git('rev-parse', 'HEAD');
  };
  return { url: `file://${folder}`, git, commit };
}

function asked(url: string, ref?: string, changes: Partial<RemoteRef> = {}): Promise<string> {
  return remoteCommit({ url, ref, protocols: ['file'], timeoutMs: 10_000, ...changes }, signal);
}

describe('remoteCommit', () => {
  it('knows HEAD, branches, and what a tag is put on; a branch before a tag of its name', async () => {
    const { url, git, commit } = await repository();
    const first = await commit();
    await git('tag', '-a', 'v1', '-m', 'One');
    await git('tag', 'both');
    await git('tag', 'light');
    const second = await commit();
    await git('branch', 'both');
    expect(await asked(url)).toBe(second);
    for (const [ref, oid] of Object.entries({ main: second, v1: first, light: first, both: second }))
      expect(await asked(url, ref)).toBe(oid);
  });

  it('asks nobody for a commit, and gives none for what is not there', async () => {
    const { url, commit } = await repository();
    const oid = await commit();
    expect(await asked('file:///nowhere', oid)).toBe(oid);
    for (const ref of ['gone', oid.slice(0, 12), 'refs/heads/main', 'HEAD^'])
      expect(await codeOf(asked(url, ref))).toBe('REVISION_UNKNOWN');
    expect(await codeOf(asked((await repository()).url))).toBe('REVISION_UNKNOWN');
    expect(await codeOf(asked('file:///nowhere'))).toBe('GIT_FAILED');
  });

  it('takes no option for a reference, no program for an address, and no transport that is not allowed', async () => {
    const { url, commit } = await repository();
    await commit();
    expect(await codeOf(asked(url, '--upload-pack=touch x'))).toBe('REVISION_UNKNOWN');
    for (const address of ['ext::sh -c true', '--upload-pack=true', 'ssh://-oProxyCommand=true/x'])
      expect(await codeOf(asked(address))).toBe('GIT_FAILED');
    expect(await codeOf(asked(url, 'main', { protocols: ['https'] }))).toBe('GIT_FAILED');
  });

  it('does not wait longer than it is told for one that never answers', async () => {
    const server = net.createServer(() => undefined).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.git`;
    expect(await codeOf(asked(url, 'main', { protocols: ['http'], timeoutMs: 300 }))).toBe('GIT_FAILED');
  });
});
