import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { bundleOf, codeFolders, printOf } from './key.ts';

let folder: string;
beforeEach(async () => {
  const made = await mkdtemp(join(tmpdir(), 'ar-key-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  folder = made;
  await mkdir(join(made, 'deep'));
  await write('deep/a.ts');
});

async function write(file: string, text = ''): Promise<void> {
  await writeFile(join(folder, file), text);
  await utimes(join(folder, file), 1, 1);
}

describe('printOf', () => {
  it('is another one for another program, and the same for other tests', async () => {
    const before = await printOf(folder);
    await write('deep/a.test.ts', 'test');
    expect(await printOf(folder)).toBe(before);
    await write('deep/a.ts', 'changed');
    expect(await printOf(folder)).not.toBe(before);
  });

  it('does without what vanishes while it is read, files and whole folders', async () => {
    const before = await printOf(folder);
    const names = Array.from({ length: 500 }, (_, number) => join('deep', `gone-${number}`));
    for (const name of names) {
      await mkdir(join(folder, name));
      await write(join(name, 'a.ts'));
    }
    const reading = printOf(folder);
    await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true })));
    await expect(reading).resolves.toMatch(/./);
    expect(await printOf(folder)).toBe(before);
  });
});

describe('codeFolders', () => {
  it('are the sources of the pipeline and of the packages', () => {
    const found = codeFolders(new URL('./key.ts', import.meta.url).href);
    expect(found.map((path) => basename(path))).toEqual(['src', 'src', 'src', 'src']);
    expect(new Set(found).size).toBe(4);
  });

  it('of a bundled program are its own folder alone, not what lies around it', () => {
    expect(codeFolders(pathToFileURL(join(folder, 'bundle', 'build-abc.cjs')).href)).toEqual([join(folder, 'bundle')]);
  });

  it('tell one bundle from another', async () => {
    await write('deep/build-abc.cjs');
    const before = await printOf(folder);
    await write('deep/build-abc.cjs', 'changed');
    expect(await printOf(folder)).not.toBe(before);
  });
});

describe('bundleOf', () => {
  it('is what a bundle says of itself, whenever it was installed', async () => {
    await write('main.cjs', `// ${'a'.repeat(32)}\ncode();\n`);
    expect(await bundleOf([folder])).toBe('a'.repeat(32));
    await utimes(join(folder, 'main.cjs'), 2, 2);
    expect(await bundleOf([folder])).toBe('a'.repeat(32));
  });

  it('is nothing for a program in many folders, or one that says nothing', async () => {
    expect(await bundleOf([folder])).toBeUndefined();
    await write('main.cjs', 'code();\n');
    expect(await bundleOf([folder])).toBeUndefined();
    await write('main.cjs', `// ${'a'.repeat(32)}\ncode();\n`);
    expect(await bundleOf([folder, folder])).toBeUndefined();
  });
});
