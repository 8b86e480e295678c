/**
 * The folder whose existence is the lock, by `proper-lockfile`, and what that leaves to its users: whether a lock is still
 * this process's own when it is given back, and that of two which find it stale one takes it over.
 *
 * Everything is done at once, as with all small files here: four of them by threads took longer than to plan what is done
 * under the lock.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmdirSync, statSync, utimesSync } from 'node:fs';
import lockfile from 'proper-lockfile';
import { translateFileError } from '../files/index.ts';

/** `old`: nobody has taken it, and anybody may: what keeps it fresh is behind. */
export type LockState = 'held' | 'old' | 'lost';

export interface FolderLock {
  state(): LockState;
  /** Gives it back, and calls `before` just before; does neither where it is another's by now. */
  release(before: () => void): void;
}

const STALE_MS = 4000;
const UPDATE_MS = 1000;

/** @returns undefined where somebody else holds it @throws DISK_FULL, FILE_ACCESS */
export function tryLock(folder: string): FolderLock | undefined {
  const file = `${folder}.lock`;
  // Who takes it over sets another time: the one that was last seen there tells whose it is.
  let seenMs: number | undefined;
  const look = (): void => {
    seenMs = statSync(file).mtimeMs;
  };
  let isGivenUp = false;
  const state = (): LockState => {
    if (isGivenUp || seenMs === undefined || timeOf(file) !== seenMs) return 'lost';
    return Date.now() - seenMs > STALE_MS / 2 ? 'old' : 'held';
  };
  const fs = {
    mkdirSync,
    statSync,
    utimesSync(...args: Parameters<typeof utimesSync>) {
      utimesSync(...args);
      look();
    },
    // Before it is held, the lock of one that was killed is to go; afterwards, at the end of the process too, this one.
    rmdirSync: () => (seenMs === undefined ? removeStale(file) : state() !== 'lost' && rmdirSync(file)),
  };
  try {
    const release = lockfile.lockSync(folder, {
      stale: STALE_MS,
      update: UPDATE_MS,
      retries: 0,
      realpath: false,
      fs,
      // The default throws from a timer and ends the process. Who must know asks.
      onCompromised: () => (isGivenUp = true),
    });
    look();
    return { state, release: (before) => state() !== 'lost' && giveBack(before, release) };
  } catch (error) {
    if (isCode(error, 'ELOCKED')) return undefined;
    throw translateFileError(error, folder);
  }
}

/**
 * Two may find it stale at once; the later one must not remove what the first has put there. So it is moved away before it is
 * looked at: that only one of them can do.
 */
function removeStale(file: string): void {
  const aside = `${file}.${randomUUID()}`;
  renameSync(file, aside);
  if (Date.now() - statSync(aside).mtimeMs > STALE_MS) {
    rmdirSync(aside);
    return;
  }
  renameSync(aside, file);
  throw Object.assign(new Error('another was faster'), { code: 'ELOCKED' });
}

function giveBack(before: () => void, release: () => void): void {
  before();
  try {
    release();
  } catch (error) {
    if (!['ERELEASED', 'ENOTACQUIRED', 'ENOENT'].some((code) => isCode(error, code))) throw error;
  }
}

function timeOf(file: string): number | undefined {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return undefined; // given back by another, or out of reach
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
