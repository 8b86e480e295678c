/** The commands of owners where the index is a repository at GitHub: each is a pull request. */
import type { ChangeOutput } from '@ar-registry/schemas';
import { validator as isChange } from '@ar-registry/schemas/validators/cli/change';
import { createGitHubDouble, type GitHubDouble } from '@ar-registry/testing/github';
import { testIndex } from '@ar-registry/testing/registry';
import { beforeEach, expect, it } from 'vitest';
import { createSandbox, errorCode, type Ended, type Sandbox } from './support/ar.ts';

const NAME = '@acme/hello';
const RECORD = `plugins/${NAME}/plugin.yaml`;
const ADA = { login: 'ada', id: 1, token: 'token-of-ada' };
const INDEX = testIndex()
  .plugin(NAME, { record: { owners: [{ login: 'ada', id: 1 }] } })
  .version('1.0.0')
  .version('1.1.0');

let sandbox: Sandbox;
let github: GitHubDouble;

beforeEach(async () => {
  sandbox = createSandbox();
  github = await createGitHubDouble({
    accounts: [{ login: 'registry', id: 9, token: 'token-of-registry' }, ADA, { login: 'Grace', id: 2 }],
    repositories: [{ owner: 'registry', name: 'index', files: Object.fromEntries(INDEX.files()) }],
  });
  return async () => {
    sandbox[Symbol.dispose]();
    await github[Symbol.asyncDispose]();
  };
});

function ar(...args: readonly string[]): Promise<Ended> {
  return sandbox.ar(['plugin', ...args], {
    AR_INDEX: `${github.webUrl}/registry/index`,
    AR_GITHUB_API: github.apiUrl,
    AR_GITHUB_UPLOADS: github.uploadUrl,
    AR_GITHUB_WEB: github.webUrl,
    AR_KEYCHAIN: 'off',
    GITHUB_TOKEN: ADA.token,
  });
}

async function change(...args: readonly string[]): Promise<ChangeOutput> {
  const { stdout, stderr } = await ar(...args, '--json');
  const result = isChange(JSON.parse(stdout));
  if (!result.ok) throw new Error(stdout + stderr);
  return result.value;
}

/** What a person does in the browser. */
async function ask(method: string, route: string, body?: object): Promise<void> {
  const { ok, status } = await fetch(`${github.apiUrl}/repos/registry/index${route}`, {
    method,
    headers: {
      authorization: 'Bearer token-of-registry',
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      'content-type': 'application/json',
      'user-agent': 'a browser',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect([route, status, ok]).toEqual([route, status, true]);
}

const pulls = () => [...github.repository('registry/index').issues.values()];

it('opens one pull request for a change, however often it is run', async () => {
  const yank = ['yank', `${NAME}@1.1.0`, '--reason', 'Loses @everybody’s messages'];
  const opened = await change(...yank);
  expect(opened).toMatchObject({ state: 'opened', pullRequest: { number: 1 } });
  expect(pulls()).toMatchObject([{ title: `Yank ${NAME} 1.1.0` }]);
  expect(pulls()[0]?.body).toContain('the dist-tag latest moves from 1.1.0 to 1.0.0');
  const { branch = '' } = opened;
  expect(await github.repository('ada/index').readFile(`plugins/${NAME}/status.yaml`, branch)).toContain(
    '1.1.0: Loses',
  );
  expect(await change(...yank)).toMatchObject({ state: 'already-open', branch, pullRequest: { number: 1 } });
  await ask('PUT', '/pulls/1/merge', { merge_method: 'squash' });
  expect(await change(...yank)).toMatchObject({ state: 'unchanged' });
  expect(pulls()).toHaveLength(1);
});

it('opens another pull request for a change that was undone and is wanted again', async () => {
  const tag = ['dist-tag', 'add', `${NAME}@1.0.0`, 'old'];
  await change(...tag);
  await ask('PUT', '/pulls/1/merge', { merge_method: 'squash' });
  await change('dist-tag', 'rm', NAME, 'old');
  await ask('PUT', '/pulls/2/merge', { merge_method: 'squash' });
  expect(await change(...tag)).toMatchObject({ state: 'opened', pullRequest: { number: 3 } });
});

it('asks GitHub for the id of an account', async () => {
  const { branch = '', title } = await change('owner', 'add', NAME, 'grace');
  expect(title).toBe(`Add Grace as an owner of ${NAME}`);
  expect(await github.repository('ada/index').readFile(RECORD, branch)).toMatch(/login: Grace\n\s+id: 2\n/);
  expect(errorCode(await ar('transfer', NAME, 'nobody'))).toBe('GITHUB_NOT_FOUND');
  expect(pulls()).toHaveLength(1);
});

it('makes nothing under --dry-run', async () => {
  expect(await change('yank', `${NAME}@1.0.0`, '--reason', 'x', '--dry-run')).toMatchObject({ state: 'dry-run' });
  expect(pulls()).toEqual([]);
  expect(github.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
});
