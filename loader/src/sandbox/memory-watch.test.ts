import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { watchMemory } from './memory-watch.ts';
import { createRssOf, processesBelow } from './process-tree.ts';
import type { Look } from './rounds.ts';

interface Watched {
  readonly pid: number;
  readonly startsPrograms: boolean;
  readonly maxRssMb: number;
}

/** Looks once. @returns after how many milliseconds it wants to look again, and what it told */
function lookOnce(watched: Watched): { readonly againMs: number | undefined; readonly told: readonly string[] } {
  const told: string[] = [];
  let look: Look | undefined;
  const rounds = {
    add(added: Look) {
      look = added;
      return () => undefined;
    },
  };
  const stop = watchMemory({ ...watched, rounds, onLimit: (reason) => void told.push(reason) });
  const againMs = look?.(1_000);
  stop();
  return { againMs, told };
}

describe.runIf(process.platform === 'linux')('the watch over memory', () => {
  test.each([false, true])('is back before a fast machine has filled what is left (programs: %s)', (startsPrograms) => {
    const child = spawn('sleep', ['100']);
    const pid = child.pid ?? 0;
    // A thread of a fast machine fills eight megabytes in a millisecond.
    const { againMs, told } = lookOnce({ pid, startsPrograms, maxRssMb: createRssOf()(pid) + 360 });
    child.kill();
    expect(againMs).toBeLessThanOrEqual(360 / 8);
    expect(told).toEqual([]);
  });

  test('ends what left its group before anybody else does', async () => {
    const shell = spawn('sh', ['-c', 'setsid sleep 100 & wait'], { detached: true });
    const pid = shell.pid ?? 0;
    await expect.poll(() => processesBelow(pid, 10).length).toBe(2);
    const [, left = 0] = processesBelow(pid, 10);
    const { told } = lookOnce({ pid, startsPrograms: true, maxRssMb: 0 });
    expect(told).toEqual([expect.stringMatching(/^holds \d+ MB of memory; 0 MB are allowed$/)]);
    await once(shell, 'exit');
    await expect.poll(() => createRssOf()(left)).toBe(0);
  });
});
