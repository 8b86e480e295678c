/** The lock between processes. */
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withLock, type LockOptions } from '@ar-registry/io/lock';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startChild } from './support/child.ts';
import { codeOf, errorOf } from './support/code-of.ts';
import { tempDir, type TempDir } from './support/temp-dir.ts';

const COUNT_UNDER_LOCK = new URL('support/children/count-under-lock.ts', import.meta.url);
const HOLD_LOCK = new URL('support/children/hold-lock.ts', import.meta.url);

const options = (folder: string, rest: Partial<LockOptions> = {}): LockOptions => ({
  folder,
  resource: 'The test',
  holder: 'this test',
  ...rest,
});

/** The lock lies beside its folder: one in the test's own is gone with it. */
const lockIn = (dir: TempDir): string => path.join(dir.path, 'lock');

describe('withLock', () => {
  afterEach(() => void vi.useRealTimers());

  it('gives back what the work gives, and makes the folder', async () => {
    await using dir = await tempDir();
    const folder = path.join(dir.path, 'deep', 'lock');
    expect(await withLock(options(folder), async () => 42)).toBe(42);
    expect(await withLock(options(folder), async () => 43)).toBe(43);
  });

  it('lets only one at it at a time, within a process', async () => {
    await using dir = await tempDir();
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise(setImmediate);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 5 }, () => withLock(options(lockIn(dir)), work)));
    expect(most).toBe(1);
  });

  it('lets only one at it at a time, among processes', async () => {
    await using dir = await tempDir();
    await writeFile(path.join(dir.path, 'count'), '0');
    const children = Array.from({ length: 3 }, () => startChild(COUNT_UNDER_LOCK, dir.path, '12'));
    expect(await Promise.all(children.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    expect(await readFile(path.join(dir.path, 'count'), 'utf8')).toBe('36');
  });

  it('does not wait for whoever holds it for this process, and leaves it to them', async () => {
    await using dir = await tempDir();
    const parent = options(lockIn(dir), { holder: 'the parent' });
    const child = options(lockIn(dir), { holder: 'the child', sharedWith: 'the parent', timeoutMs: 0 });
    const stranger = options(lockIn(dir), { holder: 'a stranger', timeoutMs: 0 });
    const held = withLock(parent, async () => {
      expect(await withLock(child, async () => 'shared')).toBe('shared');
      expect(await codeOf(withLock(stranger, async () => 'taken'))).toBe('LOCK_HELD');
    });
    await held;
    // Once it is free, it is taken as by anybody else.
    const asked = withLock(child, () => codeOf(withLock(stranger, async () => 'taken')));
    expect(await asked).toBe('LOCK_HELD');
  });

  it('is free again after work that failed', async () => {
    await using dir = await tempDir();
    const failure = new Error('no');
    await expect(withLock(options(lockIn(dir)), () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await withLock(options(lockIn(dir), { timeoutMs: 0 }), async () => 'free')).toBe('free');
  });

  it('waits for the process that holds it, and tells for whom', async () => {
    await using dir = await tempDir();
    await using holder = startChild(HOLD_LOCK, lockIn(dir), 'ar plugin install (pid 7)');
    expect(await holder.line()).toBe('held');
    const told: string[] = [];
    const waited = withLock(
      options(lockIn(dir), {
        onWait: (other) => {
          told.push(other);
          holder.goOn();
        },
      }),
      async () => 'mine',
    );
    expect(await waited).toBe('mine');
    expect(told).toEqual(['ar plugin install (pid 7)']);
  });

  it('gives up after its time, and names who holds it', async () => {
    await using dir = await tempDir();
    await using holder = startChild(HOLD_LOCK, lockIn(dir), 'ar plugin install (pid 7)');
    await holder.line();
    const error = await errorOf(withLock(options(lockIn(dir), { timeoutMs: 300 }), async () => 'mine'));
    expect(error.code).toBe('LOCK_HELD');
    expect(error.facts).toEqual({ resource: 'The test', holder: 'ar plugin install (pid 7)', waitedMs: 300 });
  });

  it('is kept for as long as its holder lives', async () => {
    await using dir = await tempDir();
    await using holder = startChild(HOLD_LOCK, lockIn(dir), 'the child');
    await holder.line();
    // Longer than a lock lives that nobody keeps fresh.
    expect(await codeOf(withLock(options(lockIn(dir), { timeoutMs: 6000 }), async () => 'mine'))).toBe('LOCK_HELD');
    holder.goOn();
    expect(await holder.line()).toBe('released');
  });

  it('is free some seconds after a kill -9 of its holder', async () => {
    await using dir = await tempDir();
    await using holder = startChild(HOLD_LOCK, lockIn(dir), 'the child');
    await holder.line();
    await holder.kill();
    expect(await withLock(options(lockIn(dir), { timeoutMs: 20_000 }), async () => 'mine')).toBe('mine');
  });

  it('is left to whoever took it over from one that was stopped, who is told that it was lost', async () => {
    await using dir = await tempDir();
    await using stopped = startChild(HOLD_LOCK, lockIn(dir), 'the stopped one');
    await stopped.line();
    stopped.signal('SIGSTOP');
    const other = options(lockIn(dir), { holder: 'the other', timeoutMs: 20_000 });
    await withLock(other, async (lock) => {
      stopped.goOn();
      stopped.signal('SIGCONT');
      expect(await stopped.line()).toBe('released');
      // Its name is still there, as is its lock.
      expect(await readFile(path.join(lockIn(dir), 'holder'), 'utf8')).toBe('the other');
      expect(await codeOf(withLock(options(lockIn(dir), { timeoutMs: 0 }), async () => 'taken'))).toBe('LOCK_HELD');
      expect(await lock.renew()).toBe(false);
    });
  });

  it('is taken anew by one that lost it, once whoever took it over is done', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await using dir = await tempDir();
    const order: string[] = [];
    await withLock(options(lockIn(dir), { holder: 'the first' }), async (lock) => {
      expect(await lock.renew()).toBe(false);
      // As after a stop: nobody has kept it fresh for ten seconds.
      vi.setSystemTime(Date.now() + 10_000);
      const { promise: taken, resolve } = Promise.withResolvers<void>();
      const other = withLock(options(lockIn(dir), { holder: 'the other' }), async () => {
        resolve();
        await new Promise(setImmediate);
        order.push('the other');
      });
      await taken;
      expect(await lock.renew()).toBe(true);
      order.push('the first');
      expect(await readFile(path.join(lockIn(dir), 'holder'), 'utf8')).toBe('the first');
      await other;
    });
    expect(order).toEqual(['the other', 'the first']);
    expect(await withLock(options(lockIn(dir), { timeoutMs: 0 }), async () => 'free')).toBe('free');
  });

  it('is lost to one for whom another held it, when that one lost it', async () => {
    await using dir = await tempDir();
    const child = options(lockIn(dir), { holder: 'the child', sharedWith: 'the parent', timeoutMs: 0 });
    await withLock(options(lockIn(dir), { holder: 'the parent' }), () =>
      withLock(child, async (lock) => {
        expect(await lock.renew()).toBe(false);
        await writeFile(path.join(lockIn(dir), 'holder'), 'a stranger');
        expect(await codeOf(lock.renew())).toBe('LOCK_HELD');
      }),
    );
  });

  it('is taken over by one alone of many that find it stale', async () => {
    await using dir = await tempDir();
    await mkdir(`${lockIn(dir)}.lock`, { recursive: true });
    await utimes(`${lockIn(dir)}.lock`, new Date(0), new Date(0));
    await writeFile(path.join(dir.path, 'count'), '0');
    const children = Array.from({ length: 3 }, () => startChild(COUNT_UNDER_LOCK, dir.path, '1'));
    expect(await Promise.all(children.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    expect(await readFile(path.join(dir.path, 'count'), 'utf8')).toBe('3');
    expect((await readdir(dir.path)).toSorted()).toEqual(['count', 'lock']);
  });

  it('stops waiting when it is told to, with the reason it is given', async () => {
    await using dir = await tempDir();
    await using holder = startChild(HOLD_LOCK, lockIn(dir), 'the child');
    await holder.line();
    const stop = new AbortController();
    const reason = new Error('enough');
    const waiting = withLock(
      options(lockIn(dir), { signal: stop.signal, onWait: () => stop.abort(reason) }),
      async () => 'mine',
    );
    await expect(waiting).rejects.toBe(reason);
  });

  it('does not begin when it is told to stop before', async () => {
    await using dir = await tempDir();
    const reason = new Error('enough');
    const work = withLock(options(lockIn(dir), { signal: AbortSignal.abort(reason) }), async () => 'mine');
    await expect(work).rejects.toBe(reason);
  });

  it('says what is in the way of its folder', async () => {
    await using dir = await tempDir();
    await mkdir(path.join(dir.path, 'x'));
    await writeFile(path.join(dir.path, 'file'), '');
    expect(await codeOf(withLock(options(path.join(dir.path, 'file')), async () => 'mine'))).toBe('FILE_ACCESS');
    expect(await codeOf(withLock(options(path.join(dir.path, 'file', 'lock')), async () => 'mine'))).toBe(
      'FILE_ACCESS',
    );
  });
});
