import { ArError } from '@ar-registry/core/errors';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LoadedPlugin } from './loaded-plugin.ts';
import type { RunningPlugin } from './start.ts';
import { createSupervisor, type Supervisor } from './supervise.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A loader of one plugin, of which `crash` ends the process. */
function supervised(): { supervisor: Supervisor; crash: () => Promise<void>; told: string[] } {
  const told: string[] = [];
  let crashed: ((error: ArError) => void) | undefined;
  const start = (): void => {
    const running = {
      onCrash: (listener: (error: ArError) => void) => (crashed = listener),
    } as unknown as RunningPlugin;
    supervisor.watch('@a/b', running);
  };
  const supervisor = createSupervisor({
    maxCrashes: 3,
    restartDelayMs: 100,
    now: () => Date.now(),
    inTurn: (task) => task(),
    fail(_, __, { facts }) {
      told.push(`failed ${(facts as { restartMs?: number }).restartMs ?? 'for good'}`);
      return Promise.resolve(true);
    },
    restart() {
      start();
      told.push(`restarted ${supervisor.restartsOf('@a/b') + 1}`);
      return Promise.resolve({ status: 'active' } as LoadedPlugin);
    },
  });
  start();
  const crash = async (): Promise<void> => {
    crashed?.(new ArError('PLUGIN_CRASHED', { plugin: '@a/b', reason: 'x' }));
    await vi.advanceTimersByTimeAsync(0);
  };
  return { supervisor, crash, told };
}

test('a plugin that crashes is started later each time, and then not at all', async () => {
  const { crash, told } = supervised();
  await crash();
  await vi.advanceTimersByTimeAsync(100);
  await crash();
  await vi.advanceTimersByTimeAsync(199);
  expect(told).toEqual(['failed 100', 'restarted 1', 'failed 200']);
  await vi.advanceTimersByTimeAsync(1);
  await crash();
  await vi.advanceTimersByTimeAsync(1_000_000);
  expect(told).toEqual(['failed 100', 'restarted 1', 'failed 200', 'restarted 2', 'failed for good']);
});

test('a crash long after the last one is the first of a new row', async () => {
  const { crash, told } = supervised();
  for (let i = 0; i < 4; i += 1) {
    await crash();
    await vi.advanceTimersByTimeAsync(100_000);
  }
  expect(told.filter((what) => what === 'failed 100')).toHaveLength(4);
});

test('a plugin that somebody unloads is not started again', async () => {
  const { supervisor, crash, told } = supervised();
  await crash();
  supervisor.forget('@a/b');
  await vi.advanceTimersByTimeAsync(1_000_000);
  expect(told).toEqual(['failed 100']);
});
