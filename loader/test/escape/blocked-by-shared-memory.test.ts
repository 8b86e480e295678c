import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectTraffic } from '../support/escape.ts';
import { removeWorkDir } from '../support/project.ts';
import { silenceRelay } from '../support/relay.ts';
import { plantPlugin, RUNTIMES } from '../support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

describe.each(RUNTIMES)('on %s', (_, node) => {
  test.each([
    ['waits on shared memory for ever', `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)`],
    [
      'spins on shared memory',
      `const cell = new Int32Array(new SharedArrayBuffer(4)); while (Atomics.load(cell, 0) === 0);`,
    ],
    [
      'counts with it as a clock',
      `const cell = new Int32Array(new SharedArrayBuffer(4)); for (;;) Atomics.add(cell, 0, 1);`,
    ],
    ['backtracks in a regular expression', `/^(a+)+$/.test('a'.repeat(60) + 'b')`],
    ['never ends its microtasks', `const again = () => Promise.resolve().then(again); again()`],
    ['never leaves the next tick', `const again = () => process.nextTick(again); again()`],
  ])('a plugin that %s is ended, and the daemon never waits for it', async (__, block) => {
    await using planted = await plantPlugin({
      node,
      relay: { limits: { heartbeatMs: 100, maxMissed: 15, maxCrashes: 1 } },
      attempts: `export const attempts = { block: () => { setTimeout(() => { ${block}; }); } };`,
    });
    await planted.attempt();
    await expectTraffic(planted.relay);
    const { loader } = planted.relay;
    await expect.poll(() => loader.getLoaded()[0]?.error?.code, { timeout: 20_000 }).toBe('PLUGIN_CRASHED');
    // Some of them fill the heap before the heartbeat is missed.
    expect(planted.reason()).toMatch(/did not answer|was ended by|ran out of memory/);
    await expectTraffic(planted.relay);
  });
});
