/** `ar plugin verify`, `cache`, `enable` and `disable` as a user runs them. */
import fs from 'node:fs';
import path from 'node:path';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { validator as isCacheList } from '@ar-registry/schemas/validators/cli/cache-list';
import { validator as isCachePrune } from '@ar-registry/schemas/validators/cli/cache-prune';
import { validator as isCacheVerify } from '@ar-registry/schemas/validators/cli/cache-verify';
import { validator as isEnable } from '@ar-registry/schemas/validators/cli/enable';
import { validator as isVerify } from '@ar-registry/schemas/validators/cli/verify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProject, LOCK_FILE, PROJECT_FILE, readOnly, type TestProject } from './support/project.ts';

const HELLO = '@acme/hello';
const TOOL = '@acme/tool';
const HOUR_MS = 60 * 60 * 1000;

let registry: ServedRegistry;
let project: TestProject;

beforeAll(async () => {
  registry = await serveRegistry([
    { manifest: { version: '1.0.0' } },
    { manifest: { version: '1.1.0' } },
    { manifest: { name: TOOL } },
  ]);
});
afterAll(() => registry[Symbol.asyncDispose]());

beforeEach(() => {
  registry.intercept = undefined;
  project = createProject(registry);
  return () => project[Symbol.dispose]();
});

async function install(...specs: readonly string[]): Promise<void> {
  const { code, stderr } = await project.ar('install', ...specs);
  if (code !== 0) throw new Error(stderr);
}

const entries = (): readonly string[] => project.stored('ar-store.json').map((file) => path.dirname(file));

/** As if every entry had last been used two hours ago. */
function age(): void {
  const then = Date.now() / 1000 - (2 * HOUR_MS) / 1000;
  for (const entry of entries()) fs.utimesSync(entry, then, then);
}

function fileOf(ending: string): string {
  const [file] = project.stored(ending);
  if (file === undefined) throw new Error(`Nothing in the store ends in ${ending}.`);
  return file;
}

describe('verify', () => {
  it('finds what is installed as it was published', async () => {
    await install(HELLO);
    const { code, value } = await project.json(isVerify, 'verify');
    expect([code, value]).toMatchObject([0, { ok: true, plugins: [{ name: HELLO, state: 'intact' }] }]);
  });

  it('names changed, missing and added files', async () => {
    await install(HELLO);
    const main = fileOf('package/dist/index.js');
    fs.writeFileSync(main, 'stolen()');
    fs.writeFileSync(path.join(path.dirname(main), 'extra.js'), '');
    fs.rmSync(fileOf('package/README.md'));
    const { code, value } = await project.json(isVerify, 'verify', HELLO);
    expect(code).toBe(3);
    expect(value.plugins).toMatchObject([
      { state: 'changed', changed: ['dist/index.js'], missing: ['README.md'], added: ['dist/extra.js'] },
    ]);
    const { stdout } = await project.ar('verify');
    expect(stdout).toMatch(/changed: dist\/index\.js[^]*missing: README\.md[^]*added: dist\/extra\.js/);
    await install();
    expect((await project.ar('verify')).code).toBe(0);
  });

  it('is not deceived by a list of files that was changed as well', async () => {
    await install(HELLO);
    const file = fileOf('ar-store.json');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"path":"README.md"', '"path":"READYOU.md"'));
    const { code, value } = await project.json(isVerify, 'verify');
    expect([code, value.plugins[0]?.changed]).toEqual([3, ['ar-store.json']]);
  });

  it('says what the store does not have, and what is linked', async () => {
    await install(HELLO);
    fs.rmSync(path.join(project.dataDir, 'plugins/store'), { recursive: true });
    const own = path.join(project.dir, 'own');
    fs.mkdirSync(own);
    fs.writeFileSync(
      path.join(own, 'ar-plugin.yaml'),
      'name: "@me/own"\nversion: 0.1.0\ntype: hook\ndescription: Mine\nauthor: { name: Me }\nrepository: { type: git, url: "https://example.com/own.git" }\nlicense: MIT\nmain: ./index.js\n',
    );
    await install(own);
    const { code, value } = await project.json(isVerify, 'verify');
    expect([code, value.plugins.map(({ name, state }) => [name, state])]).toEqual([
      3,
      [
        [HELLO, 'absent'],
        ['@me/own', 'linked'],
      ],
    ]);
  });

  it('refuses a plugin that is not installed', async () => {
    await install(HELLO);
    expect(await project.refusal('verify', TOOL)).toEqual([1, 'NOT_INSTALLED']);
  });
});

describe('enable and disable', () => {
  it('change one word, keep comments, and change nothing the second time', async () => {
    await install(HELLO);
    const text = `# ours\n${project.read(PROJECT_FILE).replace('enabled: true', 'enabled: true # for now')}`;
    project.write(PROJECT_FILE, text);
    const lock = project.read(LOCK_FILE).replace('{\n', '{ \n');
    project.write(LOCK_FILE, lock);
    expect((await project.json(isEnable, 'disable', HELLO)).value).toMatchObject({ enabled: false, changed: [HELLO] });
    expect(project.state()).toEqual([text.replace('enabled: true', 'enabled: false'), lock]);
    expect((await project.json(isEnable, 'disable', HELLO)).value).toMatchObject({ changed: [], unchanged: [HELLO] });
    expect((await project.ar('enable', HELLO)).code).toBe(0);
    expect(project.state()).toEqual([text, lock]);
  });

  it('refuse what is not installed, with nothing changed', async () => {
    await install(HELLO);
    const before = project.state();
    expect(await project.refusal('disable', HELLO, '@acme/helo')).toEqual([1, 'NOT_INSTALLED']);
    expect(project.state()).toEqual(before);
  });

  it('fail in a project folder that cannot be written to', async () => {
    await install(HELLO);
    const before = project.state();
    expect(await readOnly(project.dir, () => project.refusal('disable', HELLO))).toEqual([4, 'FILE_ACCESS']);
    expect(project.state()).toEqual(before);
  });
});

