/** `ar plugin update` and `outdated` as a user runs them. */
import fs from 'node:fs';
import path from 'node:path';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { validator as isOutdated } from '@ar-registry/schemas/validators/cli/outdated';
import { validator as isUpdate } from '@ar-registry/schemas/validators/cli/update';
import type { NormalizedManifest } from '@ar-registry/schemas';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProject, LOCK_FILE, PROJECT_FILE, readOnly, type TestProject } from './support/project.ts';

const HELLO = '@acme/hello';
const TOOL = '@acme/tool';
const YOUNG = '@acme/young';
const NONE: NormalizedManifest['permissions'] = {
  network: [],
  filesystem: { read: [], write: [] },
  childProcess: [],
  nativeAddons: false,
  workers: false,
  codeGeneration: false,
  env: [],
};
const ADA = { login: 'ada', id: 10 };
const MALLORY = { login: 'mallory', id: 66 };

let registry: ServedRegistry;
let project: TestProject;

beforeAll(async () => {
  registry = await serveRegistry([
    { manifest: { version: '1.0.0' }, publishedBy: ADA },
    {
      manifest: {
        version: '1.1.0',
        changelog: 'https://example.com/changes',
        repository: { type: 'git', url: 'https://example.com/mallory/hello.git' },
        permissions: { ...NONE, network: ['example.com'] },
      },
      files: { 'dist/index.js': 'export default { version: 2 };\n' },
      publishedBy: MALLORY,
      owners: [MALLORY],
    },
    { manifest: { version: '1.2.0' } },
    {
      manifest: { version: '2.0.0' },
      trust: 'verified',
      status: {
        yanked: { '1.2.0': 'loses messages' },
        deprecated: { '1.0.0': 'old' },
        distTags: { latest: '2.0.0' },
      },
    },
    { manifest: { name: TOOL, version: '1.0.0' } },
    { manifest: { name: YOUNG, version: '1.0.0' }, publishedAt: '2020-01-01T00:00:00Z' },
    { manifest: { name: YOUNG, version: '1.1.0' }, publishedAt: `${new Date().toISOString().slice(0, 19)}Z` },
    { manifest: { name: TOOL, version: '1.1.0', permissions: { ...NONE, childProcess: ['git'] } } },
  ]);
});
afterAll(() => registry[Symbol.asyncDispose]());

beforeEach(() => {
  registry.intercept = undefined;
  registry.requests.length = 0;
  project = createProject(registry);
  return () => project[Symbol.dispose]();
});

/** Installs an old version, and then wants what `range` says. */
async function installed(name: string, version: string, range: string): Promise<void> {
  const { code, stderr } = await project.ar('install', `${name}@${version}`, '--yes');
  if (code !== 0) throw new Error(stderr);
  const text = project.read(PROJECT_FILE).replace(`range: ${version}`, `range: "${range}" # ours`);
  project.write(PROJECT_FILE, text);
}

function locked(name = HELLO): string | undefined {
  const text = project.read(LOCK_FILE);
  if (text === '') return undefined;
  return (JSON.parse(text) as { plugins: Record<string, { version: string }> }).plugins[name]?.version;
}

const lockOf = (name: string): Record<string, string> => {
  const lock = JSON.parse(project.read(LOCK_FILE)) as { plugins: Record<string, Record<string, string>> };
  return lock.plugins[name] ?? {};
};

