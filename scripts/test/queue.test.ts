/** The review queue: what waits, and for whom, at GitHub and on a plain git server. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { validator as isQueue } from '@ar-registry/schemas/validators/api/queue';
import type { GitHubRepository, PullRequest } from '@ar-registry/io/github';
import type { QueueDocument } from '@ar-registry/schemas';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writeQueue, type QueueSource } from '../src/stages/queue/index.ts';
import { ADA, CLOCK, testRegistry, type TestRegistry } from './registry-fixture.ts';

const PORTS = { clock: CLOCK };

/** A folder with no more of a registry than makes it one. */
async function siteIn(folder: string): Promise<string> {
  const site = path.join(folder, 'site');
  await mkdir(path.dirname(path.join(site, routes.config)), { recursive: true });
  await writeFile(path.join(site, routes.config), '{}');
  return site;
}

async function queueOf(registry: Pick<TestRegistry, 'folder'>, source: QueueSource): Promise<QueueDocument> {
  const { file, queue } = await writeQueue(await siteIn(registry.folder), source, PORTS);
  const checked = isQueue(JSON.parse(await readFile(file, 'utf8')));
  expect(checked).toEqual({ ok: true, value: queue });
  return queue;
}

async function someFolder(): Promise<Pick<TestRegistry, 'folder'>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ar-queue-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return { folder };
}

const branchesOf = (registry: TestRegistry): QueueSource => ({ kind: 'git', url: registry.bare, into: 'main' });

/** Puts a commit on the branch that says it was made at any time. */
async function commitAt(registry: TestRegistry, branch: string, time: string): Promise<void> {
  const commit = await registry.commit(branch, await registry.submission('@acme/audit', '1.0.0'));
  const [tree, parent] = await Promise.all([`${commit}^{tree}`, 'main'].map((name) => registry.git('rev-parse', name)));
  const raw = path.join(registry.folder, 'commit');
  const by = `Eve <eve@example.com> ${time} +0000`;
  await writeFile(raw, `tree ${tree}\nparent ${parent}\nauthor ${by}\ncommitter ${by}\n\nx\n`);
  const made = await registry.git('hash-object', '-t', 'commit', '-w', '--literally', raw);
  await registry.git('update-ref', `refs/heads/${branch}`, made);
}

describe('on a plain git server', () => {
  it('lists each branch of a submission that is not merged, and what a person has to look at', async () => {
    const registry = await testRegistry();
    const commit = await registry.commit('publish/acme/audit/1.0.0', await registry.submission('@acme/audit', '1.0.0'));
    await registry.commit('elsewhere', new Map([['notes.md', 'mine']]));
    const { submissions, total, source, checkedAt } = await queueOf(registry, branchesOf(registry));
    expect({ total, source, checkedAt }).toEqual({ total: 1, source: 'git', checkedAt: '2026-06-01T12:00:00.000Z' });
    expect(submissions).toMatchObject([{ name: 'publish/acme/audit/1.0.0', commit, waitsFor: 'maintainer' }]);
    expect(submissions[0]?.reasons.join()).toContain('@acme/audit is new');
  });

  it('leaves out what is merged', async () => {
    const registry = await testRegistry();
    await registry.commit('publish/acme/audit/1.0.0', await registry.submission('@acme/audit', '1.0.0'));
    await registry.accept('publish/acme/audit/1.0.0');
    expect(await queueOf(registry, branchesOf(registry))).toMatchObject({ total: 0, submissions: [] });
  });

  it('finds the one that waits among more that are merged than it would check', async () => {
    const registry = await testRegistry();
    const main = (await registry.git('rev-parse', 'main')).trim();
    const refs = Array.from({ length: 300 }, (_, at) => `create refs/heads/publish/acme/a${at}/1.0.0 ${main}\n`);
    await execa('git', ['update-ref', '--stdin'], { cwd: registry.bare, input: refs.join('') });
    await registry.commit('publish/acme/zoo/1.0.0', await registry.submission('@acme/zoo', '1.0.0'));
    const { submissions, total } = await queueOf(registry, branchesOf(registry));
    expect([total, ...submissions.map(({ name }) => name)]).toEqual([1, 'publish/acme/zoo/1.0.0']);
  });

  it('says that an author has to mend what breaks a rule, conflicts or cannot be read, and tells of the others', async () => {
    const registry = await testRegistry();
    const files = await registry.submission('@acme/audit', '1.0.0');
    await registry.commit('publish/acme/audit/1.0.0', files);
    await registry.commit('publish/acme/broken/1.0.0', new Map([['plugins/@acme/broken/plugin.yaml', ': [']]));
    await registry.commit('status/acme/audit/deprecate-1', new Map([['categories.yaml', 'a: 1\n']]));
    await registry.commit('main', new Map([['categories.yaml', 'schemaVersion: 1\ncategories: []\n']]));
    const { submissions } = await queueOf(registry, branchesOf(registry));
    expect(Object.fromEntries(submissions.map(({ name, waitsFor }) => [name, waitsFor]))).toMatchObject({
      'publish/acme/broken/1.0.0': 'author',
      'status/acme/audit/deprecate-1': 'author',
    });
    expect(submissions).toHaveLength(3);
  });

  it.each([
    ['later than now', '99999999999', '2026-06-01T12:00:00.000Z'],
    ['long ago', '1', '1970-01-01T00:00:01.000Z'],
  ])('takes no commit for later than now: one made %s', async (_when, time, since) => {
    const registry = await testRegistry();
    await commitAt(registry, 'publish/acme/audit/1.0.0', time);
    const { submissions } = await queueOf(registry, branchesOf(registry));
    expect(submissions).toMatchObject([{ since, waitsFor: 'maintainer' }]);
  });

  it.each(['99999999999999999999', 'yesterday'])(
    'tells of the others where a commit is none that git takes in: made at %s',
    async (time) => {
      const registry = await testRegistry();
      await commitAt(registry, 'publish/acme/audit/1.0.0', time);
      await registry.commit('publish/acme/chat/1.0.0', await registry.submission('@acme/chat', '1.0.0'));
      const { submissions } = await queueOf(registry, branchesOf(registry));
      expect(Object.fromEntries(submissions.map(({ name, waitsFor }) => [name, waitsFor]))).toEqual({
        'publish/acme/audit/1.0.0': 'author',
        'publish/acme/chat/1.0.0': 'maintainer',
      });
    },
  );

  it('needs the branch that submissions are for', async () => {
    const registry = await testRegistry();
    const source: QueueSource = { kind: 'git', url: registry.bare, into: 'nowhere' };
    await expect(queueOf(registry, source)).rejects.toMatchObject({ code: 'REVISION_UNKNOWN' });
  });
});

