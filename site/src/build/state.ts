/** What a build leaves for the next one, in the output: `.ar-site.json`. Whoever serves the folder need not serve it. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Facts } from './facts.ts';
import type { PageKeys } from './plan.ts';

export interface State {
  /** Of all that every page depends on: the site's own sources, the address, the names of categories. */
  readonly template: string;
  readonly keys: PageKeys;
  readonly facts: Facts;
  /** Of what the search index was made of. */
  readonly search: string;
  /** Files that are ours, relative to the output. */
  readonly files: readonly string[];
}

const FILE = '.ar-site.json';
const VERSION = 1;

/** @returns `undefined` where there is none, or one that is damaged or of another time: everything is built then */
export async function readState(out: string): Promise<State | undefined> {
  try {
    const value = JSON.parse(await readFile(path.join(out, FILE), 'utf8')) as State & { readonly version: number };
    return value.version === VERSION && Array.isArray(value.files) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function writeState(out: string, state: State): Promise<void> {
  const temporary = path.join(out, `${FILE}.tmp`);
  await writeFile(temporary, JSON.stringify({ version: VERSION, ...state }));
  await rename(temporary, path.join(out, FILE));
}
