/** `publish` to an index at GitHub, as a user runs it: login, pull request, releases, kills in the middle. */
import fs from 'node:fs';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import type { PublishOutput } from '@ar-registry/schemas';
import { validator as isPublish } from '@ar-registry/schemas/validators/cli/publish';
import { createGitHubDouble, type GitHubDouble } from '@ar-registry/testing/github';
import { serveRegistry } from '@ar-registry/testing/served-registry';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, type Ended, type Sandbox } from './support/ar.ts';
import { gitHubEnv } from './support/github.ts';
import { builtPlugin, edit } from './support/plugin.ts';

const BRANCH = 'publish/acme/hello/0.1.0';
const TOKEN = 'token-of-alice';

let sandbox: Sandbox;
let double: GitHubDouble;
let plugin: string;

beforeEach(async () => {
  sandbox = createSandbox();
  plugin = await builtPlugin(sandbox);
  double = await createGitHubDouble({
    accounts: [
      { login: 'registry', id: 1 },
      { login: 'alice', id: 2, token: TOKEN },
    ],
    repositories: [index('index', 'index'), index('releases', 'release'), { owner: 'alice', name: 'hello' }],
  });
  edit(path.join(plugin, 'ar-plugin.yaml'), /url: .*/, `url: ${double.webUrl}/alice/hello.git`);
  return async () => {
    // Throws if anything that was asked or answered is not as GitHub describes it.
    await double[Symbol.asyncDispose]();
    sandbox[Symbol.dispose]();
  };
});

const index = (name: string, uploads: string) => ({
  owner: 'registry',
  name,
  files: {
    'registry.yaml': `schemaVersion: 1\nname: test\ntitle: Test\nuploads: ${uploads}\n`,
    'categories.yaml': CATEGORIES,
  },
});

const CATEGORIES = `schemaVersion: 1
categories:
  - { id: communication, title: Communication, description: Talks }
  - { id: observability, title: Observability, description: Watches }
  - { id: compliance, title: Compliance, description: Proves }
`;

const address = (name = 'index'): string => `${double.webUrl}/registry/${name}`;

function publish(options: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const words = ['plugin', 'publish', 'hello', ...options];
  return sandbox.ar(words, { AR_INDEX: address(), ...gitHubEnv(double, TOKEN), ...env });
}

async function published(...options: readonly string[]): Promise<PublishOutput> {
  const { stdout, stderr } = await publish([...options, '--json']);
  const result = isPublish(JSON.parse(stdout));
  if (!result.ok) throw new Error(stdout + stderr);
  return result.value;
}

const pulls = () => [...double.repository('registry/index').issues.values()];

