/** What an owner changes about a published plugin, as branches that the registry's own checks judge. */
import fs from 'node:fs';
import path from 'node:path';
import { ERRORS, type ErrorCode } from '@ar-registry/core/errors';
import { parsePluginRecord, parseStatusRecord } from '@ar-registry/core/record';
import type { ChangeOutput, PluginRecord, StatusRecord } from '@ar-registry/schemas';
import { validator as isChange } from '@ar-registry/schemas/validators/cli/change';
import { validator as isDistTags } from '@ar-registry/schemas/validators/cli/dist-tags';
import { validator as isOwners } from '@ar-registry/schemas/validators/cli/owners';
import { testIndex } from '@ar-registry/testing/registry';
import { serveRegistry } from '@ar-registry/testing/served-registry';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, type Ended, type Sandbox } from './support/ar.ts';
import { findingsOf, makeIndex, mergeBranch } from './support/pipeline.ts';

const NAME = '@acme/hello';
const ADA = { login: 'ada', id: 1 };
const GRACE = { login: 'grace', id: 2 };
const STATUS = `plugins/${NAME}/status.yaml`;
const RECORD = `plugins/${NAME}/plugin.yaml`;

const INDEX = testIndex()
  .scope('acme', { owners: [ADA] })
  .plugin('@acme/other', { record: { owners: [ADA] } })
  .version('1.0.0')
  .plugin(NAME, { record: { owners: [ADA] }, distTags: { latest: '2.0.0', beta: '1.1.0' } })
  .version('1.0.0', { deprecated: 'Old' })
  .version('1.1.0')
  .version('1.2.0', { yanked: 'Broken' })
  .version('2.0.0');

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = createSandbox();
  await makeIndex(sandbox, INDEX.files());
  return () => sandbox[Symbol.dispose]();
});

const ENV = { AR_INDEX: 'index.git', AR_PUBLISHER: 'ada:1' };

function ar(...args: readonly string[]): Promise<Ended> {
  return sandbox.ar(['plugin', ...args], ENV);
}

async function change(...args: readonly string[]): Promise<ChangeOutput> {
  const { stdout, stderr } = await ar(...args, '--json');
  const result = isChange(JSON.parse(stdout));
  if (!result.ok) throw new Error(stdout + stderr);
  return result.value;
}

/** Submits, and gives the branch. */
async function branchOf(...args: readonly string[]): Promise<string> {
  const { state, branch } = await change(...args);
  expect(state).toBe('pushed');
  if (branch === undefined) throw new Error('no branch');
  return branch;
}

const bare = (...args: readonly string[]): Promise<string> =>
  sandbox.git('-C', path.join(sandbox.dir, 'index.git'), ...args);
const fileAt = (branch: string, file: string): Promise<string> => bare('show', `${branch}:${file}`);
const branches = async (): Promise<readonly string[]> =>
  (await bare('branch', '--format=%(refname:short)')).trim().split('\n');

async function statusAt(branch: string): Promise<StatusRecord> {
  const parsed = parseStatusRecord(await fileAt(branch, STATUS), STATUS);
  if (!parsed.ok) throw new Error('not valid');
  return parsed.record;
}

async function recordAt(branch: string): Promise<PluginRecord> {
  const parsed = parsePluginRecord(await fileAt(branch, RECORD), RECORD);
  if (!parsed.ok) throw new Error('not valid');
  return parsed.record;
}

/** Command → what of the status it changes; nothing of it is left where nothing is expected. */
const CHANGED: Readonly<Record<string, 'deprecated' | 'yanked'>> = {
  deprecate: 'deprecated',
  undeprecate: 'deprecated',
  yank: 'yanked',
  unyank: 'yanked',
};

