/** `publish` against bare repositories: what it submits, how it goes on after a `kill -9`, and all that it refuses. */
import fs from 'node:fs';
import path from 'node:path';
import { assembleSnapshot } from '@ar-registry/core/snapshot';
import { isError } from '@ar-registry/core/findings';
import { integrityOf } from '@ar-registry/io/digest';
import { readIndex } from '@ar-registry/io/index-store';
import type { PublishOutput } from '@ar-registry/schemas';
import { validator as isPublish } from '@ar-registry/schemas/validators/cli/publish';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, type Ended, type Sandbox } from './support/ar.ts';
import { builtPlugin, edit } from './support/plugin.ts';

const BRANCH = 'publish/acme/hello/0.1.0';
const PUBLISHER = 'ada:1';

let sandbox: Sandbox;
let plugin: string;

beforeEach(async () => {
  sandbox = createSandbox();
  plugin = await builtPlugin(sandbox);
  await makeIndex('index.git');
  return () => sandbox[Symbol.dispose]();
});

const at = (...names: readonly string[]): string => path.join(sandbox.dir, ...names);

/** A bare repository with an index, below `prefix`. */
async function makeIndex(name: string, prefix = '', registry = ''): Promise<void> {
  const folder = at('.seed', name);
  fs.mkdirSync(path.join(folder, prefix), { recursive: true });
  fs.writeFileSync(
    path.join(folder, prefix, 'registry.yaml'),
    `schemaVersion: 1\nname: test\ntitle: Test\n${registry}`,
  );
  fs.writeFileSync(path.join(folder, prefix, 'categories.yaml'), CATEGORIES);
  await sandbox.git('init', '--quiet', folder);
  await sandbox.git('-C', folder, 'add', '.');
  await sandbox.git('-C', folder, 'commit', '--quiet', '-m', 'Start');
  await sandbox.git('clone', '--quiet', '--bare', folder, at(name));
}

const CATEGORIES = `schemaVersion: 1
categories:
  - { id: communication, title: Communication, description: Talks }
  - { id: observability, title: Observability, description: Watches }
  - { id: compliance, title: Compliance, description: Proves }
`;

/** Runs `ar plugin publish hello …`. */
function publish(...options: readonly string[]): Promise<Ended> {
  return sandbox.ar(['plugin', 'publish', 'hello', '--index', 'index.git', '--as', PUBLISHER, ...options]);
}

async function published(...options: readonly string[]): Promise<PublishOutput> {
  const { stdout, stderr } = await publish(...options, '--json');
  const result = isPublish(JSON.parse(stdout));
  if (!result.ok) throw new Error(stdout + stderr);
  return result.value;
}

/** The index on a branch, read and judged as the pipeline does. */
async function indexAt(revision: string, repository = 'index.git') {
  const reading = await readIndex({ repository: at(repository), revision });
  const assembled = assembleSnapshot(reading.files);
  if (!assembled.ok) throw new Error('The index cannot be read.');
  expect([...reading.findings, ...assembled.findings].filter(isError)).toEqual([]);
  return { ...reading, snapshot: assembled.snapshot };
}

/** What a reviewer does. */
async function merge(branch: string): Promise<void> {
  await sandbox.git('-C', at('index.git'), 'update-ref', 'refs/heads/main', `refs/heads/${branch}`);
  await sandbox.git('-C', at('index.git'), 'update-ref', '-d', `refs/heads/${branch}`);
}

function raiseTo(version: string): void {
  edit(path.join(plugin, 'ar-plugin.yaml'), /^version: .*$/m, `version: "${version}"`);
  edit(path.join(plugin, 'package.json'), /"version": "[^"]*"/, `"version": "${version}"`);
}

const branches = async (): Promise<string> => sandbox.git('-C', at('index.git'), 'branch', '--format=%(refname:short)');

