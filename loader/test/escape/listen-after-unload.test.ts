import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectTraffic } from '../support/escape.ts';
import { freePort, isOpen } from '../support/ports.ts';
import { removeWorkDir } from '../support/project.ts';
import { silenceRelay } from '../support/relay.ts';
import { plantPlugin, RUNTIMES } from '../support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

test.each(RUNTIMES)('nobody listens once a plugin is unloaded, however late it begins (%s)', async (_, node) => {
  const port = await freePort();
  await using planted = await plantPlugin({
    node,
    permissions: { listen: [`127.0.0.1:${port}`] },
    attempts: `
      import net from 'node:net';
      const again = () => net.createServer((socket) => socket.end('still here')).on('error', () => setImmediate(again)).listen(${port});
      export const loading = (context) => {
        context.signal.addEventListener('abort', again);
        process.on('exit', again).on('SIGTERM', again);
        again();
      };
      export const attempts = { control: () => 'works' };`,
  });
  expect(await planted.attempt()).toEqual({ control: { returned: 'works' } });
  expect(await isOpen(port)).toBe(true);
  await planted.relay.loader.unload('@test/hostile');
  expect(await isOpen(port)).toBe(false);
  // The system holds it no more.
  const own = createServer().listen({ port, host: '127.0.0.1', exclusive: true });
  await once(own, 'listening');
  own.close();
  await expectTraffic(planted.relay);
});
