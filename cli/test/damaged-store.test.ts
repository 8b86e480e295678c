/** The shared store with something broken in it: what is told of it, what mends it, and what removes it. */
import fs from 'node:fs';
import path from 'node:path';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { validator as isCacheList } from '@ar-registry/schemas/validators/cli/cache-list';
import { validator as isCachePrune } from '@ar-registry/schemas/validators/cli/cache-prune';
import { validator as isInstall } from '@ar-registry/schemas/validators/cli/install';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProject, LOCK_FILE, type TestProject } from './support/project.ts';

const HELLO = '@acme/hello';
const TOOL = '@acme/tool';

let registry: ServedRegistry;
let project: TestProject;

beforeAll(async () => {
  registry = await serveRegistry([{ manifest: { version: '1.0.0' } }, { manifest: { name: TOOL } }]);
});
afterAll(() => registry[Symbol.asyncDispose]());

beforeEach(async () => {
  project = createProject(registry);
  const { code, stderr } = await project.ar('install', HELLO, TOOL);
  if (code !== 0) throw new Error(stderr);
  return () => project[Symbol.dispose]();
});

/** Folder of the entry of @acme/hello. */
function entry(): string {
  const marker = project.stored('ar-store.json').find((file) => fs.readFileSync(file, 'utf8').includes(`"${HELLO}"`));
  if (marker === undefined) throw new Error('It is not in the store.');
  return path.dirname(marker);
}

const DAMAGES: readonly (readonly [string, (folder: string) => void])[] = [
  ['its description is broken', (folder) => fs.writeFileSync(path.join(folder, 'ar-store.json'), '{')],
  ['its description is gone', (folder) => fs.rmSync(path.join(folder, 'ar-store.json'))],
  ['a file was changed', (folder) => fs.writeFileSync(path.join(folder, 'package/README.md'), 'changed')],
];

describe('install', () => {
  it.each(DAMAGES)('fetches anew, and says so, where %s', async (_what, damage) => {
    damage(entry());
    for (const specs of [[], [HELLO, TOOL]]) {
      const { code, value } = await project.json(isInstall, 'install', ...specs);
      expect(code).toBe(0);
      expect(value.installed.map(({ name }) => name)).toEqual([HELLO]);
      expect(value.unchanged.map(({ name }) => name)).toEqual([TOOL]);
      expect((await project.ar('verify')).code).toBe(0);
      damage(entry());
    }
  });
});

describe('cache', () => {
  it('prunes entries that nobody can read, once no project names what belongs there', async () => {
    const folder = entry();
    fs.writeFileSync(path.join(folder, 'ar-store.json'), '{');
    fs.utimesSync(folder, 0, 0);
    const kept = await project.json(isCachePrune, 'cache', 'prune');
    expect(kept.value).toMatchObject({ removed: [], unreadable: [], kept: { used: 2 } });
    expect((await project.ar('remove', HELLO)).code).toBe(0);
    const { value } = await project.json(isCachePrune, 'cache', 'prune');
    expect(value).toMatchObject({ removed: [], unreadable: [expect.stringMatching(/^store\/sha512\//)] });
    expect(fs.existsSync(folder)).toBe(false);
  });

  it('goes on where a project cannot be read, and removes nothing that it may use', async () => {
    expect((await project.ar('remove', HELLO)).code).toBe(0);
    fs.utimesSync(entry(), 0, 0);
    fs.rmSync(path.join(project.dir, LOCK_FILE));
    fs.mkdirSync(path.join(project.dir, LOCK_FILE));
    const listed = await project.json(isCacheList, 'cache', 'list');
    expect([listed.code, listed.value.unknownProjects]).toEqual([0, [project.dir]]);
    expect(listed.value.entries.map(({ state }) => state)).toEqual(['unknown', 'unknown']);
    const pruned = await project.json(isCachePrune, 'cache', 'prune');
    expect(pruned.code).toBe(0);
    expect(pruned.value).toMatchObject({ removed: [], kept: { unknown: 2 }, unknownProjects: [project.dir] });
    expect((await project.ar('cache', 'prune')).stdout).toContain(project.dir);
  });
});
