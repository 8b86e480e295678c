/** How much a plugin's servers take, and what is left of them when it is gone. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connected, echoed, freePort, isOpen } from './support/ports.ts';
import { removeWorkDir } from './support/project.ts';
import { silenceRelay } from './support/relay.ts';
import { ask, plantServers, portsOf } from './support/servers.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

test('more connections than there may be are closed, and those that a plugin makes are counted by themselves', async () => {
  await using planted = await plantServers(
    `
    const server = await listen('echo', net.createServer((socket) => socket.pipe(socket)), 0);
    await listen('own', net.createServer((socket) => socket.end('own')), 0);`,
    { relay: { limits: { maxAccepted: 3 } } },
  );
  const { echo } = await portsOf<'echo'>(planted);
  const sockets = [await connected(echo), await connected(echo), await connected(echo)];
  for (const socket of sockets) expect(await echoed(socket)).toBe('x');
  const more = connect({ port: echo, host: '127.0.0.1' }).on('error', () => undefined);
  expect(await echoed(more)).toBe('closed');
  sockets[0]?.destroy();
  await expect
    .poll(async () => echoed(connect({ port: echo, host: '127.0.0.1' }).on('error', () => undefined)), {
      timeout: 10_000,
    })
    .toBe('x');
  for (const socket of sockets) socket.destroy();
}, 30_000);

test('a port is given back when the plugin is unloaded, and when its process dies, and taken again', async () => {
  const port = await freePort();
  await using planted = await plantServers(
    `
    await listen('http', http.createServer((request, response) => {
      if (request.url === '/die') process.exit(3);
      if (request.url !== '/hang') response.end('alive');
    }), ${port});`,
    { permissions: { listen: [`127.0.0.1:${port}`] }, relay: { limits: { restartDelayMs: 50 } } },
  );
  const { loader } = planted.relay;
  const alive = (): Promise<string> =>
    ask(port).then(
      ({ body }) => body,
      () => '',
    );
  expect((await ask(port)).body).toBe('alive');
  const hungUp = { status: 'rejected', reason: { code: 'ECONNRESET' } };
  expect(await Promise.allSettled([ask(port, { path: '/hang' }), ask(port, { path: '/die' })])).toMatchObject([
    hungUp,
    hungUp,
  ]);
  await expect.poll(alive, { timeout: 20_000 }).toBe('alive');
  await loader.reload('@test/hostile');
  await expect.poll(alive, { timeout: 20_000 }).toBe('alive');
  const idle = await connected(port);
  const ended = once(idle.resume(), 'end');
  await loader.unload('@test/hostile');
  await ended;
  idle.destroy();
  expect(await isOpen(port)).toBe(false);
  // Nobody holds it: it can be listened on here.
  const here = createServer().listen(port, '127.0.0.1');
  await once(here, 'listening');
  here.close();
}, 30_000);
