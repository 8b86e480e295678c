/** The two files of a project, changed as one: under `kill -9`, by several processes, on a full disk, by hand. */
import { chown, lchown, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { LOCK_FILE, PROJECT_FILE } from '@ar-registry/core/layout';
import { integrityOf } from '@ar-registry/io/digest';
import {
  changeProject,
  createProjectReader,
  findProject,
  projectStateDir,
  readProject,
  type Project,
} from '@ar-registry/io/project';
import type { InstallJournal } from '@ar-registry/schemas';
import { describe, expect, it } from 'vitest';
import { startChild } from './support/child.ts';
import { codeOf, errorOf } from './support/code-of.ts';
import { NO_LOCK, generation, generationOf } from './support/generations.ts';
import { noSmallDisk, smallDisk, tempDir } from './support/temp-dir.ts';

const CHANGE_PROJECT = new URL('support/children/change-project.ts', import.meta.url);
const INSTALL_INTO_PROJECT = new URL('support/children/install-into-project.ts', import.meta.url);

interface Place {
  readonly dir: string;
  readonly dataDir: string;
}

async function placeIn(folder: string): Promise<Place> {
  const dir = path.join(folder, 'project');
  await mkdir(dir, { recursive: true });
  return { dir, dataDir: path.join(folder, 'data') };
}

const set = ({ dir, dataDir }: Place, n: number): Promise<void> =>
  changeProject({ dir, dataDir, holder: 'this test' }, async () => ({ change: generation(n), result: undefined }));
const read = ({ dir, dataDir }: Place): Promise<Project> => readProject(dir, dataDir);
const textOf = (place: Place, name: string): Promise<string> => readFile(path.join(place.dir, name), 'utf8');
const write = (place: Place, name: string, text: string): Promise<void> => writeFile(path.join(place.dir, name), text);

/** Leaves the journal of a change to generation `n`, as a `kill -9` right after the decision would. */
async function interrupt(place: Place, n: number): Promise<string> {
  const { projectText, lockText } = generation(n);
  const stateOf = async (name: string): Promise<string> =>
    textOf(place, name).then(
      (text) => integrityOf(Buffer.from(text)),
      () => 'absent',
    );
  const journal: InstallJournal = {
    schemaVersion: 1,
    project: place.dir,
    files: [
      { path: LOCK_FILE, content: lockText, before: await stateOf(LOCK_FILE) },
      { path: PROJECT_FILE, content: projectText, before: await stateOf(PROJECT_FILE) },
    ],
  };
  const folder = await projectStateDir(place.dir, place.dataDir);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'journal.json'), JSON.stringify(journal));
  return path.join(folder, 'journal.json');
}

describe('createProjectReader', () => {
  it('reads both files each time, and parses what has changed', async () => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    const readAgain = createProjectReader(place.dir, place.dataDir);
    await set(place, 1);
    const first = await readAgain();
    expect(await readAgain()).toBe(first);
    await set(place, 2);
    expect(await readAgain()).toEqual(await read(place));
    expect(await readAgain()).not.toEqual(first);
    await write(place, LOCK_FILE, '{');
    expect(await codeOf(readAgain())).toBe('FILE_INVALID');
    await rm(path.join(place.dir, LOCK_FILE));
    await rm(path.join(place.dir, PROJECT_FILE));
    expect((await readAgain()).text).toBe('');
  });

  it('finishes a change that was interrupted meanwhile', async () => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    const readAgain = createProjectReader(place.dir, place.dataDir);
    await set(place, 1);
    await readAgain();
    await interrupt(place, 2);
    expect(generationOf(await readAgain())).toBe(2);
  });
});

