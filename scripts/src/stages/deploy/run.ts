/**
 * Bringing a built registry to where it is served: only what differs, in the order in which it may be seen, and never most of
 * it away.
 */
import { setImmediate } from 'node:timers/promises';
import { ArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import { inOrder } from './order.ts';
import { readSiteFiles } from './site-files.ts';
import type { Found, Place, SiteFile } from './types.ts';

export interface DeployOptions {
  /** What `build`, `sign` and `site` wrote; absolute. */
  readonly site: string;
  readonly dryRun: boolean;
  /** Take away however much is there no more. */
  readonly mayShrink: boolean;
  readonly signal: AbortSignal;
}

export interface Deployment {
  readonly put: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: number;
  /** Of all files of the site, in bytes. */
  readonly size: number;
}

/** A registry loses a plugin now and then. What loses more was built of half an index, or goes to the wrong place. */
const MOST_LOST = 0.1;
/** A small registry may. */
const FEW = 20;
/** Enough to keep a network busy, and few enough for every server. */
const AT_ONCE = 16;
/** So many files are compared before anything else has its turn. */
const BEFORE_OTHERS = 100;

/** @throws FILE_NOT_FOUND, FILE_INVALID, FILE_ACCESS, DEPLOY_FOREIGN, DEPLOY_SHRINKS, DEPLOY_MOVING, ABORTED, and what the place throws */
export async function deploy(place: Place, { site, dryRun, mayShrink, signal }: DeployOptions): Promise<Deployment> {
  const files = await readSiteFiles(site);
  const present = await place.list();
  assertOurs(files, present, place);
  const changed = await findChanged(files, { place, present, signal });
  const removed = findRemoved(files, present);
  if (!mayShrink && removed.length > Math.max(FEW, present.size * MOST_LOST))
    throw new ArError('DEPLOY_SHRINKS', { place: place.shown, lost: removed.length, of: present.size });
  const assertStill = (): Promise<void> => assertSame(site, files);
  if (!dryRun && changed.length + removed.length > 0)
    await carryOut(place, { changed, removed, assertStill, signal }).catch(async (error: unknown) => {
      // A file that went may be why.
      if (!signal.aborted) await assertStill();
      throw error;
    });
  return {
    put: changed.map(({ path }) => path).toSorted(),
    removed,
    unchanged: files.length - changed.length,
    size: files.reduce((sum, { size }) => sum + size, 0),
  };
}

interface Changes {
  readonly changed: readonly SiteFile[];
  readonly removed: readonly string[];
  readonly assertStill: () => Promise<void>;
  readonly signal: AbortSignal;
}

async function carryOut(place: Place, { changed, removed, assertStill, signal }: Changes): Promise<void> {
  const { leaves, roots } = inOrder(changed);
  for (const rank of leaves) await each(rank, (file) => place.put(file), signal);
  await assertStill();
  for (const rank of roots) await each(rank, (file) => place.put(file), signal);
  await each(removed, (name) => place.remove(name), signal);
  await place.finish(assertStill);
}

/**
 * A build that ends while its site is deployed leaves documents of before beside roots of after: then no root is put, and
 * what was put is completed by the next run.
 */
async function assertSame(site: string, files: readonly SiteFile[]): Promise<void> {
  const now = new Map((await readSiteFiles(site)).map((file) => [file.path, file]));
  const moved = files.find(({ path, size, modifiedMs }) => {
    const found = now.get(path);
    return found?.size !== size || found.modifiedMs !== modifiedMs;
  });
  const known = new Set(now.size === files.length ? [] : files.map(({ path }) => path));
  const path = moved?.path ?? (known.size === 0 ? undefined : [...now.keys()].find((name) => !known.has(name)));
  if (path !== undefined) throw new ArError('DEPLOY_MOVING', { site, path });
}

/**
 * A mistyped place must not cost anybody a file. One that a first run left half done has hardly any but ours: those that the
 * site has lost since.
 */
function assertOurs(files: readonly SiteFile[], present: ReadonlyMap<string, Found>, { shown }: Place): void {
  if (present.has(routes.config)) return;
  const wanted = new Set(files.map(({ path }) => path));
  const others = [...present.keys()].filter((path) => !wanted.has(path));
  const [path] = others;
  if (path !== undefined && others.length > present.size * MOST_LOST)
    throw new ArError('DEPLOY_FOREIGN', { place: shown, path });
}

interface Comparison {
  readonly place: Place;
  readonly present: ReadonlyMap<string, Found>;
  readonly signal: AbortSignal;
}

async function findChanged(files: readonly SiteFile[], { place, present, signal }: Comparison): Promise<SiteFile[]> {
  const changed: SiteFile[] = [];
  for (const [at, file] of files.entries()) {
    // Files are read at once, so that nobody else would be heard meanwhile.
    if (at % BEFORE_OTHERS === 0) await setImmediate();
    signal.throwIfAborted();
    const found = present.get(file.path);
    if (!found || !(await place.holds(file, found))) changed.push(file);
  }
  return changed;
}

/** What lies in folders that the site does not have is somebody else's. */
function findRemoved(files: readonly SiteFile[], present: ReadonlyMap<string, Found>): readonly string[] {
  const wanted = new Set(files.map(({ path }) => path));
  const ours = new Set(files.map(({ path }) => path.split('/')[0]).filter((name) => !wanted.has(name ?? '')));
  return [...present.keys()].filter((name) => !wanted.has(name) && ours.has(name.split('/')[0])).toSorted();
}

/** All, a few at a time; after a failure nothing more is begun, and what was begun is waited for. */
async function each<T>(items: readonly T[], act: (item: T) => Promise<void>, signal: AbortSignal): Promise<void> {
  const queue = items.values();
  let isBroken = false;
  const work = async (): Promise<void> => {
    for (const item of queue) {
      if (isBroken) return;
      try {
        signal.throwIfAborted();
        await act(item);
      } catch (error) {
        isBroken = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
  const failed = ended.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
