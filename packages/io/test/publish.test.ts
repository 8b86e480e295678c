/** Submitting to a bare repository, as a library; `cli/test/publish.test.ts` does it as a user. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openIndex } from '@ar-registry/io/propose';
import {
  readGitSetting,
  readSource,
  resolveRemote,
  type Submission,
  type Submitted,
  submitVersion,
} from '@ar-registry/io/publish';
import type { NormalizedManifest } from '@ar-registry/schemas';
import { beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from './support/code-of.ts';
import { sampleSubmission } from './support/submission.ts';

const { signal } = new AbortController();

let dir: string;

beforeEach(() => {
  dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ar-submit-')));
  git('init', '--quiet', '--initial-branch=main', at('seed'));
  fs.writeFileSync(at('seed/registry.yaml'), 'schemaVersion: 1\nname: test\ntitle: Test\n');
  commitAll('seed');
  git('clone', '--quiet', '--bare', at('seed'), at('index.git'));
  return () => fs.rmSync(dir, { recursive: true, force: true });
});

const at = (...names: readonly string[]): string => path.join(dir, ...names);

function git(...args: readonly string[]): string {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  return execFileSync('git', [...identity, ...args], { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function commitAll(folder: string): void {
  git('-C', at(folder), 'add', '.');
  git('-C', at(folder), 'commit', '--quiet', '-m', 'State');
}

const submission = (manifest: Partial<NormalizedManifest> = {}): Promise<Submission> => sampleSubmission(dir, manifest);

const options = () => ({ remote: at('index.git'), dryRun: false, signal });

async function submit(offered: Submission, to: ReturnType<typeof options>): Promise<Submitted> {
  await using index = await openIndex(to.remote, to);
  // Awaited here: the index is gone afterwards.
  return await submitVersion(offered, { ...to, index });
}

describe('a submission', () => {
  it('is one commit on the default branch, at the instant that it was given', async () => {
    const { state, branch, commit, files } = await submit(await submission(), options());
    expect({ state, branch }).toEqual({ state: 'pushed', branch: 'publish/acme/hello/1.0.0' });
    expect(git('-C', at('index.git'), 'rev-parse', branch).trim()).toBe(commit);
    expect(git('-C', at('index.git'), 'rev-parse', `${branch}^`)).toBe(git('-C', at('index.git'), 'rev-parse', 'main'));
    expect(
      git('-C', at('index.git'), 'show', `${branch}:${files.find((file) => file.includes('versions'))}`),
    ).toContain('publishedAt: 2026-01-02T03:04:05Z');
  });

  it('has a branch that no other plugin has, wherever the hyphens of its name are', async () => {
    const first = await submit(await submission({ name: '@a-b/c' }), options());
    const second = await submit(await submission({ name: '@a/b-c' }), options());
    expect([first, second]).toMatchObject([
      { state: 'pushed', branch: 'publish/a-b/c/1.0.0' },
      { state: 'pushed', branch: 'publish/a/b-c/1.0.0' },
    ]);
  });

  it('is the same commit for the same input', async () => {
    const first = await submit(await submission(), { ...options(), dryRun: true });
    const second = await submit(await submission(), { ...options(), dryRun: true });
    expect(first.state).toBe('dry-run');
    expect(second.commit).toBe(first.commit);
  });

  it('that is there already is found, whoever made it and whenever', async () => {
    const first = await submit(await submission(), options());
    const later = {
      ...(await submission()),
      now: new Date('2027-01-01T00:00:00Z'),
      publisher: { login: 'bob', id: 2 },
    };
    expect(await submit(later, options())).toMatchObject({ state: 'already-pushed', commit: first.commit });
  });

  it('that is there with another archive is refused', async () => {
    await submit(await submission(), options());
    expect(await codeOf(submit(await submission({ description: 'Other' }), options()))).toBe('VERSION_SUBMITTED');
  });

  it('of what is published is refused', async () => {
    const { branch } = await submit(await submission(), options());
    git('-C', at('index.git'), 'update-ref', 'refs/heads/main', `refs/heads/${branch}`);
    expect(await codeOf(submit(await submission(), options()))).toBe('VERSION_EXISTS');
  });

  it('to an index with a broken record of the plugin is refused', async () => {
    fs.mkdirSync(at('seed/scopes'));
    fs.writeFileSync(at('seed/scopes/acme.yaml'), 'nonsense');
    commitAll('seed');
    expect(await codeOf(submit(await submission(), { ...options(), remote: at('seed') }))).toBe('INDEX_UNREADABLE');
  });

  it('can be interrupted', async () => {
    const aborted = AbortSignal.abort();
    expect(await codeOf(submit(await submission(), { ...options(), signal: aborted }))).toBe('ABORTED');
    expect(git('-C', at('index.git'), 'branch', '--format=%(refname:short)')).toBe('main\n');
  });
});

describe('a remote', () => {
  it.each(['https://example.com/x.git', 'ssh://git@example.com/x.git', 'git@example.com:x.git', 'ext::sh -c true'])(
    'is left to git: %s',
    async (remote) => {
      expect(await resolveRemote(remote, dir)).toBe(remote);
    },
  );

  it('that is a path is the repository there', async () => {
    expect(await resolveRemote('index.git', dir)).toBe(at('index.git'));
    expect(await resolveRemote(at('seed'), '/')).toBe(at('seed', '.git'));
  });

  it.each(['missing', './missing', 'plain'])('that is no repository is refused: %s', async (remote) => {
    fs.mkdirSync(at('plain'));
    expect(await codeOf(resolveRemote(remote, dir))).toBe('INDEX_NOT_FOUND');
  });
});

describe('a source', () => {
  it('is unknown outside of a repository, and without a commit', async () => {
    fs.mkdirSync(at('plain'));
    expect(await readSource(at('plain'), signal)).toBeUndefined();
    git('init', '--quiet', at('fresh'));
    expect(await readSource(at('fresh'), signal)).toBeUndefined();
  });

  it.each([
    ['https://ada:secret@example.com/x.git', 'https://example.com/x.git'],
    ['git@example.com:acme/x.git', 'git@example.com:acme/x.git'],
    ['/srv/git/x.git', undefined],
    ['file:///srv/git/x.git', undefined],
  ])('with the remote %s is %s', async (remote, url) => {
    git('-C', at('seed'), 'remote', 'add', 'origin', remote);
    expect((await readSource(at('seed'), signal))?.url).toBe(url);
  });

  it('is unknown once anything in the folder differs from its commit, and changes nothing there', async () => {
    git('-C', at('seed'), 'remote', 'add', 'origin', 'https://example.com/x.git');
    const index = fs.statSync(at('seed/.git/index')).mtimeMs;
    expect(await readSource(at('seed'), signal)).toMatchObject({
      type: 'git',
      commit: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    fs.writeFileSync(at('seed/new'), '');
    expect(await readSource(at('seed'), signal)).toBeUndefined();
    expect(fs.statSync(at('seed/.git/index')).mtimeMs).toBe(index);
  });
});

describe('a setting of git', () => {
  it('is read from the repository of the folder, and undefined where nobody set it', async () => {
    git('-C', at('seed'), 'config', 'ar.publisher', 'ada:1');
    expect(await readGitSetting('ar.publisher', { cwd: at('seed'), signal })).toBe('ada:1');
    expect(await readGitSetting('ar.no-such-setting', { cwd: at('seed'), signal })).toBeUndefined();
  });
});
