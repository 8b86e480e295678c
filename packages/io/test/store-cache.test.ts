/** The shared store as a whole: what prune removes while others install, and which projects it knows of. */
import { chmod, mkdir, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LOCK_FILE, STORE_ENTRY_FILE } from '@ar-registry/core/layout';
import { createInstallStore } from '@ar-registry/io/install-store';
import { knownProjects, projectStateDir, rememberProject } from '@ar-registry/io/project';
import { checkResponses, measure, pruneStore, readStore } from '@ar-registry/io/store-cache';
import { describe, expect, it } from 'vitest';
import { asNobody } from './support/as-nobody.ts';
import { codeOf } from './support/code-of.ts';
import { PLUGIN, fillPackage, lockOf, samplePackage } from './support/store-package.ts';
import { tempDir } from './support/temp-dir.ts';

const signal = AbortSignal.timeout(60_000);
const NOW_MS = Date.now();
const LONG_AGO = NOW_MS / 1000 - 24 * 60 * 60;

async function filled(dataDir: string, seed = 'x') {
  const store = createInstallStore({ dataDir });
  const entry = samplePackage(seed);
  await store.put(entry, (folder) => fillPackage(folder, seed));
  const folder = path.dirname(store.packageDir(entry.integrity));
  await utimes(folder, LONG_AGO, LONG_AGO);
  return { store, entry, folder };
}

const prune = (dataDir: string) => pruneStore({ dataDir, nowMs: NOW_MS, dryRun: false, signal });

describe('pruneStore', () => {
  it('removes what nobody names, and leaves nothing of it behind', async () => {
    await using temp = await tempDir();
    const { store, entry } = await filled(temp.path);
    expect((await prune(temp.path)).removed.map(({ entry: { name } }) => name)).toEqual([PLUGIN]);
    expect(await store.readEntry(entry.integrity)).toBeUndefined();
    expect(await readdir(path.join(temp.path, 'plugins/staging'))).toEqual([]);
  });

  it('and an installation at the same moment agree: what was marked and found whole stays', async () => {
    await using temp = await tempDir();
    for (let round = 0; round < 40; round += 1) {
      const { store, entry } = await filled(temp.path, `round ${round}`);
      const installs = async (): Promise<boolean> => {
        await store.markUsed(entry.integrity);
        return store.verify(PLUGIN, lockOf(entry)).then(
          () => true,
          () => false,
        );
      };
      const [, found] = await Promise.all([prune(temp.path), installs()]);
      const kept = (await store.compare(PLUGIN, lockOf(entry)))?.entry !== undefined;
      // What was not found is fetched anew, so it may be there or not.
      expect(kept || !found).toBe(true);
    }
  });

  it('keeps what a change names that was decided and not carried out', async () => {
    await using temp = await tempDir();
    const { entry } = await filled(temp.path);
    const dir = path.join(temp.path, 'project');
    await rememberProject(dir, temp.path);
    const journal = path.join(await projectStateDir(dir, temp.path), 'journal.json');
    await writeFile(journal, JSON.stringify({ files: [{ content: JSON.stringify(lockOf(entry)) }] }));
    expect(await prune(temp.path)).toMatchObject({ removed: [], used: 1 });
    await rm(journal);
    expect(await prune(temp.path)).toMatchObject({ removed: [{ entry: { integrity: entry.integrity } }] });
  });

  it('keeps what a project may use whose lock is there and cannot be read, and removes what no lock can name', async () => {
    await using temp = await tempDir();
    const { store, entry } = await filled(temp.path);
    const dir = path.join(temp.path, 'project');
    await rememberProject(dir, temp.path);
    await mkdir(path.join(dir, LOCK_FILE), { recursive: true });
    expect(await prune(temp.path)).toMatchObject({ removed: [], unknown: 1, unknownProjects: [dir] });
    expect(await store.verify(PLUGIN, lockOf(entry))).toBeDefined();
    await rm(dir, { recursive: true });
    await writeFile(dir, 'a file in its place');
    expect(await prune(temp.path)).toMatchObject({ removed: [{}], unknown: 0, unknownProjects: [] });
  });

  it.each([
    ['say nothing', (folder: string) => rm(path.join(folder, STORE_ENTRY_FILE))],
    ['say what nobody understands', (folder: string) => writeFile(path.join(folder, STORE_ENTRY_FILE), '{')],
    ['nobody may look into', (folder: string) => chmod(path.join(folder, 'package'), 0o000)],
    [
      'are something else',
      async (folder: string) => {
        await rm(folder, { recursive: true });
        await writeFile(folder, '');
      },
    ],
  ])('removes entries that %s, unless they are young, or in the place of what a lock names', async (_what, damage) => {
    await using temp = await tempDir();
    const { entry, folder } = await filled(temp.path);
    await damage(folder);
    const pruneAsUser = () => asNobody(temp.path, () => prune(temp.path));
    await utimes(folder, NOW_MS / 1000, NOW_MS / 1000);
    expect(await pruneAsUser()).toMatchObject({ removed: [], unreadable: [], recent: 1 });
    await utimes(folder, LONG_AGO, LONG_AGO);
    const dir = path.join(temp.path, 'project');
    await rememberProject(dir, temp.path);
    await mkdir(dir);
    await writeFile(path.join(dir, LOCK_FILE), JSON.stringify(lockOf(entry)));
    expect(await pruneAsUser()).toMatchObject({ removed: [], unreadable: [], used: 1 });
    await rm(dir, { recursive: true });
    const { removed, unreadable } = await pruneAsUser();
    expect([...removed, ...unreadable].map((found) => found.folder)).toEqual([folder]);
    expect((await readStore(temp.path, signal)).unreadable).toEqual([]);
    expect(await readdir(path.join(temp.path, 'plugins/staging'))).toEqual([]);
  });
});