describe('a change of what is published', () => {
  it.each<[string, readonly string[], Partial<StatusRecord>]>([
    [
      'deprecate',
      [`${NAME}@<2`, 'Use 2.0 instead'],
      { deprecated: { '1.0.0': 'Use 2.0 instead', '1.1.0': 'Use 2.0 instead', '1.2.0': 'Use 2.0 instead' } },
    ],
    ['undeprecate', [`${NAME}@1.0.0`], {}],
    [
      'yank',
      [`${NAME}@2.0.0`, '--reason', 'Loses messages'],
      {
        distTags: { latest: '1.1.0', beta: '1.1.0' },
        yanked: { '1.2.0': 'Broken', '2.0.0': 'Loses messages' },
      },
    ],
    ['unyank', [`${NAME}@1.2.0`], {}],
    ['dist-tag add', [`${NAME}@1.0.0`, 'old'], { distTags: { latest: '2.0.0', beta: '1.1.0', old: '1.0.0' } }],
    ['dist-tag rm', [NAME, 'beta'], { distTags: { latest: '2.0.0' } }],
  ])('by %s is taken from an owner and refused from a stranger', async (command, args, expected) => {
    const output = await change(...command.split(' '), ...args);
    const { branch = '', files, state, effects } = output;
    expect([state, files]).toEqual(['pushed', [STATUS]]);
    expect(effects.length).toBeGreaterThan(0);
    expect(branch).toMatch(new RegExp(`^status/acme/hello/${command.split(' ')[0]}-[0-9a-f]{12}$`));
    const { [CHANGED[command] ?? 'distTags']: _changed, ...rest } = await statusAt('main');
    expect(await statusAt(branch)).toEqual({ ...rest, ...expected });
    expect(await findingsOf(sandbox, branch, 'ada:1')).toEqual([]);
    expect(await findingsOf(sandbox, branch, 'eve:666')).toEqual(['NOT_OWNER']);
  });

  it.each<[string, readonly string[], Partial<PluginRecord>]>([
    ['owner add', [NAME, 'grace:2'], { owners: [ADA, GRACE] }],
    ['transfer', [NAME, 'grace:2'], { owners: [GRACE] }],
    [
      'edit',
      [NAME, '--repository', 'https://example.com/new.git'],
      { repository: { url: 'https://example.com/new.git' } },
    ],
    ['edit', [NAME, '--add-alias', '@acme/hi', '--renamed-to', '@acme/other'], { aliases: ['@acme/hi'] }],
  ])('by %s is looked at by a person, and refused from a stranger', async (command, args, expected) => {
    const { branch = '', files } = await change(...command.split(' '), ...args);
    expect(files).toEqual([RECORD]);
    expect(await recordAt(branch)).toMatchObject(expected);
    expect(await findingsOf(sandbox, branch, 'ada:1')).toEqual(['REVIEW_REQUIRED']);
    expect(await findingsOf(sandbox, branch, 'eve:666')).toContain('NOT_OWNER');
  });

  it('is committed by its owner, in words of ours', async () => {
    const branch = await branchOf('yank', `${NAME}@1.0.0`, '--reason', 'Fixes #1');
    const text = await bare('log', '-1', '--format=%an <%ae>%n%B', branch);
    expect(text.trim()).toBe(`ada <1+ada@users.noreply.github.com>\nYank ${NAME} 1.0.0`);
  });

  it('keeps what a person wrote beside it', async () => {
    const text = `# Ours since 2020.\n${await fileAt('main', RECORD)}`.replace('trust: community', '$& # for now');
    await makeMain(RECORD, text);
    const after = await fileAt(await branchOf('owner', 'add', NAME, 'grace:2'), RECORD);
    expect(after).toContain('# Ours since 2020.\n');
    expect(after).toContain('trust: community # for now\n');
  });
});

async function makeMain(file: string, text: string): Promise<void> {
  const seed = path.join(sandbox.dir, '.seed');
  fs.writeFileSync(path.join(seed, file), text);
  await sandbox.git('-C', seed, 'commit', '--quiet', '--all', '-m', 'A person writes');
  await sandbox.git('-C', seed, 'push', '--quiet', path.join(sandbox.dir, 'index.git'), 'HEAD:main');
}

describe('the same change again', () => {
  it('finds its branch before the merge, and nothing to do after it', async () => {
    const words = ['yank', `${NAME}@1.0.0`, '--reason', 'x'];
    const branch = await branchOf(...words);
    expect(await change(...words)).toMatchObject({ state: 'already-pushed', branch });
    await mergeBranch(sandbox, branch);
    const again = await ar(...words);
    expect(again.code).toBe(0);
    expect(await change(...words)).toMatchObject({ state: 'unchanged', files: [] });
    expect(await branches()).toEqual(['main', branch]);
  });

  it('goes on another branch once it was undone', async () => {
    const yank = ['yank', `${NAME}@1.0.0`, '--reason', 'x'];
    const first = await branchOf(...yank);
    await mergeBranch(sandbox, first);
    await mergeBranch(sandbox, await branchOf('unyank', `${NAME}@1.0.0`));
    const second = await branchOf(...yank);
    expect(second).toBe(`${first}-2`);
    expect(await change(...yank)).toMatchObject({ state: 'already-pushed', branch: second });
    await mergeBranch(sandbox, second);
    expect((await statusAt('main')).yanked).toHaveProperty(['1.0.0'], 'x');
  });

  it('goes on another branch once other changes were merged: the former one conflicts with them', async () => {
    const first = await branchOf('yank', `${NAME}@1.0.0`, '--reason', 'x');
    await mergeBranch(sandbox, await branchOf('dist-tag', 'add', `${NAME}@1.0.0`, 'old'));
    const second = await branchOf('yank', `${NAME}@1.0.0`, '--reason', 'x');
    expect(second).not.toBe(first);
    await mergeBranch(sandbox, second);
    expect((await statusAt('main')).distTags).not.toHaveProperty('old');
  });

  it('is refused where somebody else wrote on its branch', async () => {
    const branch = await branchOf('dist-tag', 'rm', NAME, 'beta');
    const commit = await bare('commit-tree', 'main^{tree}', '-p', 'main', '-m', 'Empty');
    await bare('update-ref', `refs/heads/${branch}`, commit.trim());
    expect(errorCode(await ar('dist-tag', 'rm', NAME, 'beta'))).toBe('PROPOSAL_DIFFERS');
  });
});