describe('update', () => {
  it('moves within the wanted range, and keeps what people wrote', async () => {
    await installed(HELLO, '1.0.0', '^1.0.0');
    const { code, value } = await project.json(isUpdate, 'update', '--yes');
    expect([code, locked()]).toEqual([0, '1.1.0']);
    expect(value.updated).toMatchObject([{ name: HELLO, from: '1.0.0', to: '1.1.0' }]);
    expect(project.read(PROJECT_FILE)).toContain('range: "^1.0.0" # ours');
    expect(project.stored('package/dist/index.js').map((file) => fs.readFileSync(file, 'utf8'))).toContain(
      'export default { version: 2 };\n',
    );
    expect((await project.json(isUpdate, 'update')).value).toMatchObject({ updated: [], unchanged: [{ name: HELLO }] });
  });

  it('tells where to read what is new, and what changes in permissions, publisher, owners, repository and trust', async () => {
    await installed(HELLO, '1.0.0', '^1.0.0');
    const [change] = (await project.json(isUpdate, 'update', '--dry-run')).value.updated;
    expect(change).toMatchObject({
      changelog: 'https://example.com/changes',
      permissions: { added: [{ id: 'network:example.com', grave: false }], removed: [] },
      publishedBy: { from: 'ada', to: 'mallory' },
      owners: ['mallory'],
      repositoryMoved: { to: 'https://example.com/mallory/hello.git' },
    });
    const { stdout } = await project.ar('update', '--dry-run');
    for (const part of ['1.0.0 → 1.1.0', 'https://example.com/changes', 'example.com', 'ada → mallory'])
      expect(stdout).toContain(part);
  });

  it('changes nothing in a dry run', async () => {
    await installed(HELLO, '1.0.0', '^1.0.0');
    const before = project.state();
    expect((await project.json(isUpdate, 'update', '--dry-run')).value.dryRun).toBe(true);
    expect(project.state()).toEqual(before);
    expect(project.stored('package/dist/index.js')).toHaveLength(1);
  });

  it.each([
    ['^1.0.0', '^2.0.0'],
    ['1.0.0', '2.0.0'],
    ['~1.0.0', '~2.0.0'],
    ['>=1', '>=1'],
  ])('with --latest leaves %s for %s', async (before, after) => {
    await installed(HELLO, '1.0.0', before);
    expect((await project.ar('update', '--latest')).code).toBe(0);
    expect(locked()).toBe('2.0.0');
    expect(project.read(PROJECT_FILE)).toMatch(new RegExp(`range: "?${after.replace('^', '\\^')}"?`));
  });

  it('says which versions lie beyond what is wanted, and how to get there', async () => {
    await installed(HELLO, '1.0.0', '^1.0.0');
    const beyond = [{ name: HELLO, range: '^1.0.0', version: '1.1.0', latest: '2.0.0' }];
    expect((await project.json(isUpdate, 'update', '--dry-run')).value.available).toEqual(beyond);
    const first = await project.ar('update', '--yes');
    expect(first.stdout).toMatch(/1 updated\.\n +@acme\/hello +1\.1\.0 +\(available: 2\.0\.0; wanted: \^1\.0\.0\)\n/);
    const next = await project.ar('update');
    expect(next.stdout).toContain('Everything is up to date within its wanted range.');
    expect(next.stdout).toContain(`ar plugin update ${HELLO} --latest`);
    const { value } = await project.json(isUpdate, 'update', '--latest', '--yes');
    expect([value.updated.length, value.available]).toEqual([1, []]);
    expect((await project.ar('update')).stdout).toBe('Everything is up to date.\n');
  });

  it('says so of what is wanted and cannot be had', async () => {
    project.write(PROJECT_FILE, `schemaVersion: 1\nplugins:\n  "${HELLO}":\n    range: ^3.0.0\n`);
    const { value } = await project.json(isUpdate, 'update');
    expect(value.available).toEqual([{ name: HELLO, range: '^3.0.0', latest: '2.0.0' }]);
  });

  it('moves away from a version that was withdrawn, also to a lower one', async () => {
    await installed(HELLO, '1.1.0', '^1.0.0');
    const { plugins } = JSON.parse(project.read(LOCK_FILE)) as { plugins: Record<string, { version: string }> };
    expect(plugins[HELLO]?.version).toBe('1.1.0');
    const text = Buffer.from(registry.files.get(`api/v1/plugins/${HELLO}.json`) ?? []).toString('utf8');
    const document = JSON.parse(text) as { versions: { version: string; yanked?: string }[] };
    for (const one of document.versions) if (one.version === '1.1.0') one.yanked = 'hostile';
    registry.intercept = (request, response) => {
      if (request.url !== `/api/v1/plugins/${HELLO}.json`) return false;
      response.writeHead(200).end(JSON.stringify(document));
      return true;
    };
    expect((await project.ar('update')).code).toBe(0);
    expect(locked()).toBe('1.0.0');
  });

  it('updates those that are named, and refuses what is not installed', async () => {
    await installed(HELLO, '1.0.0', '^1.0.0');
    await installed(TOOL, '1.0.0', '^1.0.0');
    expect((await project.ar('update', HELLO, '--yes')).code).toBe(0);
    expect([locked(HELLO), locked(TOOL)]).toEqual(['1.1.0', '1.0.0']);
    const ended = await project.ar('update', '@acme/helo');
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringMatching(/NOT_INSTALLED[^]*@acme\/hello/)]);
    const version = await project.ar('update', `${HELLO}@1.0.0`);
    expect([version.code, version.stderr]).toEqual([
      2,
      expect.stringMatching(/USAGE[^]*ar plugin install @acme\/hello@1/),
    ]);
  });

  it('widens no permission that nobody was asked for, however small', async () => {
    await installed(HELLO, '1.0.0', '^1.0.0');
    const before = project.state();
    expect(await project.refusal('update')).toEqual([1, 'PERMISSIONS_NOT_GRANTED']);
    expect(project.state()).toEqual(before);
  });

  it('asks again only where permissions widen: that needs a person or --yes', async () => {
    await installed(TOOL, '1.0.0', '^1.0.0');
    await installed(HELLO, '1.0.0', '^1.0.0');
    const before = project.state();
    expect(await project.refusal('update')).toEqual([1, 'PERMISSIONS_NOT_GRANTED']);
    expect(project.state()).toEqual(before);
    expect((await project.ar('update', '--yes')).code).toBe(0);
    expect([locked(HELLO), locked(TOOL)]).toEqual(['1.1.0', '1.1.0']);
    expect(project.read(PROJECT_FILE)).toContain('childProcess');
  });

  it('installs what is wanted and not locked, as after a merge', async () => {
    await installed(HELLO, '1.0.0', '^1.0.0');
    project.write(LOCK_FILE, '{"schemaVersion":1,"plugins":{}}');
    const { value } = await project.json(isUpdate, 'update');
    expect([value.updated[0]?.from, locked()]).toEqual([undefined, '1.1.0']);
  });

  it('leaves out what the registry does not have any more, and what is local', async () => {
    await installed(HELLO, '1.0.0', '^1.0.0');
    fs.writeFileSync(
      path.join(project.dir, 'tool.tgz'),
      registry.files.get(`api/v1/plugins/${TOOL}/1.0.0/download`) ?? '',
    );
    expect((await project.ar('install', path.join(project.dir, 'tool.tgz'))).code).toBe(0);
    project.write(PROJECT_FILE, `${project.read(PROJECT_FILE)}  "@acme/gone":\n    range: ^1.0.0\n`);
    const { value } = await project.json(isUpdate, 'update', '--yes');
    expect(value).toMatchObject({ updated: [{ name: HELLO }], local: [TOOL], missing: ['@acme/gone'] });
  });
});

