/**
 * How far a site has come: of which build of everything it is, and how long the log is of what has been written since then
 * in the folders of plugins. Two states with the same build are one and the same, or differ by what stands between their ends.
 */
import { createHash } from 'node:crypto';
import { open, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { translateFileError } from '@ar-registry/io/files';
import { BUILD_MANIFEST, FILES_LOG, JOURNAL } from '../build/index.ts';

export interface SiteState {
  /** Of the build of everything: another one for each. */
  readonly build: string;
  /** Of the log. */
  readonly bytes: number;
  /** Of its file, which only grows: one that came out of a backup is another one. 0 for none. */
  readonly inode: number;
  readonly digest: string;
}

export interface ReadState extends SiteState {
  readonly log: Buffer;
}

/**
 * @returns undefined for a folder that no build of ours wrote, such as a mirror
 * @throws DEPLOY_UNFINISHED where a build is writing, or was stopped while it did; FILE_ACCESS
 */
export async function readSiteState(site: string): Promise<ReadState | undefined> {
  const build = await finishedBuild(site);
  if (build === undefined) return undefined;
  const { log, inode } = await readLog(path.join(site, FILES_LOG));
  // What stands in the log is moved to its place after that: until it is, the journal is there.
  if (await exists(path.join(site, JOURNAL))) throw new ArError('DEPLOY_UNFINISHED', { site });
  return { build, bytes: log.length, inode, digest: digestOf(log), log };
}

/** What was written after that state; undefined where the site does not go on from there. */
export function pathsSince({ build, bytes, inode, digest }: SiteState, now: ReadState): readonly string[] | undefined {
  // What is written again after a backup may have the same paths, and other files.
  if (build !== now.build || bytes > now.bytes || (bytes > 0 && inode !== now.inode)) return undefined;
  if (digestOf(now.log.subarray(0, bytes)) !== digest) return undefined;
  const lines = now.log.toString('utf8', bytes).split('\n');
  // Each is a path after a plus or a minus: what is true is in the folder.
  return [...new Set(lines.flatMap((line) => (line === '' ? [] : [line.slice(1)])))];
}

async function finishedBuild(site: string): Promise<string | undefined> {
  const file = path.join(site, BUILD_MANIFEST);
  try {
    const handle = await open(file, 'r');
    try {
      return await readBuild(handle, site);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error instanceof ArError ? error : translateFileError(error, file);
  }
}

/** What it says of itself stands before its list of files, which may be long. */
const SAYS_UNFINISHED = '"complete":false';
const BEGINNING_BYTES = 64;

async function readBuild(handle: FileHandle, site: string): Promise<string> {
  const { ino, mtimeNs, size } = await handle.stat({ bigint: true });
  const { buffer } = await handle.read(Buffer.alloc(BEGINNING_BYTES), 0, BEGINNING_BYTES, 0);
  if (buffer.includes(SAYS_UNFINISHED)) throw new ArError('DEPLOY_UNFINISHED', { site });
  return `${ino}-${mtimeNs}-${size}`;
}

async function readLog(file: string): Promise<Pick<ReadState, 'log' | 'inode'>> {
  try {
    await using handle = await open(file, 'r');
    const { ino } = await handle.stat();
    return { log: await handle.readFile(), inode: ino };
  } catch (error) {
    if (isMissing(error)) return { log: Buffer.alloc(0), inode: 0 };
    throw translateFileError(error, file);
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    (error: unknown) => {
      if (isMissing(error)) return false;
      throw translateFileError(error, file);
    },
  );
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
