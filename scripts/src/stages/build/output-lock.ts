/**
 * One build at a time writes into a folder. Who does says so in a file of the folder, and whoever comes meanwhile waits.
 *
 * It holds as long as the process lives that wrote it: a build of everything is busy for longer than any sign of life that
 * it could give could be late. Of a process of another machine nobody knows whether it lives.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ArError } from '@ar-registry/core/errors';
import { readTextIfExists, translateFileError } from '@ar-registry/io/files';
import { hasEnded, thisRun } from '@ar-registry/io/process-run';

/** Never served, and no file of a build. */
export const LOCK_FILE = '.ar-building';

export interface OutputLockOptions {
  /** How long to wait for another build; a minute unless given. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

const POLL_MS = 50;
/** Process, when it started, machine. */
const HOLDER = /^(\d+) (\d+) (.*)\n$/;

/**
 * Runs `work` when no other build writes into the folder, which is made if it is missing.
 *
 * @throws OUTPUT_IN_USE where another one still does after that time, FILE_ACCESS, DISK_FULL, ABORTED
 */
export async function withOutput<T>(
  folder: string,
  { timeoutMs = 60_000, signal }: OutputLockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const file = join(folder, LOCK_FILE);
  const { pid, startedAt } = thisRun();
  const own = `${pid} ${startedAt} ${hostname()}\n`;
  const deadline = performance.now() + timeoutMs;
  const isNew = makeFolder(folder);
  while (!isTaken(file, own)) {
    signal?.throwIfAborted();
    // None where there is none any more; it may be empty for a moment.
    const holder = await readTextIfExists(file);
    if (holder !== undefined && isGone(holder)) clear(file, holder);
    else if (performance.now() > deadline)
      throw new ArError('OUTPUT_IN_USE', { folder, file: LOCK_FILE, holder: whoIs(holder) });
    else await delay(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
    if (isNew) removeEmpty(folder);
  }
}

/** @returns whether it was not there */
function makeFolder(folder: string): boolean {
  try {
    return mkdirSync(folder, { recursive: true }) !== undefined;
  } catch (error) {
    throw translateFileError(error, folder);
  }
}

/** Of a build that has failed before it had anything to write. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw translateFileError(error, folder);
  }
}

/** The number of a process and its machine. */
function whoIs(holder = ''): string {
  const [, pid, , host] = HOLDER.exec(holder) ?? [];
  return pid === undefined ? 'unknown' : `${pid} ${host}`;
}

function isTaken(file: string, own: string): boolean {
  try {
    writeFileSync(file, own, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw translateFileError(error, file);
  }
}

/** Whether a process of this machine has ended without taking its file away, as one that was killed does. */
function isGone(holder: string): boolean {
  const [, pid = '', started, host] = HOLDER.exec(holder) ?? [];
  if (host !== hostname()) return false;
  return hasEnded({ pid: Number(pid), startedAt: Number(started) });
}

/** Of several that find the same, one takes it away. What somebody has written there meanwhile is put back. */
function clear(file: string, holder: string): void {
  const aside = `${file}-${process.pid}`;
  try {
    renameSync(file, aside);
    if (readFileSync(aside, 'utf8') === holder) rmSync(aside, { force: true });
    else renameSync(aside, file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw translateFileError(error, file);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
