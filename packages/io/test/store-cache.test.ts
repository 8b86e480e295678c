/** The shared store as a whole: what prune removes while others install, and which projects it knows of. */
import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LOCK_FILE } from '@ar-registry/core/layout';
import { createInstallStore } from '@ar-registry/io/install-store';
import { knownProjects, projectStateDir, rememberProject } from '@ar-registry/io/project';
import { measure, pruneStore, readStore } from '@ar-registry/io/store-cache';
import { describe, expect, it } from 'vitest';
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

  it('removes nothing where a lock is there and cannot be read', async () => {
    await using temp = await tempDir();
    const { store, entry } = await filled(temp.path);
    const dir = path.join(temp.path, 'project');
    await rememberProject(dir, temp.path);
    await mkdir(path.join(dir, LOCK_FILE), { recursive: true });
    expect(await codeOf(prune(temp.path))).toBe('FILE_ACCESS');
    expect(await store.verify(PLUGIN, lockOf(entry))).toBeDefined();
  });
});

describe('knownProjects', () => {
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
    expect(unreadable).toEqual([path.join(store, 'ab/cd')]);
  });

  it('measures nothing where nothing is', async () => {
    expect(await measure('/nowhere/at/all')).toEqual({ count: 0, sizeBytes: 0 });
  });
});