describe('a first version', () => {
  it('is a branch with the records of version, plugin, status and scope, and the archive', async () => {
    const output = await published();
    expect(output).toMatchObject({ name: '@acme/hello', version: '0.1.0', branch: BRANCH, state: 'pushed' });
    const { snapshot, readArchive, commit } = await indexAt(BRANCH);
    expect(commit).toBe(output.commit);
    const [entry] = snapshot.plugins;
    expect(entry?.record).toMatchObject({ owners: [{ login: 'ada', id: 1 }], trust: 'community' });
    expect(entry?.status.distTags).toEqual({ latest: '0.1.0' });
    expect(entry?.versions).toMatchObject([
      { dist: { integrity: output.integrity, tarball: `store:${output.integrity}` }, publishedBy: { id: 1 } },
    ]);
    expect(snapshot.scopes.get('acme')).toMatchObject({ level: 'community', owners: [{ id: 1 }] });
    expect(integrityOf(await readArchive(output.integrity))).toBe(output.integrity);
    const changed = await sandbox.git('-C', at('index.git'), 'diff', '--name-only', 'main', BRANCH);
    expect(changed.trim().split('\n').toSorted()).toEqual(output.files);
  });

  it('is committed by the publisher, whoever the machine’s git thinks it is', async () => {
    const { commit = '' } = await published();
    const text = await sandbox.git('-C', at('index.git'), 'log', '-1', '--format=%an <%ae>%n%s', commit);
    expect(text).toBe('ada <1+ada@users.noreply.github.com>\nPublish @acme/hello 0.1.0\n');
  });

  it('leaves the folder of the plugin as it was', async () => {
    const before = fs.readdirSync(plugin, { recursive: true });
    await publish();
    expect(fs.readdirSync(plugin, { recursive: true })).toEqual(before);
    expect(fs.readdirSync(sandbox.dir).filter((name) => name.startsWith('ar-'))).toEqual([]);
  });

  it('goes below registry-index/ where the index lies there', async () => {
    await makeIndex('nested.git', 'registry-index');
    const { files } = await published('--index', 'nested.git');
    expect(files.every((file) => file.startsWith('registry-index/'))).toBe(true);
    expect((await indexAt(BRANCH, 'nested.git')).snapshot.plugins).toHaveLength(1);
  });

  it('is found by a path, a file URL, and a folder inside of a work tree', async () => {
    const url = `file://${at('index.git')}`;
    expect(await published('--index', url)).toMatchObject({ state: 'pushed', remote: url });
    expect(await published('--index', at('index.git'))).toMatchObject({ state: 'already-pushed' });
    await makeIndex('nested.git', 'registry-index');
    expect(await published('--index', path.join('.seed', 'nested.git', 'registry-index'))).toMatchObject({
      state: 'pushed',
    });
  });

  it('takes publisher and index from the environment, and the publisher from git', async () => {
    const env = { AR_INDEX: 'index.git', AR_PUBLISHER: 'bob:2' };
    expect((await sandbox.ar(['plugin', 'publish', 'hello'], env)).code).toBe(0);
    await sandbox.git('config', '--global', 'ar.publisher', 'eve:3');
    raiseTo('0.2.0');
    expect((await sandbox.ar(['plugin', 'publish', 'hello'], { AR_INDEX: 'index.git' })).code).toBe(0);
    const { snapshot } = await indexAt('publish/acme/hello/0.2.0');
    expect(snapshot.plugins[0]?.record.owners).toEqual([{ login: 'eve', id: 3 }]);
  });

  it('keeps its archive outside of the index where that is asked for', async () => {
    const { files, integrity } = await published('--store', 'archives');
    expect(files.some((file) => file.startsWith('store/'))).toBe(false);
    const [found] = fs
      .readdirSync(at('archives'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.tgz'));
    expect(integrityOf(fs.readFileSync(at('archives', found ?? '')))).toBe(integrity);
  });

  it('is only shown under --dry-run', async () => {
    const output = await published('--dry-run', '--store', 'archives');
    expect(output).toMatchObject({ state: 'dry-run', branch: BRANCH });
    expect(await branches()).toBe('main\n');
    expect(fs.existsSync(at('archives'))).toBe(false);
  });
});

const sourceOf = async (): Promise<unknown> => (await indexAt(BRANCH)).snapshot.plugins[0]?.versions[0]?.source;

async function checkout(remote: string): Promise<string> {
  fs.writeFileSync(path.join(plugin, '.gitignore'), 'dist\n');
  await sandbox.git('init', '--quiet', sandbox.dir);
  fs.writeFileSync(at('.gitignore'), '.home\n.seed\n*.git\n');
  await sandbox.git('add', '.');
  await sandbox.git('commit', '--quiet', '-m', 'A plugin');
  await sandbox.git('remote', 'add', 'origin', remote);
  return (await sandbox.git('rev-parse', 'HEAD')).trim();
}

describe('the source', () => {
  it('of a clean checkout is its remote without credentials, its commit and its folder', async () => {
    const commit = await checkout('https://ada:secret@example.com/acme/plugins.git');
    await publish();
    const url = 'https://example.com/acme/plugins.git';
    expect(await sourceOf()).toEqual({ type: 'git', url, commit, path: 'hello' });
  });

  it('is not recorded for a folder with changes', async () => {
    await checkout('https://example.com/acme/plugins.git');
    fs.writeFileSync(path.join(plugin, 'new.txt'), '');
    await publish();
    expect(await sourceOf()).toBeUndefined();
  });

  it('is not recorded for a remote on this machine', async () => {
    await checkout(at('index.git'));
    await publish();
    expect(await sourceOf()).toBeUndefined();
  });
});

describe('a further version', () => {
  beforeEach(async () => {
    await published();
    await merge(BRANCH);
  });

  it('adds its record and archive, and moves latest', async () => {
    raiseTo('0.2.0');
    const { files } = await published();
    expect(files.map((file) => file.replace(/^store\/.*/, 'store'))).toEqual([
      'plugins/@acme/hello/status.yaml',
      'plugins/@acme/hello/versions/0.2.0.yaml',
      'store',
    ]);
    const { snapshot } = await indexAt('publish/acme/hello/0.2.0');
    expect(snapshot.plugins[0]?.status.distTags).toEqual({ latest: '0.2.0' });
  });

  it('moves the tag that is asked for', async () => {
    raiseTo('0.2.0');
    await published('--tag', 'beta');
    const { snapshot } = await indexAt('publish/acme/hello/0.2.0');
    expect(snapshot.plugins[0]?.status.distTags).toEqual({ latest: '0.1.0', beta: '0.2.0' });
  });

  it('needs a higher number, and its owner', async () => {
    expect(errorCode(await publish())).toBe('VERSION_EXISTS');
    raiseTo('0.0.9');
    const lower = await publish('--json');
    expect(JSON.parse(lower.stdout)).toMatchObject({
      error: { code: 'FINDINGS' },
      findings: [{ code: 'VERSION_NOT_HIGHER' }],
    });
    raiseTo('0.2.0');
    const stranger = await publish('--as', 'mallory:666');
    expect([errorCode(stranger), stranger.code]).toEqual(['FINDINGS', 1]);
    expect(stranger.stderr).toContain('NOT_OWNER');
    expect(await branches()).toBe('main\n');
  });
});

describe('again', () => {
  it('submits nothing twice, and says what there is', async () => {
    const first = await published();
    expect(await published()).toEqual({ ...first, state: 'already-pushed' });
    expect(await branches()).toBe(`main\n${BRANCH}\n`);
  });

  it('with other content is refused', async () => {
    await published();
    fs.appendFileSync(path.join(plugin, 'README.md'), 'More.\n');
    const ended = await publish();
    expect([errorCode(ended), ended.code]).toEqual(['VERSION_SUBMITTED', 1]);
  });

  it('at the same time ends in one submission', async () => {
    const ends = await Promise.all([publish('--json'), publish('--json'), publish('--json')]);
    const outputs = ends.map(({ stdout }) => JSON.parse(stdout) as PublishOutput);
    // Two that make the very same commit in the same second may both say that they pushed it.
    expect(outputs.map(({ state }) => state)).toContain('pushed');
    expect(new Set(outputs.map(({ commit }) => commit)).size).toBe(1);
    expect(await branches()).toBe(`main\n${BRANCH}\n`);
  });

  const ROUNDS = 12;

  it(`completes after a kill -9 at any of ${ROUNDS} moments`, { timeout: 300_000 }, async () => {
    const args = ['plugin', 'publish', 'hello', '--index', 'index.git', '--as', PUBLISHER, '--store', 'archives'];
    const began = performance.now();
    await sandbox.ar([...args, '--dry-run']);
    const fullMs = performance.now() - began;
    const seen = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      raiseTo(`0.1.${round + 1}`);
      const { child, ended } = sandbox.startAr(args);
      const timer = setTimeout(() => child.kill('SIGKILL'), fullMs * (0.3 + (0.8 * round) / ROUNDS));
      const { signal } = await ended;
      clearTimeout(timer);
      const { stdout } = await sandbox.ar([...args, '--json']);
      const { state, branch, integrity } = JSON.parse(stdout) as PublishOutput;
      const { snapshot } = await indexAt(branch);
      expect(snapshot.plugins[0]?.versions[0]?.dist.integrity).toBe(integrity);
      seen.add(`${signal ?? 'ended'}, then ${state}`);
    }
    expect(seen).toContain('SIGKILL, then pushed');
  });
});

describe('refuses', () => {
  const options = ['--index', 'index.git', '--as', PUBLISHER];
  const nobody = ['--registry', 'http://127.0.0.1:1'];

  it.each([
    ['an index that neither the user nor a registry names', [...nobody, '--as', PUBLISHER], 'REGISTRY_UNREACHABLE', 4],
    ['an index that is not there', ['--index', 'nowhere', '--as', PUBLISHER], 'INDEX_NOT_FOUND', 1],
    ['a folder that is no repository', ['--index', 'hello', '--as', PUBLISHER], 'INDEX_NOT_FOUND', 1],
    ['a remote that does not answer', ['--index', 'file:///nowhere/x.git', '--as', PUBLISHER], 'GIT_FAILED', 4],
    ['a remote that would run a program', ['--index', 'ext::sh -c true', '--as', PUBLISHER], 'GIT_FAILED', 4],
    ['a publisher who is not named', ['--index', 'index.git'], 'PUBLISHER_UNKNOWN', 2],
    ['a publisher without an id', ['--index', 'index.git', '--as', 'ada'], 'PUBLISHER_UNKNOWN', 2],
    ['a tag that looks like a version', [...options, '--tag', '1.0.0'], 'USAGE', 2],
    ['a tag that looks like a range', [...options, '--tag', 'x'], 'USAGE', 2],
  ])('%s', async (...[_what, args, error, code]) => {
    const ended = await sandbox.ar(['plugin', 'publish', 'hello', ...args]);
    expect([errorCode(ended), ended.code]).toEqual([error, code]);
  });

  it('a plugin with errors, and lists them', async () => {
    fs.rmSync(path.join(plugin, 'LICENSE'));
    const ended = await publish();
    expect([errorCode(ended), ended.code]).toEqual(['FINDINGS', 1]);
    expect(ended.stderr).toContain('LICENSE_FILE_MISSING');
  });

  it('a repository that holds no index, or nothing', async () => {
    await sandbox.git('init', '--quiet', '--bare', at('empty.git'));
    expect(errorCode(await publish('--index', 'empty.git'))).toBe('INDEX_NOT_FOUND');
    await sandbox.git('clone', '--quiet', at('index.git'), at('work'));
    await sandbox.git('-C', at('work'), 'rm', '--quiet', 'registry.yaml');
    await sandbox.git('-C', at('work'), 'commit', '--quiet', '-m', 'No index any more');
    expect(errorCode(await publish('--index', 'work'))).toBe('INDEX_NOT_FOUND');
  });

  it('an index with archives elsewhere, until it is said where', async () => {
    await makeIndex('outside.git', '', 'store: ../archives\n');
    const ended = await publish('--index', 'outside.git');
    expect([errorCode(ended), ended.code]).toEqual(['STORE_OUTSIDE', 2]);
    expect((await publish('--index', 'outside.git', '--store', 'archives')).code).toBe(0);
  });

  it('to go on where the remote does not take the branch', async () => {
    const hook = at('index.git', 'hooks', 'pre-receive');
    fs.mkdirSync(path.dirname(hook), { recursive: true });
    fs.writeFileSync(hook, '#!/bin/sh\nprintf "closed on \\033[31mSundays\\n" >&2\nexit 1\n', { mode: 0o755 });
    const ended = await publish();
    expect([errorCode(ended), ended.code]).toEqual(['PUSH_REJECTED', 1]);
    expect(ended.stderr).toContain('closed on Sundays');
    fs.rmSync(hook);
    expect(await published()).toMatchObject({ state: 'pushed' });
  });

  it('a branch of that name with something else', async () => {
    await sandbox.git('-C', at('index.git'), 'branch', BRANCH, 'main');
    expect(errorCode(await publish())).toBe('VERSION_SUBMITTED');
  });
});