describe('minimumReleaseAge', () => {
  it('keeps install, outdated and update from versions that are too young, unless they are asked for exactly', async () => {
    using careful = createProject(registry, { XDG_CONFIG_HOME: project.dir });
    const settings = path.join(project.dir, 'agent-relay');
    fs.mkdirSync(settings);
    fs.writeFileSync(path.join(settings, 'config.yaml'), 'schemaVersion: 1\nminimumReleaseAge: 2d\n');
    expect((await careful.ar('install', YOUNG)).code).toBe(0);
    expect(careful.read(PROJECT_FILE)).toContain('range: ^1.0.0');
    expect((await careful.json(isOutdated, 'outdated')).value.plugins).toEqual([]);
    expect((await careful.json(isUpdate, 'update', '--latest')).value.updated).toEqual([]);
    expect((await careful.ar('install', `${YOUNG}@1.1.0`)).code).toBe(0);
    expect((await careful.json(isUpdate, 'update')).value.unchanged).toEqual([{ name: YOUNG, version: '1.1.0' }]);
  });

  it('does not keep update from a young version that mends what is known of the installed one', async () => {
    using careful = createProject(registry, { XDG_CONFIG_HOME: project.dir });
    const settings = path.join(project.dir, 'agent-relay');
    fs.mkdirSync(settings);
    fs.writeFileSync(path.join(settings, 'config.yaml'), 'schemaVersion: 1\nminimumReleaseAge: 2d\n');
    expect((await careful.ar('install', YOUNG)).code).toBe(0);
    const against = (versions: readonly string[]) => ({
      id: 'AR-2026-0001',
      plugin: YOUNG,
      affected: { versions },
      action: 'warn',
      reason: 'Sends tokens to a stranger.',
      modified: '2026-05-01T00:00:00Z',
    });
    const publish = (versions: readonly string[]): void => {
      const list = { schemaVersion: 1, advisories: [against(versions)] };
      registry.files.set('api/v1/advisories.json', Buffer.from(JSON.stringify(list)));
    };
    publish(['1.0.0', '1.1.0']);
    expect((await careful.json(isUpdate, 'update')).value.updated).toEqual([]);
    publish(['1.0.0']);
    expect((await careful.json(isUpdate, 'update')).value.updated).toMatchObject([{ name: YOUNG, to: '1.1.0' }]);
    registry.files.delete('api/v1/advisories.json');
  });
});

