/**
 * Mutual exclusion between processes, by a lock folder whose age is kept fresh while its holder lives.
 *
 * After a `kill -9` of the holder the next process waits until the lock is stale; a holder's name lies beside it, so
 * that whoever waits can say for whom.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
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
    await release();
  }
}

async function acquire(options: LockOptions): Promise<() => Promise<void>> {
  const { folder, holder, timeoutMs = 60_000 } = options;
  const holderFile = path.join(folder, 'holder');
  await prepareFolder(folder);
  const deadline = performance.now() + timeoutMs;
  let told = false;
  for (;;) {
    options.signal?.throwIfAborted();
    const release = await tryLock(folder);
    if (release) {
      await writeFile(holderFile, holder).catch((error: unknown) => ignoreFull(error));
      return async () => {
        await rm(holderFile, { force: true });
        await release();
      };
    }
    const other = (await readFile(holderFile, 'utf8').catch(() => '')) || 'another process';
    if (!told) options.onWait?.(other);
    told = true;
    if (performance.now() > deadline)
      throw new ArError('LOCK_HELD', { resource: options.resource, holder: other, waitedMs: timeoutMs });
    await delay(POLL_MS, undefined, options.signal ? { signal: options.signal } : {}).catch((error: unknown) => {
      options.signal?.throwIfAborted();
      throw error;
    });
  }
}

async function tryLock(folder: string): Promise<(() => Promise<void>) | undefined> {
  try {
    const release = await lockfile.lock(folder, {
      stale: STALE_MS,
      update: UPDATE_MS,
      retries: 0,
      realpath: false,
      // The default handler throws from a timer and ends the process. A holder that slept for longer than the lock
      // lives (a closed laptop) may find that another took it; what it then writes must not rest on what it read
      // before, which `changeProject` checks by itself.
      onCompromised: () => undefined,
    });
    return async () => {
      await release().catch((error: unknown) => ignoreReleased(error));
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
function ignoreFull(error: unknown): void {
  if (!(error instanceof Error)) throw error;
}

function ignoreReleased(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ERELEASED' && code !== 'ENOTACQUIRED' && code !== 'ENOENT') throw error;
}