describe('readProject', () => {
  it('takes missing files for a project that has nothing', async () => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    expect(await read(place)).toEqual({
      dir: place.dir,
      wanted: { schemaVersion: 1, plugins: {} },
      lock: { schemaVersion: 1, plugins: {} },
      text: '',
    });
    expect(await readdir(temp.path)).toEqual(['project']);
  });

  it.each([PROJECT_FILE, LOCK_FILE])('refuses a broken %s', async (name) => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    await write(place, name, '<<<<<<< HEAD\n');
    expect(await codeOf(read(place))).toBe('FILE_INVALID');
  });

  it('says what is in the way of a file', async () => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    await mkdir(path.join(place.dir, PROJECT_FILE));
    expect(await codeOf(read(place))).toBe('FILE_ACCESS');
  });
});

describe('changeProject', () => {
  it('writes one file where the lock stays as it is, also where there is none', async () => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    const { projectText, lockText } = generation(1);
    const rename = (text: string): Promise<undefined> =>
      changeProject({ ...place, holder: 'this test' }, async () => ({
        change: { projectText: text },
        result: undefined,
      }));
    await rename(projectText);
    expect(await readdir(place.dir)).toEqual([PROJECT_FILE]);
    const mine = `${lockText.trimEnd()}  \n`;
    await write(place, LOCK_FILE, mine);
    await rename(`# mine\n${projectText}`);
    expect(await textOf(place, LOCK_FILE)).toBe(mine);
  });

  it('writes both files, and leaves nothing else', async () => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    await set(place, 7);
    expect(generationOf(await read(place))).toBe(7);
    expect((await readdir(place.dir)).toSorted()).toEqual([LOCK_FILE, PROJECT_FILE]);
    expect(await readdir(await projectStateDir(place.dir, place.dataDir))).toEqual(['project.json']);
  });

  it('changes nothing where nothing is to be changed', async () => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    const result = await changeProject({ ...place, holder: 'x' }, async () => ({ change: undefined, result: 5 }));
    expect(result).toBe(5);
    expect(await readdir(place.dir)).toEqual([]);
  });

  it('changes nothing where deciding fails', async () => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    const failure = new Error('no');
    await expect(changeProject({ ...place, holder: 'x' }, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await readdir(place.dir)).toEqual([]);
  });

  it('changes nothing once it is told to stop', async () => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    const stop = new AbortController();
    const reason = new Error('enough');
    const work = changeProject({ ...place, holder: 'x', signal: stop.signal }, async () => {
      stop.abort(reason);
      return { change: generation(1), result: undefined };
    });
    await expect(work).rejects.toBe(reason);
    expect(await readdir(place.dir)).toEqual([]);
  });

  it.each([
    ['wish', { projectText: 'schemaVersion: 1\nplugins: []\n', lockText: NO_LOCK }],
    ['lock', { projectText: '', lockText: '{}' }],
    ['wish that is too long to be read', { projectText: '# x\n'.repeat(20_000), lockText: NO_LOCK }],
  ])('never writes what could not be read again: a broken %s', async (_what, change) => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    await set(place, 1);
    expect(await codeOf(changeProject({ ...place, holder: 'x' }, async () => ({ change, result: undefined })))).toBe(
      'FILE_INVALID',
    );
    expect(generationOf(await read(place))).toBe(1);
  });

  it('decides anew where a person saved a file in the meantime', async () => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    await set(place, 1);
    const seen: number[] = [];
    await changeProject({ ...place, holder: 'x' }, async (project) => {
      seen.push(generationOf(project));
      if (seen.length === 1) {
        await write(place, PROJECT_FILE, generation(5).projectText);
        await write(place, LOCK_FILE, generation(5).lockText);
      }
      return { change: generation(generationOf(project) + 1), result: undefined };
    });
    expect(seen).toEqual([1, 5]);
    expect(generationOf(await read(place))).toBe(6);
  });

  it('gives up where another program keeps changing the files', async () => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    let n = 0;
    const work = changeProject({ ...place, holder: 'x' }, async () => {
      n += 1;
      await write(place, PROJECT_FILE, generation(n).projectText);
      return { change: generation(99), result: undefined };
    });
    expect(await codeOf(work)).toBe('FILE_ACCESS');
    expect(await textOf(place, PROJECT_FILE)).toBe(generation(n).projectText);
  });

  it('removes what killed processes were writing, and nothing else', async () => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    await set(place, 1);
    const id = '0b9f6a3e-7c55-4b0e-9a0e-0123456789ab';
    const state = await projectStateDir(place.dir, place.dataDir);
    const mine = ['ar-plugins.yaml.bak', 'ar-plugins.yaml.tmp', `notes.${id}.tmp`];
    for (const name of [...mine, `ar-plugins.yaml.${id}.tmp`, `ar-plugins.lock.${id}.tmp`])
      await write(place, name, 'x');
    await writeFile(path.join(state, `journal.json.${id}.tmp`), 'x');
    await set(place, 2);
    expect((await readdir(place.dir)).toSorted()).toEqual([LOCK_FILE, PROJECT_FILE, ...mine].toSorted());
    expect(await readdir(state)).toEqual(['project.json']);
  });

  it('is for one project, whatever the path to it', async () => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    await symlink(place.dir, path.join(temp.path, 'link'));
    expect(await projectStateDir(path.join(temp.path, 'link'), place.dataDir)).toBe(
      await projectStateDir(place.dir, place.dataDir),
    );
  });
});