describe('update goes wrong', () => {
  it.each([
    ['a registry that is down', 4, 'REGISTRY_UNREACHABLE', ['--registry', 'http://127.0.0.1:1']],
    ['an unknown option', 2, 'USAGE', ['--newest']],
  ] as const)('%s', async (...[, exit, code, options]) => {
    await installed(HELLO, '1.0.0', '^1.0.0');
    const before = project.state();
    expect(await project.refusal('update', ...options)).toEqual([exit, code]);
    expect(project.state()).toEqual(before);
  });

  it('an archive of one that is not what was published: none is updated', async () => {
    await installed(HELLO, '1.0.0', '^1.0.0');
    await installed(TOOL, '1.0.0', '^1.0.0');
    const before = project.state();
    const download = `api/v1/plugins/${HELLO}/1.1.0/download`;
    registry.intercept = (request, response) => {
      if (request.url !== `/${download}`) return false;
      const bytes = Buffer.from(registry.files.get(download) ?? []);
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      response.writeHead(200).end(bytes);
      return true;
    };
    expect(await project.refusal('update', '--yes')).toEqual([3, 'INTEGRITY_MISMATCH']);
    expect(project.state()).toEqual(before);
  });

  it('a lock edited by hand: another hash than the registry has for that version', async () => {
    await installed(HELLO, '1.0.0', '^1.0.0');
    const other = lockOf(HELLO)['files'] ?? '';
    project.write(LOCK_FILE, project.read(LOCK_FILE).replace(/("integrity": )"[^"]*"/, `$1"${other}"`));
    const before = project.state();
    expect(await project.refusal('update')).toEqual([3, 'INTEGRITY_MISMATCH']);
    expect(project.state()).toEqual(before);
  });

  it.each([
    ['from a newer version', 'FILE_TOO_NEW', '{"schemaVersion":2,"plugins":{}}'],
    ['with a merge conflict in it', 'FILE_MERGE_CONFLICT', '{\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n}\n'],
    ['that is no JSON', 'FILE_INVALID', '{'],
  ])('a lock %s', async (_what, code, text) => {
    await installed(HELLO, '1.0.0', '^1.0.0');
    project.write(LOCK_FILE, text);
    for (const command of ['update', 'outdated', 'verify']) expect(await project.refusal(command)).toEqual([1, code]);
    expect(project.read(LOCK_FILE)).toBe(text);
  });

  it('a project folder that cannot be written to', async () => {
    await installed(HELLO, '1.0.0', '^1.0.0');
    const before = project.state();
    expect(await readOnly(project.dir, () => project.refusal('update', '--yes'))).toEqual([4, 'FILE_ACCESS']);
    expect(project.state()).toEqual(before);
  });
});

describe('two updates at once', () => {
  it('both end well, and the project is whole', async () => {
    await installed(HELLO, '1.0.0', '^1.0.0');
    await installed(TOOL, '1.0.0', '^1.0.0');
    const ends = await Promise.all([project.ar('update', '--yes'), project.ar('update', '--yes')]);
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    expect([locked(HELLO), locked(TOOL)]).toEqual(['1.1.0', '1.1.0']);
    expect((await project.ar('install')).code).toBe(0);
  });

  it('one of which removes what the other updates: it stays removed', async () => {
    await installed(HELLO, '1.0.0', '^1.0.0');
    const asked = Promise.withResolvers<void>();
    const removed = Promise.withResolvers<void>();
    registry.intercept = (request, response) => {
      const route = `api/v1/plugins/${HELLO}/1.1.0/download`;
      if (request.url !== `/${route}`) return false;
      asked.resolve();
      void removed.promise.then(() => response.writeHead(200).end(registry.files.get(route)));
      return true;
    };
    const updating = project.json(isUpdate, 'update', '--yes');
    await asked.promise;
    expect((await project.ar('remove', HELLO)).code).toBe(0);
    removed.resolve();
    const { code, value } = await updating;
    expect([code, value.updated, locked()]).toEqual([0, [], undefined]);
    expect(project.read(PROJECT_FILE)).not.toContain(HELLO);
  });
});

describe('kill -9', () => {
  const ROUNDS = 12;

  it(`at ${ROUNDS} random moments of an update leaves the old or the new state`, { timeout: 300_000 }, async () => {
    await installed(HELLO, '1.0.0', '^1.0.0');
    const old = project.state();
    const began = performance.now();
    expect((await project.ar('update', '--yes')).code).toBe(0);
    let delayMs = (performance.now() - began) * 0.6;
    const updated = project.state();
    for (let round = 0; round < ROUNDS; round += 1) {
      project.write(PROJECT_FILE, old[0] ?? '');
      project.write(LOCK_FILE, old[1] ?? '');
      if (round % 2 === 0) fs.rmSync(path.join(project.dataDir, 'plugins/store'), { recursive: true, force: true });
      const { child, ended } = project.start('update', '--yes');
      const timer = setTimeout(() => child.kill('SIGKILL'), delayMs * (0.9 + 0.2 * Math.random()));
      await ended;
      clearTimeout(timer);
      // What was interrupted between the two files is finished by whoever reads them.
      expect((await project.ar('list')).code).toBe(0);
      const state = project.state();
      expect([old, updated]).toContainEqual(state);
      // A staircase: later after the old state, earlier after the new one.
      delayMs *= state[1] === updated[1] ? 0.85 : 1.15;
    }
    expect((await project.ar('update', '--yes')).code).toBe(0);
    expect(project.state()).toEqual(updated);
  });
});

describe('outdated', () => {
  it('shows current, wanted and latest, and marks what is withdrawn or deprecated', async () => {
    await installed(HELLO, '1.0.0', '^1.0.0');
    const { code, value } = await project.json(isOutdated, 'outdated');
    expect([code, value.plugins]).toEqual([
      0,
      [{ name: HELLO, range: '^1.0.0', current: '1.0.0', wanted: '1.1.0', latest: '2.0.0', deprecated: 'old' }],
    ]);
    const { stdout } = await project.ar('outdated');
    expect(stdout).toMatch(/NAME +CURRENT +WANTED +LATEST/);
    expect(stdout).toMatch(/@acme\/hello +1\.0\.0 +1\.1\.0 +2\.0\.0 +deprecated: old/);
    expect(stdout).toMatch(/: ar plugin update\n.*: ar plugin update --latest\n/);
  });

  it('ends with 1 only where that is asked for, and something is outdated', async () => {
    expect((await project.ar('outdated', '--exit-code')).code).toBe(0);
    await installed(HELLO, '2.0.0', '^2.0.0');
    expect((await project.ar('outdated', '--exit-code')).code).toBe(0);
    await installed(TOOL, '1.0.0', '1.0.0');
    expect((await project.ar('outdated', '--exit-code')).code).toBe(1);
    expect((await project.json(isOutdated, 'outdated')).value.plugins).toEqual([
      { name: TOOL, range: '1.0.0', current: '1.0.0', wanted: '1.0.0', latest: '1.1.0' },
    ]);
  });
});
