/**
 * Mutual exclusion between processes, by a lock folder whose age is kept fresh while its holder lives.
 *
 * After a `kill -9` of the holder the next process waits until the lock is stale; a holder's name lies beside it, so
 * that whoever waits can say for whom.
 */
import { mkdirSync, rmdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ArError } from '@ar-registry/core/errors';
import lockfile from 'proper-lockfile';
import { makeFolder, translateFileError } from '../files/index.ts';

export interface LockOptions {
  /** Folder that the lock protects; made if it is missing. */
  readonly folder: string;
  /** What is locked, as a person would name it. */
  readonly resource: string;
  /** Who asks, as a person would name it: `ar plugin install (pid 4711)`. */
  readonly holder: string;
  /** Who may hold it for this process: what it started must not wait for it. */
  readonly sharedWith?: string | undefined;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Called once when somebody else holds the lock, before waiting for it. */
  readonly onWait?: (holder: string) => void;
}

const STALE_MS = 4000;
const UPDATE_MS = 1000;
const POLL_MS = 100;

/**
 * Runs `work` while holding the lock.
 *
 * @throws LOCK_HELD when somebody else keeps it for longer than `timeoutMs` (60,000 by default)
 */
export async function withLock<T>(options: LockOptions, work: () => Promise<T>): Promise<T> {
  const release = await acquire(options);
  try {
    return await work();
  } finally {
    release();
  }
}

async function acquire(options: LockOptions): Promise<() => void> {
  const { folder, holder } = options;
  const holderFile = path.join(folder, 'holder');
  await prepareFolder(folder);
  let wait: ReturnType<typeof startWaiting> | undefined;
  for (;;) {
    options.signal?.throwIfAborted();
    const release = tryLock(folder);
    if (release) {
      writeHolder(holderFile, holder);
      return () => {
        rmSync(holderFile, { force: true });
        release();
      };
    }
    const other = (await readFile(holderFile, 'utf8').catch(() => '')) || 'another process';
    if (other === options.sharedWith) return () => undefined;
    wait ??= startWaiting(options, other);
    await wait(other);
  }
}

/** Counts from the first time that somebody else holds it: to load what counts takes longer than to take a lock that is free. */
function startWaiting({ resource, timeoutMs = 60_000, signal, onWait }: LockOptions, first: string) {
  const deadline = performance.now() + timeoutMs;
  onWait?.(first);
  /** @throws LOCK_HELD */
  return async (holder: string): Promise<void> => {
    if (performance.now() > deadline) throw new ArError('LOCK_HELD', { resource, holder, waitedMs: timeoutMs });
    await delay(POLL_MS, undefined, signal ? { signal } : {}).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw error;
    });
  };
}

/** At once, as all small files here: four of them by threads took longer than to plan what is done under the lock. */
function tryLock(folder: string): (() => void) | undefined {
  try {
    const release = lockfile.lockSync(folder, {
      stale: STALE_MS,
      update: UPDATE_MS,
      retries: 0,
      realpath: false,
      fs: { mkdirSync, rmdirSync, statSync, utimesSync },
      // The default handler throws from a timer and ends the process. A holder that slept for longer than the lock
      // lives (a closed laptop) may find that another took it; what it then writes must not rest on what it read
      // before, which `changeProject` checks by itself.
      onCompromised: () => undefined,
    });
    return () => {
      try {
        release();
      } catch (error) {
        ignoreReleased(error);
      }
    };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ELOCKED') return undefined;
    throw translateFileError(error, folder);
  }
}

async function prepareFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (error) {
    throw translateFileError(error, folder);
  }
}

/** The holder's name is a courtesy: a full disk is reported where it matters. */
function writeHolder(file: string, holder: string): void {
  try {
    writeFileSync(file, holder);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

function ignoreReleased(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ERELEASED' && code !== 'ENOTACQUIRED' && code !== 'ENOENT') throw error;
}