describe('an interrupted change', () => {
  it('is finished by whoever reads next', async () => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    await set(place, 1);
    const journal = await interrupt(place, 2);
    expect(generationOf(await read(place))).toBe(2);
    await expect(readFile(journal)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is finished in a new project too, and by whoever changes next', async () => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    await interrupt(place, 2);
    const before = await changeProject({ ...place, holder: 'x' }, async (project) => ({
      change: undefined,
      result: generationOf(project),
    }));
    expect(before).toBe(2);
  });

  it('is finished where only the first file was written', async () => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    await set(place, 1);
    await interrupt(place, 2);
    await write(place, LOCK_FILE, generation(2).lockText);
    expect(generationOf(await read(place))).toBe(2);
  });

  it('leaves a file as it is that a person edited since', async () => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    await set(place, 1);
    await interrupt(place, 2);
    const mine = `# mine\n${generation(1).projectText}`;
    await write(place, PROJECT_FILE, mine);
    expect((await read(place)).text).toBe(mine);
    expect((await read(place)).lock).toEqual(JSON.parse(generation(2).lockText));
  });

  it('leaves a file out that a person made since', async () => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    await interrupt(place, 2);
    await write(place, PROJECT_FILE, generation(9).projectText);
    expect((await read(place)).text).toBe(generation(9).projectText);
  });

  it('is finished where the project is now, and never elsewhere', async () => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    await set(place, 1);
    const journal = await interrupt(place, 2);
    const text = await readFile(journal, 'utf8');
    await writeFile(journal, text.replaceAll(JSON.stringify(place.dir), '"/somewhere/else"'));
    expect(generationOf(await read(place))).toBe(2);
  });

  it.each([
    ['a path that leads out', (text: string) => text.replace('"ar-plugins.lock"', '"../../evil"')],
    ['another file', (text: string) => text.replace('"ar-plugins.lock"', '"package.json"')],
    ['text', () => 'journal'],
    ['another format', (text: string) => text.replace('"schemaVersion":1', '"schemaVersion":2')],
  ])('is refused where its journal holds %s', async (_what, change) => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    await set(place, 1);
    const journal = await interrupt(place, 2);
    await writeFile(journal, change(await readFile(journal, 'utf8')));
    const error = await errorOf(read(place));
    expect(error.code).toBe('FILE_INVALID');
    expect(error.facts).toMatchObject({ file: journal });
    expect(
      generationOf({ wanted: (await withoutJournal(place, journal)).wanted, lock: (await read(place)).lock }),
    ).toBe(1);
  });
});