describe('cache', () => {
  it('lists every package with its size and the projects that use it', async () => {
    await install(`${HELLO}@1.0.0`);
    await install(`${HELLO}@1.1.0`);
    const { value } = await project.json(isCacheList, 'cache', 'list');
    const found = new Map(value.entries.map(({ version, state, usedBy }) => [version, { state, usedBy }]));
    expect(found.get('1.0.0')).toEqual({ state: 'recent', usedBy: [] });
    expect(found.get('1.1.0')).toEqual({ state: 'used', usedBy: [project.dir] });
    expect(value.entries.every(({ sizeBytes }) => sizeBytes > 0)).toBe(true);
    expect(value.responses.count).toBeGreaterThan(0);
    const { stdout } = await project.ar('cache', 'list');
    expect(stdout).toContain(project.dir);
    expect(stdout).not.toContain('left behind');
  });

  it('prunes what no known project names, and keeps what one does, or was used just now', async () => {
    await install(`${HELLO}@1.0.0`);
    await install(`${HELLO}@1.1.0`);
    expect((await project.json(isCachePrune, 'cache', 'prune')).value).toMatchObject({
      removed: [],
      kept: { recent: 1 },
    });
    age();
    const before = entries();
    const dry = await project.json(isCachePrune, 'cache', 'prune', '--dry-run');
    expect(dry.value).toMatchObject({ dryRun: true, removed: [{ name: HELLO, version: '1.0.0' }] });
    expect(entries()).toEqual(before);
    const { value } = await project.json(isCachePrune, 'cache', 'prune');
    expect(value).toMatchObject({ removed: [{ name: HELLO, version: '1.0.0' }], kept: { used: 1, recent: 0 } });
    expect(value.freedBytes).toBeGreaterThan(0);
    expect(entries()).toHaveLength(1);
    expect((await project.ar('verify')).code).toBe(0);
    expect(fs.readdirSync(path.join(project.dataDir, 'plugins/staging'))).toEqual([]);
  });

  it('keeps what a lock names that it cannot read: of a newer version, or in the middle of a merge', async () => {
    await install(HELLO);
    age();
    const lock = project.read(LOCK_FILE);
    for (const text of [lock.replace('"schemaVersion": 1', '"schemaVersion": 9'), `<<<<<<< HEAD\n${lock}`]) {
      project.write(LOCK_FILE, text);
      expect((await project.json(isCachePrune, 'cache', 'prune')).value).toMatchObject({
        removed: [],
        kept: { used: 1 },
      });
    }
  });

  it('knows a project that only restored its lock', async () => {
    await install(HELLO);
    fs.rmSync(path.join(project.dataDir, 'plugins'), { recursive: true });
    await install();
    age();
    expect((await project.json(isCachePrune, 'cache', 'prune')).value).toMatchObject({
      removed: [],
      kept: { used: 1 },
    });
  });

  it('forgets a project whose folder is gone', async () => {
    await install(HELLO);
    age();
    fs.rmSync(path.join(project.dir, LOCK_FILE));
    expect((await project.json(isCachePrune, 'cache', 'prune')).value.removed).toMatchObject([{ name: HELLO }]);
  });

  it('leaves alone what an installation uses that has not written its lock yet', async () => {
    await install(TOOL);
    expect((await project.ar('remove', TOOL)).code).toBe(0);
    age();
    const asked = Promise.withResolvers<void>();
    const pruned = Promise.withResolvers<void>();
    const route = `api/v1/plugins/${HELLO}/1.0.0/download`;
    registry.intercept = (request, response) => {
      if (request.url !== `/${route}`) return false;
      asked.resolve();
      void pruned.promise.then(() => response.writeHead(200).end(registry.files.get(route)));
      return true;
    };
    const installing = project.ar('install', TOOL, `${HELLO}@1.0.0`);
    await asked.promise;
    const { value } = await project.json(isCachePrune, 'cache', 'prune');
    expect([value.removed, value.kept]).toEqual([[], { used: 0, recent: 1, unknown: 0 }]);
    pruned.resolve();
    expect((await installing).code).toBe(0);
    expect((await project.ar('verify')).code).toBe(0);
  });

  it('verifies every package and answer', async () => {
    await install(HELLO);
    expect(await project.json(isCacheVerify, 'cache', 'verify')).toMatchObject({ code: 0, value: { ok: true } });
    fs.writeFileSync(fileOf('package/dist/index.js'), 'stolen()');
    const answers = path.join(project.dataDir, 'plugins/cache/http');
    const [answer = ''] = fs.readdirSync(answers);
    fs.appendFileSync(path.join(answers, answer), 'more');
    const { code, value } = await project.json(isCacheVerify, 'cache', 'verify');
    expect([code, value]).toMatchObject([
      3,
      {
        ok: false,
        entries: [{ name: HELLO, state: 'changed', changed: ['dist/index.js'] }],
        responses: { damaged: 1 },
      },
    ]);
    fs.writeFileSync(fileOf('ar-store.json'), '{');
    expect((await project.json(isCacheVerify, 'cache', 'verify')).value.unreadable).toHaveLength(1);
    expect((await project.json(isCachePrune, 'cache', 'prune')).value.responses.count).toBe(1);
  });

  it('is empty where nothing was ever installed', async () => {
    for (const verb of ['list', 'prune', 'verify']) expect((await project.ar('cache', verb)).code).toBe(0);
  });
});