describe('checkResponses', () => {
  it('does not call a folder sound that it cannot read', async () => {
    await using temp = await tempDir();
    const folder = path.join(temp.path, 'plugins/cache/http');
    expect(await checkResponses(temp.path)).toEqual({ count: 0, damaged: 0 });
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o000);
    expect(await asNobody(temp.path, () => codeOf(checkResponses(temp.path)))).toBe('FILE_ACCESS');
  });
});

describe('knownProjects', () => {
  it('are of unknown use where their own description cannot be read', async () => {
    await using temp = await tempDir();
    const folder = path.join(temp.path, 'plugins/projects/0123');
    await mkdir(path.join(folder, 'project.json'), { recursive: true });
    expect(await knownProjects(temp.path)).toEqual([{ dir: folder, references: undefined }]);
  });

  it('are those that were remembered, whatever else lies there', async () => {
    await using temp = await tempDir();
    expect(await knownProjects(temp.path)).toEqual([]);
    const dir = path.join(temp.path, 'project');
    await rememberProject(dir, temp.path);
    await rememberProject(dir, temp.path);
    const other = path.join(temp.path, 'plugins/projects/half');
    await mkdir(other);
    for (const text of ['{', '{"schemaVersion":1}', '{"schemaVersion":2,"dir":"/x"}']) {
      await writeFile(path.join(other, 'project.json'), text);
      expect(await knownProjects(temp.path)).toEqual([{ dir, references: new Set() }]);
    }
  });
});

describe('readStore', () => {
  it('tells entries from what does not say what it is, or lies elsewhere', async () => {
    await using temp = await tempDir();
    const { folder } = await filled(temp.path);
    const store = path.dirname(path.dirname(folder));
    await mkdir(path.join(store, 'ab/cd'), { recursive: true });
    await writeFile(path.join(store, 'stray'), '');
    const { entries, unreadable } = await readStore(temp.path, signal);
    expect(entries.map((found) => found.folder)).toEqual([folder]);
    expect(unreadable).toMatchObject([{ folder: path.join(store, 'ab/cd'), sizeBytes: 0 }]);
  });

  it('measures links, and not what they lead to', async () => {
    await using temp = await tempDir();
    await writeFile(path.join(temp.path, 'large'), Buffer.alloc(100_000));
    await mkdir(path.join(temp.path, 'entry'));
    await symlink('../large', path.join(temp.path, 'entry/link'));
    expect(await measure(path.join(temp.path, 'entry'))).toEqual({ count: 1, sizeBytes: '../large'.length });
  });

  it('measures nothing where nothing is', async () => {
    expect(await measure('/nowhere/at/all')).toEqual({ count: 0, sizeBytes: 0 });
  });
});