/** Opened on one day of May after the other. */
const pull = (number: number, changes: Partial<PullRequest> = {}): PullRequest => ({
  number,
  url: `https://github.com/acme/index/pull/${number}`,
  title: 'Publish @acme/audit 1.0.0',
  body: '',
  state: 'open',
  merged: false,
  draft: false,
  author: ADA,
  createdAt: `2026-05-${10 + number}T10:00:00Z`,
  labels: [],
  head: { sha: 'a'.repeat(40), ref: 'publish/acme/audit/1.0.0' },
  base: { sha: 'b'.repeat(40), ref: 'main' },
  ...changes,
});

const gitHub = (...pulls: readonly PullRequest[]): QueueSource => ({
  kind: 'github',
  repository: {
    facts: async () => ({ owner: 'acme', repo: 'index', defaultBranch: 'main' }),
    findPulls: async () => pulls,
  } as unknown as GitHubRepository,
});

describe('at GitHub', () => {
  it.each([
    [{ draft: true, labels: ['checks-passed'] }, 'author'],
    [{ labels: ['checks-failed', 'needs-review'] }, 'author'],
    [{ labels: ['checks-passed', 'needs-review', 'new-plugin'] }, 'maintainer'],
    [{ labels: ['needs-review'] }, 'maintainer'],
    [{ labels: ['checks-incomplete'] }, 'maintainer'],
    [{ labels: ['checks-passed', 'hold'] }, 'maintainer'],
    [{ labels: ['checks-passed'] }, 'merge'],
    [{ labels: ['question'] }, 'checks'],
  ] as const)('a pull request with %j waits for: %s', async (changes, waitsFor) => {
    const registry = await someFolder();
    const { submissions } = await queueOf(registry, gitHub(pull(1, changes)));
    expect(submissions.map((each) => each.waitsFor)).toEqual([waitsFor]);
  });

  it('lists the oldest first, of the default branch alone', async () => {
    const registry = await someFolder();
    const other = pull(1, { base: { sha: 'b'.repeat(40), ref: 'experiment' } });
    const { submissions, total } = await queueOf(registry, gitHub(pull(3), pull(2), other));
    expect([total, ...submissions.map(({ name }) => name)]).toEqual([2, '#2', '#3']);
  });

  it('lists one of which GitHub does not say when it was opened', async () => {
    const registry = await someFolder();
    const { submissions } = await queueOf(registry, gitHub(pull(1, { createdAt: '' })));
    expect(submissions[0]?.since).toBe('1970-01-01T00:00:00.000Z');
  });

  it('tells a title in one line without control characters, and an account that is gone as none', async () => {
    const registry = await someFolder();
    const { author: _gone, ...rest } = pull(1, { title: `a\u001B[31m\nb${'c'.repeat(500)}` });
    const [submission] = (await queueOf(registry, gitHub(rest))).submissions;
    expect(submission?.title).toMatch(/^a.{0,10} b?c*/);
    expect(submission?.title?.length).toBeLessThanOrEqual(300);
    expect(submission).not.toHaveProperty('submitter');
  });
});

it('writes into nothing but a built registry', async () => {
  const registry = await testRegistry();
  await expect(writeQueue(registry.folder, branchesOf(registry), PORTS)).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
  });
});
