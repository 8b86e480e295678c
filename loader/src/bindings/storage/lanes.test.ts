import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createLanes, type Lanes } from './lanes.ts';

function lanesOf(options: Partial<Parameters<typeof createLanes>[0]> = {}): Lanes {
  return createLanes({ maxTasks: 100, maxBytes: 1_000, width: 2, ...options });
}

test('what has one key is done in order; what has another overlaps, up to the width', async () => {
  const lanes = lanesOf();
  const log: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const add = (key: string, name: string): void => {
    const gate = Promise.withResolvers<void>();
    gates.set(name, gate);
    lanes.run(key, 1, async () => {
      log.push(`${name} in`);
      await gate.promise;
      log.push(`${name} out`);
    });
  };
  add('a', 'a1');
  add('a', 'a2');
  add('b', 'b1');
  add('c', 'c1');
  await nextTurn();
  expect(log).toEqual(['a1 in', 'b1 in']);
  for (const name of ['a1', 'b1', 'a2', 'c1']) gates.get(name)?.resolve();
  await lanes.settled();
  expect(log.indexOf('a2 in')).toBeGreaterThan(log.indexOf('a1 out'));
  expect(log).toHaveLength(8);
  expect(lanes.size).toBe(0);
});

test('a task that fails stops none that follow', async () => {
  const lanes = lanesOf();
  let done = false;
  lanes.run('a', 1, () => Promise.reject(new Error('boom')));
  lanes.run('a', 1, async () => {
    done = true;
  });
  await lanes.settled();
  expect(done).toBe(true);
});

test('what does not fit, in number or in bytes, is not taken', async () => {
  const hang = Promise.withResolvers<void>();
  const few = lanesOf({ maxTasks: 2 });
  expect([1, 1, 1].map((bytes) => few.run('a', bytes, () => hang.promise))).toEqual([true, true, false]);
  const small = lanesOf({ maxBytes: 10 });
  expect([6, 6, 4].map((bytes) => small.run('a', bytes, () => hang.promise))).toEqual([true, false, true]);
  hang.resolve();
  await Promise.all([few.settled(), small.settled()]);
  expect(few.run('a', 1, () => Promise.resolve())).toBe(true);
});
