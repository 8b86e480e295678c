/** Submitting a version to an index at GitHub, with archives in the submission or in a release of the plugin. */
import fs from 'node:fs';
import { createGitHub } from '@ar-registry/io/github';
import { openIndex } from '@ar-registry/io/propose';
import { releaseUpload, submitVersion, type Submission, type Submitted } from '@ar-registry/io/publish';
import type { NormalizedManifest } from '@ar-registry/schemas';
import { createGitHubDouble, type GitHubDouble } from '@ar-registry/testing/github';
import { beforeEach, describe, expect, it } from 'vitest';
import { codeOf, errorOf } from './support/code-of.ts';
import { sampleSubmission } from './support/submission.ts';
import { tempDir } from './support/temp-dir.ts';

const { signal } = new AbortController();
const BRANCH = 'publish/acme/hello/1.0.0';
const FILE = 'acme-hello-1.0.0.tgz';

let double: GitHubDouble;
let dir: string;

beforeEach(async () => {
  const temporary = await tempDir();
  dir = fs.realpathSync(temporary.path);
  double = await createGitHubDouble({
    accounts: [
      { login: 'registry', id: 1, token: 'token-of-registry' },
      { login: 'alice', id: 2, token: 'token-of-alice' },
    ],
    repositories: [index('index', 'index'), index('releases', 'release'), { owner: 'alice', name: 'hello' }],
  });
  return async () => {
    // Throws if anything that was asked or answered is not as GitHub describes it.
    await double[Symbol.asyncDispose]();
    await temporary[Symbol.asyncDispose]();
  };
});

const index = (name: string, uploads: string) => ({
  owner: 'registry',
  name,
  files: { 'registry.yaml': `schemaVersion: 1\nname: test\ntitle: Test\nuploads: ${uploads}\n` },
});

async function submission(manifest: Partial<NormalizedManifest> = {}): Promise<Submission> {
  const repository = { type: 'git', url: `${double.webUrl}/alice/hello.git` } as const;
  const sample = await sampleSubmission(dir, { repository, ...manifest });
  return { ...sample, publisher: { login: 'alice', id: 2 } };
}

async function submit(offered: Submission, name = 'index', dryRun = false): Promise<Submitted> {
  const { apiUrl, uploadUrl, webUrl } = double;
  const client = createGitHub({ token: 'token-of-alice', apiUrl, uploadUrl, signal, secondMs: 1 });
  const github = { client, webUrl };
  await using target = await openIndex(`${webUrl}/registry/${name}`, { signal, github });
  const release = () => releaseUpload(offered, github);
  return await submitVersion(offered, { index: target, release, dryRun, signal });
}

const assets = () => [...double.repository('alice/hello').releases.values()].flatMap((release) => release.assets);

describe('an archive in the submission', () => {
  it('is committed with the records, and described in the pull request', async () => {
    const offered = await submission();
    const done = await submit(offered);
    expect(done).toMatchObject({ state: 'opened', branch: BRANCH, tarball: `store:${offered.archive.integrity}` });
    const stored = done.files.find((file) => file.endsWith('.tgz'));
    expect(await double.repository('alice/index').tip(BRANCH)).toBe(done.commit);
    expect(await double.repository('alice/index').readFile(stored ?? '', BRANCH)).toBe(
      Buffer.from(offered.archive.bytes).toString('utf8'),
    );
    const [pull] = [...double.repository('registry/index').issues.values()];
    expect(pull).toMatchObject({
      title: 'Publish @acme/hello 1.0.0',
      body: expect.stringContaining(offered.archive.integrity),
    });
  });

  it('costs few requests, the fork among them', async () => {
    await submit(await submission());
    expect(double.requests.length).toBeLessThan(20);
  });

  it('is found again, whenever it was packed', async () => {
    const first = await submit(await submission());
    const again = await submit({ ...(await submission()), now: new Date() });
    expect(again).toMatchObject({ state: 'already-open', commit: first.commit, pullRequest: first.pullRequest });
  });

  it('with other content is refused', async () => {
    await submit(await submission());
    expect(await errorOf(submit(await submission({ description: 'Other' })))).toMatchObject({
      code: 'VERSION_SUBMITTED',
      facts: { pullRequest: `${double.webUrl}/registry/index/pull/1` },
    });
  });

  it('is not proposed once it is published', async () => {
    await double.repository('registry/index').commit({ 'plugins/@acme/hello/versions/1.0.0.yaml': 'x: 1\n' });
    expect(await codeOf(submit(await submission()))).toBe('VERSION_EXISTS');
  });

  it('at the same time as another of the same is one pull request', async () => {
    const ends = await Promise.all([submit(await submission()), submit({ ...(await submission()), now: new Date() })]);
    expect(ends.map(({ pullRequest }) => pullRequest?.number)).toEqual([1, 1]);
  });

  it('at the same time as another with other content is refused, one or the other', async () => {
    const offers = [await submission(), await submission({ description: 'Other' })];
    const ends = await Promise.allSettled(offers.map((offered) => submit(offered)));
    const refused = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as { code: string }] : []));
    expect(refused.map(({ code }) => code)).toEqual(['VERSION_SUBMITTED']);
  });
});

