/**
 * Mutual exclusion between processes, by a lock folder whose age is kept fresh while its holder lives.
 *
 * After a `kill -9` of the holder the next process waits until the lock is stale; a holder's name lies beside it, so
 * that whoever waits can say for whom.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ArError } from '@ar-registry/core/errors';
import { makeFolder, translateFileError } from '../files/index.ts';
import { tryLock, type LockState } from './lock-folder.ts';

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

/** What the work under a lock is handed. */
export interface HeldLock {
  /**
   * Makes sure that it is held still. A process that was stopped for longer than the lock lives, as that of a laptop which was
   * closed, may find that another took it over: then it waits for it as it did at first.
   *
   * @returns whether it was lost in between, so that what was found out before may be true no more
   * @throws as `withLock`
   */
  renew(): Promise<boolean>;
}

const POLL_MS = 100;

/**
 * Runs `work` while holding the lock.
 *
 * @throws LOCK_HELD when somebody else keeps it for longer than `timeoutMs` (60,000 by default)
 */
export async function withLock<T>(options: LockOptions, work: (lock: HeldLock) => Promise<T>): Promise<T> {
  let taken = await acquire(options);
  try {
    return await work({
      async renew() {
        if (await isHeld(taken)) return false;
        taken = await acquire(options);
        return true;
      },
    });
  } finally {
    taken.release();
  }
}

interface Taken {
  readonly state: () => LockState;
  /** Leaves it alone if it is another's by now. */
  readonly release: () => void;
}

async function acquire(options: LockOptions): Promise<Taken> {
  const { folder, holder, sharedWith } = options;
  const holderFile = path.join(folder, 'holder');
  await prepareFolder(folder);
  let wait: ReturnType<typeof startWaiting> | undefined;
  for (;;) {
    options.signal?.throwIfAborted();
    const lock = tryLock(folder);
    if (lock) {
      writeHolder(holderFile, holder);
      return { state: () => lock.state(), release: () => lock.release(() => rmSync(holderFile, { force: true })) };
    }
    const other = (await readHolder(holderFile)) || 'another process';
    if (other === sharedWith) return sharedLock(holderFile, sharedWith);
    wait ??= startWaiting(options, other);
    await wait(other);
  }
}

/** One that another process holds for this one: it is kept fresh, and released, by that one. */
function sharedLock(holderFile: string, sharedWith: string): Taken {
  const state = (): LockState => (readHolderSync(holderFile) === sharedWith ? 'held' : 'lost');
  return { state, release: () => undefined };
}

/** After a stop, what keeps it fresh needs a moment; until then anybody may take it. */
async function isHeld({ state }: Taken): Promise<boolean> {
  for (;;) {
    const now = state();
    if (now !== 'old') return now === 'held';
    await delay(1);
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

function readHolder(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

function readHolderSync(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it is another's, or nobody's
  }
}
