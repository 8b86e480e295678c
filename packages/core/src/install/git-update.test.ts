import type { NormalizedManifest } from '@ar-registry/schemas';
import { describe, expect, it } from 'vitest';
import { grantAll } from '../permission/index.ts';
import { describeGitUpdate, isAtCommit, type GitTarget, type LockEntry } from './index.ts';

const [OLD, NEW] = ['a'.repeat(40), 'b'.repeat(40)];
const DIGEST = `sha512-${'A'.repeat(86)}==`;
const GIT = 'github:acme/hello#main';

const LOCK: LockEntry = {
  source: 'git',
  version: '1.0.0',
  type: 'hook',
  git: GIT,
  commit: OLD,
  built: false,
  integrity: DIGEST,
  files: DIGEST,
};
const TARGET: GitTarget = { name: '@acme/hello', git: GIT, lock: LOCK, permissions: grantAll({ network: ['a.com'] }) };

function manifest(name = '@acme/hello'): NormalizedManifest {
  const permissions = grantAll({ childProcess: ['git'] });
  const repository = { type: 'git', url: 'https://example.com/hello.git' };
  return { name, version: '1.1.0', permissions, repository } as unknown as NormalizedManifest;
}

describe('isAtCommit', () => {
  it.each([
    ['the locked commit', { target: TARGET, commit: OLD, is: true }],
    ['another one', { target: TARGET, commit: NEW, is: false }],
    ['the same of another branch', { target: { ...TARGET, git: 'github:acme/hello#next' }, commit: OLD, is: false }],
    ['one that is not locked', { target: { ...TARGET, lock: undefined }, commit: OLD, is: false }],
  ])('of %s', (_what, { target, commit, is }) => {
    expect(isAtCommit(target, commit)).toBe(is);
  });
});

describe('describeGitUpdate', () => {
  it('tells both commits, and what it may do that was not granted', () => {
    const change = describeGitUpdate(TARGET, { manifest: manifest(), commit: NEW });
    expect(change).toMatchObject({ from: '1.0.0', to: '1.1.0', commit: { from: 'aaaaaaaaaaaa', to: 'bbbbbbbbbbbb' } });
    expect(change.permissions.added.map(({ id }) => id)).toEqual(['childProcess:git']);
    expect(change.permissions.removed.map(({ id }) => id)).toEqual(['network:a.com']);
  });

  it('has no version before where nothing was locked', () => {
    const change = describeGitUpdate({ ...TARGET, lock: undefined }, { manifest: manifest(), commit: NEW });
    expect(change).not.toHaveProperty('from');
  });

  it('refuses a repository that holds another plugin by now', () => {
    const moved = { manifest: manifest('@acme/other'), commit: NEW };
    expect(() => describeGitUpdate(TARGET, moved)).toThrow(expect.objectContaining({ code: 'PACKAGE_MISMATCH' }));
  });
});
