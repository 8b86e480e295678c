import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectTraffic } from '../support/escape.ts';
import { removeWorkDir } from '../support/project.ts';
import { silenceRelay } from '../support/relay.ts';
import { plantPlugin } from '../support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

// Who misses it is the daemon: one runtime is enough.
test('a plugin that never answered a heartbeat is missed all the same', async () => {
  await using planted = await plantPlugin({
    relay: { limits: { heartbeatMs: 100, maxMissed: 15, maxCrashes: 1 } },
    attempts: `
      import net from 'node:net';
      const { write } = net.Socket.prototype;
      net.Socket.prototype.write = function (bytes, ...rest) {
        // A result of nothing is the answer to one.
        if (bytes[0] === 2 && String(bytes.subarray(9)) === '[true,{"$ar":"undefined"}]') return true;
        return write.call(this, bytes, ...rest);
      };
      export const attempts = { control: () => 'works' };`,
  });
  expect(await planted.attempt()).toEqual({ control: { returned: 'works' } });
  await expect.poll(() => planted.reason(), { timeout: 20_000 }).toMatch(/did not answer/);
  await expectTraffic(planted.relay);
});