describe('nothing is submitted', () => {
  it('under --dry-run', async () => {
    expect(await change('yank', `${NAME}@1.0.0`, '--reason', 'x', '--dry-run')).toMatchObject({ state: 'dry-run' });
    expect(await branches()).toEqual(['main']);
  });

  it.each<[string, readonly string[], string]>([
    ['by a stranger', ['yank', `${NAME}@1.0.0`, '--reason', 'Mine', '--as', 'eve:666'], 'FINDINGS'],
    ['to become an owner', ['owner', 'add', NAME, 'eve:666', '--as', 'eve:666'], 'FINDINGS'],
    ['for a version that is not there', ['yank', `${NAME}@9.0.0`, '--reason', 'x'], 'VERSION_NOT_FOUND'],
    ['for a plugin that is not there', ['deprecate', '@acme/helo', 'x'], 'PLUGIN_NOT_FOUND'],
    ['without a version', ['yank', NAME, '--reason', 'x'], 'SPEC_INVALID'],
    ['without a reason', ['yank', `${NAME}@1.0.0`], 'USAGE'],
    ['without a message', ['deprecate', NAME], 'USAGE'],
    ['with two messages', ['deprecate', NAME, 'x', '--message', 'y'], 'USAGE'],
    ['without latest', ['dist-tag', 'rm', NAME, 'latest'], 'DIST_TAG_REQUIRED'],
    ['for a yanked version', ['dist-tag', 'add', `${NAME}@1.2.0`, 'beta'], 'VERSION_YANKED'],
    ['without an owner', ['owner', 'remove', NAME, 'ada'], 'LAST_OWNER'],
    ['to nobody', ['transfer', NAME, 'ada:1'], 'TRANSFER_TO_SELF'],
    ['to whom nobody knows', ['owner', 'add', NAME, 'grace'], 'ACCOUNT_UNKNOWN'],
    ['to a plugin that is not there', ['edit', NAME, '--renamed-to', '@acme/nobody'], 'FINDINGS'],
    ['where nothing is said', ['edit', NAME], 'USAGE'],
    ['where both is said', ['edit', NAME, '--renamed-to', '@acme/other', '--not-renamed'], 'USAGE'],
    ['without a verb', ['owner'], 'USAGE'],
  ])('%s', async (_what, args, code) => {
    const ended = await ar(...args);
    expect(errorCode(ended)).toBe(code);
    expect(ended.code).toBe(ERRORS[errorCode(ended) as ErrorCode].exit);
    expect(await branches()).toEqual(['main']);
  });

  it('for who is no owner, whatever the registry was told', async () => {
    const { stderr } = await ar('dist-tag', 'add', `${NAME}@1.0.0`, 'mine', '--as', 'ada:666');
    expect(stderr).toContain('NOT_OWNER');
    expect(await branches()).toEqual(['main']);
  });
});

it('deprecates as the design of the registry writes it', async () => {
  const { code } = await ar('deprecate', `${NAME}@1.1.0`, '--message', 'Use 2.0 instead');
  expect(code).toBe(0);
  const [, branch = ''] = await branches();
  expect((await statusAt(branch)).deprecated).toEqual({ '1.0.0': 'Old', '1.1.0': 'Use 2.0 instead' });
});

it('tells which verbs there are, and asks for one', async () => {
  const { stdout, code } = await ar('dist-tag', '--help');
  expect(code).toBe(0);
  for (const verb of ['add', 'rm', 'list']) expect(stdout).toContain(`dist-tag ${verb}`);
});

describe('a list', () => {
  it('of tags and owners is read from the index where one is named', async () => {
    const tags = isDistTags(JSON.parse((await ar('dist-tag', 'list', NAME, '--json')).stdout));
    expect(tags.ok && tags.value).toEqual({
      schemaVersion: 1,
      name: NAME,
      distTags: { latest: '2.0.0', beta: '1.1.0' },
    });
    const owners = isOwners(JSON.parse((await ar('owner', 'list', NAME, '--json')).stdout));
    expect(owners.ok && owners.value.owners).toEqual([ADA]);
    expect(errorCode(await ar('owner', 'list', '@acme/helo'))).toBe('PLUGIN_NOT_FOUND');
  });

  it('is read from the registry otherwise', async () => {
    await using registry = await serveRegistry([{ manifest: { version: '1.0.0' } }]);
    const env = { AR_REGISTRY: registry.url };
    const tags = await sandbox.ar(['plugin', 'dist-tag', 'list', NAME], env);
    expect(tags.stdout).toMatch(/^latest\s+1\.0\.0\n$/);
    expect((await sandbox.ar(['plugin', 'owner', 'list', NAME], env)).stdout).toMatch(/^acme\s+1\n$/);
  });
});
