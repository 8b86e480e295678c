/** Proposing to a plain git remote: what it pushes, what it finds again, what it refuses. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { openIndex, type IndexTarget, type Proposal } from '@ar-registry/io/propose';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { codeOf } from './support/code-of.ts';
import { tempDir } from './support/temp-dir.ts';

const { signal } = new AbortController();
const wish = { dryRun: false, signal };
const BRANCH = 'status/acme/hello';

let dir: string;

beforeEach(async () => {
  const temporary = await tempDir();
  dir = temporary.path;
  git('init', '--quiet', '--initial-branch=main', 'seed');
  fs.writeFileSync(at('seed/registry.yaml'), 'schemaVersion: 1\nname: test\ntitle: Test\n');
  fs.writeFileSync(at('seed/old.txt'), 'old\n');
  git('-C', 'seed', 'add', '.');
  git('-C', 'seed', 'commit', '--quiet', '-m', 'Start');
  git('clone', '--quiet', '--bare', 'seed', 'index.git');
  return async () => {
    vi.unstubAllEnvs();
    await temporary[Symbol.asyncDispose]();
  };
});

const at = (...names: readonly string[]): string => path.join(dir, ...names);

function git(...args: readonly string[]): string {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  return execFileSync('git', [...identity, ...args], { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

const bare = (...args: readonly string[]): string => git('-C', 'index.git', ...args);
const open = (): Promise<IndexTarget> => openIndex(at('index.git'), { signal });

function proposal(files: readonly (readonly [string, Uint8Array | string | null])[]): Proposal {
  return {
    branch: BRANCH,
    title: 'Change',
    body: '',
    message: 'Change\n',
    files: new Map(files),
    author: { login: 'ada', id: 1 },
    now: new Date('2026-01-02T03:04:05Z'),
  };
}

const CHANGE = proposal([
  ['new/a.txt', 'a\n'],
  ['old.txt', null],
]);

it('is one commit that adds, changes and deletes', async () => {
  await using index = await open();
  const done = await index.propose(CHANGE, wish);
  expect(done).toMatchObject({ state: 'pushed', branch: BRANCH, files: ['new/a.txt', 'old.txt'] });
  expect(bare('diff', '--name-status', 'main', BRANCH)).toBe('A\tnew/a.txt\nD\told.txt\n');
  expect(bare('rev-parse', BRANCH).trim()).toBe(done.commit);
});

it('leaves nothing in the temporary folder, also where the remote holds nothing', async () => {
  git('init', '--quiet', '--bare', 'empty.git');
  fs.mkdirSync(at('tmp'));
  vi.stubEnv('TMPDIR', at('tmp')).stubEnv('TEMP', at('tmp')).stubEnv('TMP', at('tmp'));
  expect(await codeOf(openIndex(at('empty.git'), { signal }))).toBe('INDEX_NOT_FOUND');
  await (await open())[Symbol.asyncDispose]();
  expect(fs.readdirSync(at('tmp'))).toEqual([]);
});

describe('a branch that is there', () => {
  it('with the same files is found, whenever they were proposed', async () => {
    await using first = await open();
    const { commit } = await first.propose(CHANGE, wish);
    await using second = await open();
    expect(await second.propose({ ...CHANGE, now: new Date() }, wish)).toMatchObject({
      state: 'already-pushed',
      commit,
    });
  });

  it.each([
    [
      'more files',
      [
        ['new/a.txt', 'a\n'],
        ['old.txt', null],
        ['b', 'b'],
      ],
    ],
    ['fewer files', [['new/a.txt', 'a\n']]],
    [
      'another content',
      [
        ['new/a.txt', 'b\n'],
        ['old.txt', null],
      ],
    ],
    [
      'a file that is not deleted',
      [
        ['new/a.txt', 'a\n'],
        ['old.txt', 'old\n'],
      ],
    ],
  ] as const)('is refused for %s', async (_what, files) => {
    await using index = await open();
    await index.propose(CHANGE, wish);
    expect(await codeOf(index.propose(proposal(files), wish))).toBe('PROPOSAL_DIFFERS');
  });

  it('knows whether it was merged', async () => {
    await using index = await open();
    await index.propose(CHANGE, wish);
    expect(await (await index.findEarlier(BRANCH))?.isMerged()).toBe(false);
    bare('update-ref', 'refs/heads/main', `refs/heads/${BRANCH}`);
    await using later = await open();
    expect(await (await later.findEarlier(BRANCH))?.isMerged()).toBe(true);
  });
});

it('pushes nothing in a dry run, but knows the commit', async () => {
  await using index = await open();
  const { state, commit } = await index.propose(CHANGE, { ...wish, dryRun: true });
  expect([state, bare('branch', '--format=%(refname:short)')]).toEqual(['dry-run', 'main\n']);
  await using other = await open();
  expect((await other.propose(CHANGE, wish)).commit).toBe(commit);
});