describe('a version', () => {
  it('is a pull request of whoever the token belongs to, and its address is printed', async () => {
    const ended = await publish();
    expect([ended.code, errorCode(ended)]).toEqual([0, undefined]);
    expect(ended.stdout).toContain(`${double.webUrl}/registry/index/pull/1`);
    expect(pulls()).toMatchObject([{ title: 'Publish @acme/hello 0.1.0', user: { login: 'alice' } }]);
    const record = await double.repository('alice/index').readFile('plugins/@acme/hello/plugin.yaml', BRANCH);
    expect(record).toMatch(/login: alice\n\s+id: 2/);
    expect(ended.stdout + ended.stderr).not.toContain(TOKEN);
  });

  it('is told to programs', async () => {
    const output = await published('--tag', 'beta');
    expect(output).toMatchObject({
      state: 'opened',
      branch: BRANCH,
      tarball: `store:${output.integrity}`,
      steps: ['Forked registry/index to alice/index.'],
      pullRequest: { number: 1, url: `${double.webUrl}/registry/index/pull/1` },
    });
    const status = await double.repository('alice/index').readFile('plugins/@acme/hello/status.yaml', BRANCH);
    expect(status).toContain('beta');
    expect(await published('--tag', 'beta')).toMatchObject({ state: 'already-open', commit: output.commit });
  });

  it('goes where the registry says', async () => {
    await using registry = await serveRegistry([]);
    const config = JSON.parse(Buffer.from(registry.files.get(routes.config) ?? '').toString()) as object;
    const say = (repository: string): void => {
      const submissions = { repository, uploads: 'index' };
      registry.files.set(routes.config, Buffer.from(JSON.stringify({ ...config, submissions })));
    };
    const env = { AR_INDEX: '', AR_REGISTRY: registry.url };
    const silent = await publish([], env);
    expect([errorCode(silent), silent.code]).toEqual(['INDEX_REMOTE_UNKNOWN', 2]);
    say(`file://${double.gitUrl('registry', 'index')}`);
    expect(errorCode(await publish([], env))).toBe('INDEX_REMOTE_UNKNOWN');
    say(address());
    expect((await publish([], env)).code).toBe(0);
    expect(pulls()).toHaveLength(1);
  });

  it('has its archive in a release of the plugin where the registry wants that', async () => {
    const output = await published('--index', address('releases'));
    const url = `${double.webUrl}/alice/hello/releases/download/v0.1.0/acme-hello-0.1.0.tgz`;
    expect(output).toMatchObject({ state: 'opened', tarball: url });
    expect((await fetch(url)).status).toBe(200);
  });

  it('is only described under --dry-run', async () => {
    const output = await published('--dry-run', '--index', address('releases'));
    expect(output).toMatchObject({ state: 'dry-run', steps: { length: 4 } });
    expect(output).not.toHaveProperty('commit');
    expect(double.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});

describe('whoever publishes', () => {
  it('is who logged in', async () => {
    const file = path.join(sandbox.home, '.config/agent-relay/credentials.json');
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const tokens = { [new URL(double.webUrl).host]: TOKEN };
    fs.writeFileSync(file, JSON.stringify({ schemaVersion: 1, tokens }), { mode: 0o600 });
    expect((await publish([], { GITHUB_TOKEN: '' })).code).toBe(0);
    expect(pulls()).toHaveLength(1);
  });

  it.each([
    ['nobody', [], { GITHUB_TOKEN: '' }, 'GITHUB_LOGIN_NEEDED', 1],
    ['unknown to GitHub', [], { GITHUB_TOKEN: 'unknown-token' }, 'GITHUB_UNAUTHORIZED', 1],
    ['somebody else than --as says', ['--as', 'bob:3'], {}, 'PUBLISHER_UNKNOWN', 2],
  ])('is refused if it is %s', async (...[_who, options, env, error, code]) => {
    const ended = await publish(options, env);
    expect([errorCode(ended), ended.code]).toEqual([error, code]);
    expect(pulls()).toEqual([]);
  });
});

describe('a failure of GitHub', () => {
  it.each([
    ['rate-limit', 'GITHUB_RATE_LIMITED', 4],
    [403, 'GITHUB_FORBIDDEN', 1],
    [422, 'GITHUB_REJECTED', 1],
  ] as const)('with %s ends with a code and a remedy, and the next run goes on', async (kind, error, code) => {
    double.fail({ method: 'POST', path: /\/pulls$/, with: kind, retryAfterSeconds: 3600 });
    const ended = await publish();
    expect([errorCode(ended), ended.code]).toEqual([error, code]);
    expect(ended.stderr).toContain('help: ');
    expect(await published()).toMatchObject({ state: 'opened', pullRequest: { number: 1 } });
  });

  it('that passes is waited for, and said', async () => {
    double.fail({ path: '/user', with: 502 });
    const ended = await publish();
    expect([ended.code, ended.stderr]).toEqual([0, expect.stringContaining('asking again')]);
  });
});

it('ends soon after Ctrl-C, with what is there found by the next run', async () => {
  const slow = double.fail({ method: 'POST', path: /\/git\/trees$/, with: 'slow' });
  const words = ['plugin', 'publish', 'hello'];
  const { child, ended } = sandbox.startAr(words, { AR_INDEX: address(), ...gitHubEnv(double, TOKEN) });
  await slow.once;
  child.kill('SIGINT');
  expect([errorCode(await ended), (await ended).code]).toEqual(['ABORTED', 130]);
  slow.release();
  expect(await published()).toMatchObject({ state: 'opened', pullRequest: { number: 1 } });
});

describe('again', () => {
  it('with other content is refused', async () => {
    await publish();
    fs.appendFileSync(path.join(plugin, 'README.md'), 'More.\n');
    expect(errorCode(await publish())).toBe('VERSION_SUBMITTED');
  });

  it('at the same time ends in one pull request', async () => {
    const ends = await Promise.all([publish(['--json']), publish(['--json'])]);
    expect(ends.map(({ stdout }) => (JSON.parse(stdout) as PublishOutput).pullRequest?.number)).toEqual([1, 1]);
    expect(pulls()).toHaveLength(1);
  });

  it.each([
    ['the fork', 'POST', /\/forks$/],
    ['the archive', 'POST', /\/git\/blobs$/],
    ['the commit', 'POST', /\/git\/commits$/],
    ['the branch', 'POST', /\/git\/refs$/],
    ['the pull request', 'POST', /\/pulls$/],
  ])('goes on after a kill -9 while %s is being made', async (_what, method, at) => {
    // The work is done; the answer never comes.
    const slow = double.fail({ method, path: at, with: 'slow' });
    const words = ['plugin', 'publish', 'hello'];
    const { child, ended } = sandbox.startAr(words, { AR_INDEX: address(), ...gitHubEnv(double, TOKEN) });
    await slow.once;
    child.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
    slow.release();
    expect(await published()).toMatchObject({ pullRequest: { number: 1 } });
    expect(pulls()).toHaveLength(1);
  });
});
