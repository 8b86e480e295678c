/**
 * Bringing a built registry to where it is served: only what differs, in the order in which it may be seen, and never most of
 * it away.
 */
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

/** @throws FILE_NOT_FOUND, FILE_INVALID, FILE_ACCESS, DEPLOY_FOREIGN, DEPLOY_SHRINKS, ABORTED, and what the place throws */
export async function deploy(place: Place, { site, dryRun, mayShrink, signal }: DeployOptions): Promise<Deployment> {
  const files = await readSiteFiles(site);
  const present = await place.list();
  assertOurs(files, present, place);
  const changed = await findChanged(files, { place, present, signal });
  const removed = findRemoved(files, present);
  if (!mayShrink && removed.length > Math.max(FEW, present.size * MOST_LOST))
    throw new ArError('DEPLOY_SHRINKS', { place: place.shown, lost: removed.length, of: present.size });
  if (!dryRun && changed.length + removed.length > 0) {
    for (const rank of inOrder(changed)) await each(rank, (file) => place.put(file), signal);
    await each(removed, (name) => place.remove(name), signal);
    await place.finish();
  }
  return {
    put: changed.map(({ path }) => path).toSorted(),
    removed,
    unchanged: files.length - changed.length,
    size: files.reduce((sum, { size }) => sum + size, 0),
  };
}

/** A mistyped place must not cost anybody a file. One that a first run left half done has none but ours. */
function assertOurs(files: readonly SiteFile[], present: ReadonlyMap<string, Found>, { shown }: Place): void {
  if (present.has(routes.config)) return;
  const wanted = new Set(files.map(({ path }) => path));
  const other = [...present.keys()].find((path) => !wanted.has(path));
  if (other !== undefined) throw new ArError('DEPLOY_FOREIGN', { place: shown, path: other });
}

interface Comparison {
  readonly place: Place;
  readonly present: ReadonlyMap<string, Found>;
  readonly signal: AbortSignal;
}

async function findChanged(files: readonly SiteFile[], { place, present, signal }: Comparison): Promise<SiteFile[]> {
  const changed: SiteFile[] = [];
  const compare = async (file: SiteFile): Promise<void> => {
    const found = present.get(file.path);
    if (!found || !(await place.holds(file, found))) changed.push(file);
  };
  await each(files, compare, signal);
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