async function withoutJournal(place: Place, journal: string): Promise<Project> {
  await rm(journal);
  return read(place);
}

describe('kill -9', () => {
  it('at any of 40 random moments leaves the old or the new state', { timeout: 300_000 }, async () => {
    await using temp = await tempDir();
    const kills = 40;
    const atOnce = 8;
    const finals: number[] = [];
    const one = async (index: number): Promise<void> => {
      const place = await placeIn(path.join(temp.path, String(index)));
      await using child = startChild(CHANGE_PROJECT, place.dir, place.dataDir);
      const first = Number(await child.line());
      await delay(Math.random() * 60);
      await child.kill();
      let last = first;
      for (let line = await child.line(); line !== undefined; line = await child.line()) last = Number(line);
      const final = generationOf(await read(place));
      // What was told to be done is done; at most the change after it may be, too.
      expect([last, last + 1]).toContain(final);
      await set(place, final + 1);
      expect(generationOf(await read(place))).toBe(final + 1);
      expect((await readdir(place.dir)).toSorted()).toEqual([LOCK_FILE, PROJECT_FILE]);
      finals.push(final);
    };
    for (let start = 0; start < kills; start += atOnce)
      await Promise.all(Array.from({ length: atOnce }, (_, index) => one(start + index)));
    expect(finals).toHaveLength(kills);
  });
});

/** False: there is more to come. */
function checkSame({ wanted, lock }: Project): boolean {
  expect(Object.keys(wanted.plugins).toSorted()).toEqual(Object.keys(lock.plugins).toSorted());
  return false;
}

describe('several processes', () => {
  it('lose no update, and nobody reads half a change', { timeout: 120_000 }, async () => {
    await using temp = await tempDir();
    const place = await placeIn(temp.path);
    const prefixes = ['a', 'b', 'c'];
    const children = prefixes.map((prefix) => startChild(INSTALL_INTO_PROJECT, place.dir, place.dataDir, prefix, '8'));
    const ended = Promise.all(children.map((child) => child.ended));
    const over = ended.then(() => true);
    let reads = 0;
    while (!(await Promise.race([over, read(place).then(checkSame)]))) {
      reads += 1;
      // Reading waits for nothing, so that without this nobody would be heard to end.
      await nextTurn();
    }
    expect(await ended).toEqual([0, 0, 0]);
    expect(reads).toBeGreaterThan(10);
    const expected = prefixes.flatMap((prefix) => Array.from({ length: 8 }, (_, index) => `@acme/${prefix}-${index}`));
    expect(Object.keys((await read(place)).lock.plugins).toSorted()).toEqual(expected.toSorted());
  });
});

/** Fills a disk, but for `kilobytesLeft`. */
async function fill(folder: string, kilobytesLeft: number): Promise<void> {
  const rest = Buffer.alloc(1024);
  const filler = path.join(folder, 'filler');
  await writeFile(filler, '');
  for (let written = 0; ; written += 1) {
    const full = await writeFile(filler, rest, { flag: 'a' }).then(
      () => false,
      () => true,
    );
    if (full) break;
    expect(written).toBeLessThan(10_000);
  }
  const size = (await readFile(filler)).length;
  await writeFile(filler, Buffer.alloc(Math.max(0, size - kilobytesLeft * 1024)));
}

