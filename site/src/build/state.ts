/** What a build leaves for the next one, in the output: `.ar-site.json`. Whoever serves the folder need not serve it. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Known } from './plan.ts';

export interface State {
  /** Of all that every page depends on: the site's own sources, the address, the names of categories. */
  readonly template: string;
  readonly known: Known;
  /** Of what the search index was made of. */
  readonly search: string;
  /** Files that are ours and neither a plugin's nor a list's, relative to the output. */
  readonly files: readonly string[];
}

const FILE = '.ar-site.json';
const VERSION = 2;

/** @returns `undefined` where there is none, or one that is damaged or of another time: everything is built then */
export async function readState(out: string): Promise<State | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path.join(out, FILE), 'utf8'));
    return isState(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Only builds write it: what has its parts is whole. */
function isState(value: unknown): value is State {
  const { version, files, known } = (value ?? {}) as Partial<State> & { readonly version?: unknown };
  const { listing, plugins, lists } = (known ?? {}) as Partial<State['known']>;
  return (
    version === VERSION &&
    [files, listing].every(Array.isArray) &&
    [plugins, lists].every((part) => typeof part === 'object' && part !== null)
  );
}

export async function writeState(out: string, state: State): Promise<void> {
  const temporary = path.join(out, `${FILE}.tmp`);
  await writeFile(temporary, JSON.stringify({ version: VERSION, ...state }));
  await rename(temporary, path.join(out, FILE));
}
