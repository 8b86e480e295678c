/** What a place lacks of a site, and has too much. Of millions of files no more is kept than of those that differ. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { ArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import { translateFileError } from '@ar-registry/io/files';
import { stampOf } from './record.ts';
import { isServed, statServed, walkServed } from './site-files.ts';
import type { Found, Place, SiteFile } from './types.ts';

/** Most of a place may not be what a site does not have. */
export const MOST_LOST = 0.1;

export interface Comparison {
  readonly changed: readonly SiteFile[];
  readonly removed: readonly string[];
  readonly unchanged: number;
  /** That the place had. */
  readonly before: number;
  /** Of the site, and then of the place. */
  readonly files: number;
  /** In bytes. */
  readonly size: number;
  /** Files outside of the folders of plugins: path → what they are. */
  readonly loose: ReadonlyMap<string, string>;
  /** @throws DEPLOY_MOVING where the site is not any more what was compared */
  readonly assertStill: () => Promise<void>;
}

export interface ComparisonOptions {
  readonly site: string;
  readonly place: Place;
  readonly signal: AbortSignal;
}

/** So many files are compared before anything else has its turn: they are read at once. */
const BEFORE_OTHERS = 100;

/** Compares every file. @throws DEPLOY_FOREIGN, FILE_NOT_FOUND, FILE_ACCESS, and what the place throws */
export async function compareAll({ site, place, signal }: ComparisonOptions): Promise<Comparison> {
  const mine = createMine();
  const theirs = createTheirs(site);
  const changed: SiteFile[] = [];
  let count = 0;
  for await (const { path, file, found } of sideBySide(walkServed(site), place.list())) {
    if ((count += 1) % BEFORE_OTHERS === 0) await setImmediate();
    signal.throwIfAborted();
    if (found) theirs.add(path, file !== undefined);
    if (!file) continue;
    mine.add(file);
    if (!found || !(await place.holds(file, found))) changed.push(file);
  }
  const { files, size, loose, prints } = mine.end();
  const { before, removed } = theirs.end(place);
  const assertStill = (): Promise<void> => assertSame(site, prints);
  return { changed, removed, before, files, unchanged: files - changed.length, size, loose, assertStill };
}

interface Mine extends Pick<Comparison, 'files' | 'size' | 'loose'> {
  readonly prints: readonly string[];
}

/** What is to be known of the files of the site. */
function createMine(): { add(file: SiteFile): void; end(): Mine } {
  const loose = new Map<string, string>();
  const prints = createPrints();
  let [files, size] = [0, 0];
  return {
    add: (file) => {
      files += 1;
      size += file.size;
      prints.add(file);
      if (isLoose(file.path)) loose.set(file.path, stampOf(file));
    },
    end: () => {
      prints.end();
      return { files, size, loose, prints: prints.all };
    },
  };
}

interface Theirs {
  add(path: string, isWanted: boolean): void;
  /** @throws DEPLOY_FOREIGN */
  end(place: Place): Pick<Comparison, 'before' | 'removed'>;
}

/** What is to be known of the files of the place. */
function createTheirs(site: string): Theirs {
  const ours = foldersOf(site);
  const removed: string[] = [];
  const others = { count: 0, first: '' };
  let [before, isOurs] = [0, false];
  return {
    add: (path, isWanted) => {
      before += 1;
      if (path === routes.config) isOurs = true;
      // What a place lists in another order than ours is met alone.
      if (isWanted || statServed(site, path)) return;
      others.count += 1;
      others.first ||= path;
      if (ours.has(topOf(path))) removed.push(path);
    },
    end: (place) => {
      if (!isOurs) assertOurs(place, { before, others: others.count, first: others.first });
      return { before, removed };
    },
  };
}

/**
 * A mistyped place must not cost anybody a file. One that a first run left half done has hardly any but ours: those that the
 * site has lost since.
 */
function assertOurs(
  { shown }: Place,
  { before, others, first }: { readonly before: number; readonly others: number; readonly first: string },
): void {
  if (others > before * MOST_LOST) throw new ArError('DEPLOY_FOREIGN', { place: shown, path: first });
}

/** What lies in folders that the site does not have is somebody else's. */
function foldersOf(site: string): ReadonlySet<string> {
  try {
    const entries = readdirSync(site, { withFileTypes: true });
    return new Set(entries.filter((entry) => entry.isDirectory() && isServed(entry.name)).map(({ name }) => name));
  } catch (error) {
    throw translateFileError(error, site);
  }
}

/** The first of the names of a path. */
function topOf(path: string): string {
  return path.split('/', 1)[0] ?? '';
}

/** Whether it is of no plugin or scope, by its name: of those there are thousands, and not millions. */
export function isLoose(path: string): boolean {
  return !path.includes('/@');
}

interface Side {
  readonly path: string;
  readonly file?: SiteFile;
  readonly found?: Found;
}

/** Both of a path at once, where both are in the same order; else one after the other. */
async function* sideBySide(
  files: AsyncIterator<SiteFile>,
  list: AsyncIterable<readonly [path: string, found: Found]>,
): AsyncGenerator<Side> {
  let mine = await files.next();
  for await (const [path, found] of list) {
    for (; mine.done !== true && mine.value.path < path; mine = await files.next())
      yield { path: mine.value.path, file: mine.value };
    if (mine.done === true || mine.value.path !== path) {
      yield { path, found };
      continue;
    }
    yield { path, file: mine.value, found };
    mine = await files.next();
  }
  for (; mine.done !== true; mine = await files.next()) yield { path: mine.value.path, file: mine.value };
}

interface Prints {
  add(file: SiteFile): void;
  end(): void;
  /** Of so many files at a time, in their order. */
  readonly all: readonly string[];
}

const PRINTED_FILES = 500;

/** What files a folder has, and when they were written: 64 bytes for some hundred of them. */
function createPrints(isEach: (print: string, files: readonly SiteFile[]) => void = () => {}): Prints {
  const all: string[] = [];
  let files: SiteFile[] = [];
  const end = (): void => {
    if (files.length === 0) return;
    const text = files.map((file) => `${file.path}\0${stampOf(file)}\n`).join('');
    const print = createHash('sha256').update(text).digest('base64');
    isEach(print, files);
    all.push(print);
    files = [];
  };
  return {
    all,
    end,
    add: (file) => {
      files.push(file);
      if (files.length === PRINTED_FILES) end();
    },
  };
}

/**
 * A build that ends while its site is deployed leaves documents of before beside roots of after: then no root is put, and
 * what was put is completed by the next run.
 */
async function assertSame(site: string, all: readonly string[]): Promise<void> {
  let at = 0;
  let last = '';
  const now = createPrints((print, files) => {
    if (print !== all[at]) throw new ArError('DEPLOY_MOVING', { site, path: newestOf(files) });
    at += 1;
    last = files.at(-1)?.path ?? '';
  });
  for await (const file of walkServed(site)) now.add(file);
  now.end();
  if (at !== all.length) throw new ArError('DEPLOY_MOVING', { site, path: last });
}

/** Of those among which one has changed, most likely that one. */
function newestOf(files: readonly SiteFile[]): string {
  return files.reduce((a, b) => (b.modifiedMs > a.modifiedMs ? b : a)).path;
}