describe.skipIf(noSmallDisk !== undefined)(`a full disk (${noSmallDisk ?? 'here'})`, () => {
  it('under the project leaves it as it was, for good', async () => {
    await using temp = await tempDir();
    await using disk = await smallDisk(256);
    const place = { dir: disk.path, dataDir: path.join(temp.path, 'data') };
    await set(place, 1);
    for (const kilobytesLeft of [0, 4, 8, 12]) {
      await fill(disk.path, kilobytesLeft);
      const big = generation(2);
      const change = {
        projectText: `${big.projectText}${'# x\n'.repeat(4000)}`,
        lockText: `${big.lockText}${' '.repeat(7000)}`,
      };
      const error = await errorOf(
        changeProject({ ...place, holder: 'x' }, async () => ({ change, result: undefined })),
      );
      expect(error.code).toBe('DISK_FULL');
      expect(generationOf(await read(place))).toBe(1);
      await rm(path.join(disk.path, 'filler'));
      // Also with room again nobody finishes what was told to have failed.
      expect(generationOf(await read(place))).toBe(1);
      expect((await readdir(disk.path)).toSorted()).toEqual([LOCK_FILE, PROJECT_FILE]);
    }
  });

  it('under the data folder leaves the project as it was', async () => {
    await using temp = await tempDir();
    await using disk = await smallDisk(256);
    const place = { ...(await placeIn(temp.path)), dataDir: disk.path };
    await set(place, 1);
    await fill(disk.path, 0);
    expect(await codeOf(set(place, 2))).toBe('DISK_FULL');
    await rm(path.join(disk.path, 'filler'));
    expect(generationOf(await read(place))).toBe(1);
  });
});

describe('findProject', () => {
  it('finds the nearest folder above that is a project', async () => {
    await using temp = await tempDir();
    const deep = path.join(temp.path, 'a', 'b', 'c');
    await mkdir(deep, { recursive: true });
    expect(await findProject(deep)).toBe(deep);
    await writeFile(path.join(temp.path, PROJECT_FILE), '');
    expect(await findProject(deep)).toBe(temp.path);
    await writeFile(path.join(temp.path, 'a', 'b', PROJECT_FILE), '');
    expect(await findProject(deep)).toBe(path.join(temp.path, 'a', 'b'));
  });

  it('does not take a folder of that name for a project', async () => {
    await using temp = await tempDir();
    const deep = path.join(temp.path, 'a');
    await mkdir(path.join(temp.path, PROJECT_FILE));
    await mkdir(deep);
    expect(await findProject(deep)).toBe(deep);
  });

  it.each(['.git', 'home'])('looks no further than %s', async (end) => {
    await using temp = await tempDir();
    const [middle, deep] = [path.join(temp.path, 'a'), path.join(temp.path, 'a', 'b')];
    await mkdir(deep, { recursive: true });
    await writeFile(path.join(temp.path, PROJECT_FILE), '');
    const options = end === 'home' ? { home: middle } : {};
    if (end === '.git') await mkdir(path.join(middle, '.git'));
    expect(await findProject(deep, options)).toBe(deep);
    await writeFile(path.join(middle, PROJECT_FILE), '');
    expect(await findProject(deep, options)).toBe(middle);
  });

  it.skipIf(noSmallDisk !== undefined)('does not leave its file system', async () => {
    await using disk = await smallDisk(64);
    const parent = path.dirname(disk.path);
    expect(await findProject(disk.path)).toBe(disk.path);
    expect(await findProject(parent)).toBe(parent);
  });

  it.skipIf(process.getuid?.() !== 0)('never takes what belongs to another user, nor a link of his', async () => {
    await using temp = await tempDir();
    const deep = path.join(temp.path, 'a');
    const file = path.join(temp.path, PROJECT_FILE);
    await mkdir(deep);
    await writeFile(file, '');
    await chown(file, 12_345, 12_345);
    const told: string[] = [];
    expect(await findProject(deep, { onForeign: (one) => void told.push(one) })).toBe(deep);
    expect(told).toEqual([file]);
    expect(await codeOf(findProject(temp.path))).toBe('PROJECT_FOREIGN');
    expect(await findProject(temp.path, { trustedUid: 12_345 })).toBe(temp.path);
    await rm(file);
    await writeFile(path.join(deep, 'mine.yaml'), '');
    await symlink(path.join(deep, 'mine.yaml'), file);
    await lchown(file, 12_345, 12_345);
    expect(await codeOf(findProject(temp.path))).toBe('PROJECT_FOREIGN');
  });
});