describe('an archive in a release', () => {
  it('is there before it is proposed, and recorded by its address', async () => {
    const offered = await submission();
    const done = await submit(offered, 'releases');
    const url = `${double.webUrl}/alice/hello/releases/download/v1.0.0/${FILE}`;
    expect(done).toMatchObject({ state: 'opened', tarball: url });
    expect(done.files.filter((file) => file.endsWith('.tgz'))).toEqual([]);
    const record = await double
      .repository('alice/releases')
      .readFile('plugins/@acme/hello/versions/1.0.0.yaml', BRANCH);
    expect(record).toContain(url);
    const answer = await fetch(url);
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(new Uint8Array(offered.archive.bytes));
  });

  it('has a tag with the name of the plugin where its repository may hold others', async () => {
    const repository = { type: 'git', url: `${double.webUrl}/alice/hello.git`, directory: 'plugins/hello' } as const;
    const { tarball } = await submit(await submission({ repository }), 'releases');
    expect(tarball).toContain('/download/hello-v1.0.0/');
  });

  it('goes to the release there is, at the commit that it was packed from', async () => {
    const commit = (await double.repository('alice/hello').tip()) ?? '';
    await double.repository('alice/hello').commit({ 'later.txt': '' });
    const source = { type: 'git', url: `git@${new URL(double.webUrl).hostname}:alice/hello.git`, commit } as const;
    await submit({ ...(await submission()), source }, 'releases');
    expect(await double.repository('alice/hello').tip('refs/tags/v1.0.0')).toBe(commit);
  });

  it('that broke off is uploaded anew', async () => {
    double.fail({ method: 'POST', path: /\/pulls$/, with: 403 });
    expect(await codeOf(submit(await submission(), 'releases'))).toBe('GITHUB_FORBIDDEN');
    const [release] = double.repository('alice/hello').releases.values();
    release?.assets.splice(0);
    double.repository('alice/hello').stageBrokenUpload('v1.0.0', FILE);
    expect(await submit(await submission(), 'releases')).toMatchObject({ state: 'opened' });
    double.repository('alice/releases');
  });

  it.each(['drop-connection', 'drop-after-effect', 502] as const)('is uploaded once through %s', async (kind) => {
    double.fail({ method: 'POST', path: /\/assets$/, with: kind });
    expect(await submit(await submission(), 'releases')).toMatchObject({ state: 'opened' });
    expect(assets()).toMatchObject([{ name: FILE, state: 'uploaded' }]);
  });

  it('is not uploaded again', async () => {
    double.fail({ method: 'POST', path: /\/pulls$/, with: 403 });
    await codeOf(submit(await submission(), 'releases'));
    const uploads = () => double.requests.filter(({ path }) => path.endsWith('/assets')).length;
    const before = uploads();
    expect(await submit(await submission(), 'releases')).toMatchObject({ state: 'opened', pullRequest: { number: 1 } });
    expect(uploads()).toBe(before);
  });

  it('never replaces one with other content', async () => {
    double.fail({ method: 'POST', path: /\/git\/trees$/, with: 403 });
    await codeOf(submit(await submission(), 'releases'));
    expect(await codeOf(submit(await submission({ description: 'Other' }), 'releases'))).toBe('RELEASE_ASSET_DIFFERS');
    expect(assets()).toHaveLength(1);
  });

  it('needs the plugin to be at GitHub', async () => {
    const repository = { type: 'git', url: 'https://example.com/alice/hello.git' } as const;
    const elsewhere = await submission({ repository });
    expect(await codeOf(submit(elsewhere, 'releases'))).toBe('RELEASE_REPOSITORY_UNKNOWN');
  });

  it('is not uploaded by a dry run, which says that it would be', async () => {
    const done = await submit(await submission(), 'releases', true);
    expect(done.steps).toHaveLength(4);
    expect(double.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});
