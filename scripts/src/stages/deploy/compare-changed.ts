/**
 * What a place lacks of a site that goes on from what was deployed there: looked at are the files that builds have written
 * since then in the folders of plugins, and those outside of them that are not what they were. Of both the place is asked.
 *
 * What somebody else than a build writes into the folder of a plugin is not seen: a whole comparison sees it.
 */
import { ArError } from '@ar-registry/core/errors';
import { BUILD_MANIFEST } from '../build/index.ts';
import { isLoose, type Comparison, type ComparisonOptions } from './compare.ts';
import { stampOf, type DeployRecord } from './record.ts';
import { isServed, statServed, walkServed } from './site-files.ts';
import { pathsSince, readSiteState, type ReadState } from './site-state.ts';
import type { Found, Place, SiteFile } from './types.ts';

export interface ChangedOptions extends ComparisonOptions {
  readonly record: DeployRecord;
  readonly state: ReadState;
}

/** @returns undefined where the site does not go on from there @throws FILE_ACCESS, and what the place throws */
export async function compareChanged(options: ChangedOptions): Promise<Comparison | undefined> {
  const { site, place, record, state, signal } = options;
  const written = pathsSince(record.state, state);
  if (!written) return undefined;
  const files = await readLoose(site);
  const loose = new Map([...files].map(([path, file]) => [path, stampOf(file)] as const));
  const paths = new Set([...written.filter(isServed), ...differing(record.loose, loose)]);
  const present = await place.find([...paths]);
  const looks: Look[] = [];
  for (const path of [...paths].toSorted()) {
    signal.throwIfAborted();
    looks.push(await lookAt(path, { site, place, found: present.get(path) }));
  }
  const changed = looks.flatMap(({ file, isHeld }) => (file && !isHeld ? [file] : []));
  // All of them the site had, so that they are nobody else's, also in folders that it has no more.
  const removed = looks.filter(({ file, found }) => !file && found).map(({ path }) => path);
  const fresh = looks.filter(({ file, found }) => file && !found).length;
  const after = record.files + fresh - removed.length;
  return {
    changed,
    removed,
    unchanged: after - changed.length,
    before: record.files,
    files: after,
    size: record.size + looks.reduce((sum, look) => sum + growthOf(look), 0),
    loose,
    assertStill: () => assertSame(site, { state, loose, looks }),
  };
}

/** Of one path: what the site has there, and the place. */
interface Look {
  readonly path: string;
  readonly file: SiteFile | undefined;
  readonly found: Found | undefined;
  readonly isHeld: boolean;
}

async function lookAt(
  path: string,
  { site, place, found }: { readonly site: string; readonly place: Place; readonly found: Found | undefined },
): Promise<Look> {
  const file = statServed(site, path);
  const isHeld = file !== undefined && found !== undefined && (await place.holds(file, found));
  return { path, file, found, isHeld };
}

/** In bytes; nothing where the place does not say how much it has there. */
function growthOf({ file, found }: Look): number {
  const now = file?.size ?? 0;
  return now - (found ? (found.size ?? now) : 0);
}

async function readLoose(site: string): Promise<ReadonlyMap<string, SiteFile>> {
  const files = new Map<string, SiteFile>();
  for await (const file of walkServed(site, { isLeftOut: (name) => !isLoose(name) })) files.set(file.path, file);
  return files;
}

/** Paths of what is not the same in both. */
function differing(then: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): readonly string[] {
  const gone = [...then.keys()].filter((path) => !now.has(path) && isServed(path));
  return [...[...now].filter(([path, stamp]) => then.get(path) !== stamp).map(([path]) => path), ...gone];
}

interface Seen {
  readonly state: ReadState;
  readonly loose: ReadonlyMap<string, string>;
  readonly looks: readonly Look[];
}

/** @throws DEPLOY_MOVING where a build has begun since, or a file is not what it was */
async function assertSame(site: string, { state, loose, looks }: Seen): Promise<void> {
  const now = await readSiteState(site);
  const since = now && pathsSince(state, now);
  const path = since ? (since[0] ?? (await movedOf(site, { loose, looks }))) : BUILD_MANIFEST;
  if (path !== undefined) throw new ArError('DEPLOY_MOVING', { site, path });
}

async function movedOf(site: string, { loose, looks }: Omit<Seen, 'state'>): Promise<string | undefined> {
  const moved = looks.find(({ path, file }) => !isSame(file, statServed(site, path)));
  if (moved) return moved.path;
  const files = await readLoose(site);
  return differing(loose, new Map([...files].map(([path, file]) => [path, stampOf(file)])))[0];
}

function isSame(then: SiteFile | undefined, now: SiteFile | undefined): boolean {
  return (then && stampOf(then)) === (now && stampOf(now));
}
