/** What a state is of besides the index: the program that made it, and all that it was told. */
import { readFile, readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildInput } from '../build-input.ts';
import { STATE_FOLDER, digestOf } from './store.ts';

/** Raised with the form of what is kept. */
const FORMAT = 5;

/** Of everything but the index that an output follows from. */
export async function stateKey({
  baseUrl,
  store,
  search,
  delta,
  reports,
  osv,
}: Pick<BuildInput, 'baseUrl' | 'store' | 'search' | 'delta' | 'reports' | 'osv'>): Promise<string> {
  const folders = codeFolders(import.meta.url);
  const bundled = await bundleOf(folders);
  const prints = bundled === undefined ? await Promise.all(folders.map(printOf)) : [bundled];
  const program = [FORMAT, STATE_FOLDER, process.version, prints];
  // What is in these two folders is compared.
  const told = [baseUrl ?? '', store ?? '', search ?? '', delta ?? '', reports !== undefined, osv !== undefined];
  return digestOf(JSON.stringify([...program, ...told]));
}

/**
 * Where the code of the program is: the pipeline and our packages, each in its `src` or `dist`. A program that was bundled
 * has all of it in the folder that it is in, whatever lies around that.
 */
export function codeFolders(url: string): readonly string[] {
  const here = dirname(fileURLToPath(url));
  if (!here.endsWith(join('stages', 'build', 'state'))) return [here];
  const packages = ['@ar-registry/core/api', '@ar-registry/io/files', '@ar-registry/schemas'];
  return [join(here, '../../..'), ...packages.map(folderOf)];
}

/**
 * What a bundle says of itself in the first line of its program, which is a hash of all its files: the same wherever and
 * whenever it was installed. Undefined for a program in files of their own.
 */
export async function bundleOf([folder = '', ...others]: readonly string[]): Promise<string | undefined> {
  if (others.length > 0) return undefined;
  const text = await unlessGone(readFile(join(folder, 'main.cjs'), 'latin1'));
  return text === undefined ? undefined : /^\/\/ ([0-9a-f]{32})\n/.exec(text)?.[1];
}

/** The folder of the code of one of our packages. */
function folderOf(specifier: string): string {
  const file = createRequire(import.meta.url).resolve(specifier);
  let folder = dirname(file);
  while (!/[\\/](?:src|dist)$/.test(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/**
 * Names, sizes and times of all files: what was changed or installed anew has others.
 *
 * What vanishes meanwhile is none of them: a compiler or a test may be at work beside a build, and cannot make it fail.
 */
export async function printOf(folder: string): Promise<string> {
  return digestOf((await linesOf(folder)).toSorted().join('\n'));
}

async function linesOf(folder: string): Promise<readonly string[]> {
  const entries = await unlessGone(readdir(folder, { withFileTypes: true }));
  const lines = (entries ?? []).map(async (entry) => {
    const file = join(folder, entry.name);
    if (entry.isDirectory()) return linesOf(file);
    if (!entry.isFile() || !/\.(?:c?js|ts|json)$/.test(file) || /\.(?:test|d)\.ts$/.test(file)) return [];
    const found = await unlessGone(stat(file));
    return found ? [`${file} ${found.size} ${found.mtimeMs}`] : [];
  });
  return (await Promise.all(lines)).flat();
}

async function unlessGone<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
}
