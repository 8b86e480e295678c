import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { hasEnded, thisRun } from './index.ts';

it('knows itself from an earlier process of its number', () => {
  const { pid, startedAt } = thisRun();
  expect(pid).toBe(process.pid);
  expect(Math.abs(Date.now() - performance.now() - startedAt)).toBeLessThan(60_000);
  expect(hasEnded({ pid, startedAt })).toBe(false);
  expect(hasEnded({ pid, startedAt: startedAt - 1 })).toBe(true);
});

it('tells one that runs from one that has ended', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  try {
    expect(hasEnded({ pid: child.pid ?? 0, startedAt: 1 })).toBe(false);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  expect(hasEnded({ pid, startedAt: 1 })).toBe(true);
});
