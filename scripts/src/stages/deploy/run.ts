/**
 * Bringing a built registry to where it is served: only what differs, in the order in which it may be seen, and never most of
 * it away. Where it is known what the place has, only what changed since then is looked at.
 */
import { ArError } from '@ar-registry/core/errors';
import { compareAll, isLoose, MOST_LOST, type Comparison } from './compare.ts';
import { compareChanged } from './compare-changed.ts';
import { each } from './each.ts';
import { inOrder } from './order.ts';
import { readRecord, writeRecord, type DeployRecord } from './record.ts';
import { assertRegistry } from './site-files.ts';
import { readSiteState, type ReadState } from './site-state.ts';
import type { Head, Hold, Place, SiteFile } from './types.ts';

export interface DeployOptions {
  /** What `build`, `sign` and `site` wrote; absolute. */
  readonly site: string;
  readonly dryRun: boolean;
  /** Take away however much is there no more. */
  readonly mayShrink: boolean;
  /** Compare every file, whatever is known. */
  readonly verify: boolean;
  readonly signal: AbortSignal;
}

export interface Deployment {
  readonly put: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: number;
  /** Of all files of the site, in bytes. */
  readonly size: number;
  /** Whether every file was compared, and not only what changed since the last deployment. */
  readonly whole: boolean;
}

/**
 * A registry loses a plugin now and then, and a small one may lose so many files at once. Of what loses more, and more than a
 * share, half the index was built, or it goes to the wrong place.
 */
const FEW = 20;
/** So often somebody else may have been quicker. */
const ATTEMPTS = 3;

/**
 * @throws FILE_NOT_FOUND, FILE_INVALID, FILE_ACCESS, DEPLOY_UNFINISHED, DEPLOY_FOREIGN, DEPLOY_SHRINKS, DEPLOY_MOVING,
 * DEPLOY_IN_USE, ABORTED, and what the place throws
 */
export async function deploy(place: Place, options: DeployOptions): Promise<Deployment> {
  assertRegistry(options.site);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const deployment = await attemptOnce(place, options);
    if (deployment) return deployment;
  }
  throw new ArError('DEPLOY_IN_USE', { place: place.shown });
}

interface Look {
  readonly head: Head;
  readonly state: ReadState | undefined;
  /** Of what the place has, where that is known. */
  readonly base: DeployRecord | undefined;
  readonly found: Comparison;
}

/** @returns undefined where somebody else has deployed meanwhile */
async function attemptOnce(place: Place, options: DeployOptions): Promise<Deployment | undefined> {
  const { site, dryRun, mayShrink } = options;
  const look = await lookAt(place, options);
  const { found, head, base, state } = look;
  const { changed, removed, before } = found;
  if (!mayShrink && removed.length > Math.max(FEW, before * MOST_LOST))
    throw new ArError('DEPLOY_SHRINKS', { place: place.shown, lost: removed.length, of: before });
  const isSame = changed.length + removed.length === 0;
  const deployment = {
    put: changed.map(({ path }) => path).toSorted(),
    removed: removed.toSorted(),
    unchanged: found.unchanged,
    size: found.size,
    whole: base === undefined,
  };
  if (dryRun) return deployment;
  if (!isSame || head.id === undefined) {
    const held = await place.hold(head, (hold) => carryOut(hold, { place, look, options }));
    if (!held) return undefined;
    await note(site, place.key, { id: held.result, state, found });
  } else await note(site, place.key, { id: head.id, state, found });
  return deployment;
}

async function lookAt(place: Place, { site, verify, signal }: DeployOptions): Promise<Look> {
  const state = await readSiteState(site);
  const head = await place.head();
  const record = verify || head.id === undefined || !state ? undefined : await readRecord(site, place.key);
  if (state && record && record.id === head.id) {
    const found = await compareChanged({ site, place, record, state, signal });
    if (found) return { head, state, base: record, found };
  }
  return { head, state, base: undefined, found: await compareAll({ site, place, signal }) };
}

/** For the next time. */
async function note(
  site: string,
  key: string,
  { id, state, found }: { readonly id: string; readonly state: ReadState | undefined; readonly found: Comparison },
): Promise<void> {
  if (!state) return;
  const { build, bytes, inode, digest } = state;
  const { files, size, loose } = found;
  await writeRecord(site, key, { id, state: { build, bytes, inode, digest }, files, size, loose });
}

interface Work {
  readonly place: Place;
  readonly look: Look;
  readonly options: DeployOptions;
}

/** @returns the id of what the place has now */
async function carryOut(hold: Hold, work: Work): Promise<string> {
  const { place, look, options } = work;
  const { found, base } = look;
  try {
    await putAll(hold, work);
    return await hold.finish(found.assertStill);
  } catch (error) {
    if (base && !hold.signal.aborted) await leave(hold, { place, site: options.site, base: touched(base, found) });
    // A file that went may be why.
    if (!options.signal.aborted && !hold.signal.aborted) await found.assertStill();
    throw error;
  }
}

/** All that may have been put or taken away is looked at again, whatever it is by then: builds log what is of plugins. */
function touched(base: DeployRecord, { changed, removed }: Comparison): DeployRecord {
  const paths = [...changed.map(({ path }) => path), ...removed].filter(isLoose);
  return { ...base, loose: new Map([...base.loose, ...paths.map((path) => [path, ''] as const)]) };
}

async function leave(
  hold: Hold,
  { place, site, base }: { readonly place: Place; readonly site: string; readonly base: DeployRecord },
): Promise<void> {
  try {
    await writeRecord(site, place.key, { ...base, id: await hold.leave() });
  } catch {
    // Why it failed is told; the next one compares everything.
  }
}

async function putAll(hold: Hold, { place, look, options }: Work): Promise<void> {
  const { changed, removed, assertStill } = look.found;
  const signal = AbortSignal.any([options.signal, hold.signal]);
  const { leaves, roots } = inOrder(changed);
  const left = new Set(removed);
  const putRank = async (rank: readonly SiteFile[]): Promise<void> => {
    // Only just before: what nothing takes the place of stays readable until the end.
    const blocking = place.isFolder ? blockingOf(rank, [...left]) : [];
    await each(blocking, (name) => place.remove(name), signal);
    for (const name of blocking) left.delete(name);
    await each(rank, (file) => place.put(file), signal);
  };
  for (const rank of leaves) await putRank(rank);
  await assertStill();
  await hold.assertHeld();
  for (const rank of roots) await putRank(rank);
  await each([...left], (name) => place.remove(name), signal);
}

/** Of what goes, that without which something else cannot come: a file where there will be a folder, or the other way. */
function blockingOf(changed: readonly SiteFile[], removed: readonly string[]): readonly string[] {
  const files = new Set(changed.map(({ path }) => path));
  const folders = new Set([...files].flatMap(foldersOf));
  return removed.filter((name) => folders.has(name) || foldersOf(name).some((folder) => files.has(folder)));
}

/** `a` and `a/b` of `a/b/c`. */
function foldersOf(name: string): readonly string[] {
  const parts = name.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
