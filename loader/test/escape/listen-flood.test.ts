import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectTraffic } from '../support/escape.ts';
import { echoed } from '../support/ports.ts';
import { removeWorkDir } from '../support/project.ts';
import { silenceRelay } from '../support/relay.ts';
import { plantPlugin } from '../support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

// What holds them off runs in the daemon: one runtime is enough.
test('a flood of connections to a plugin is cut off, and neither the daemon nor the plugin’s own connections suffer', async () => {
  await using planted = await plantPlugin({
    permissions: { listen: ['127.0.0.1:0'] },
    attempts: `
      import net from 'node:net';
      import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
      const server = net.createServer((socket) => socket.on('error', () => {}).pipe(socket));
      export const loading = async () => { server.listen(0); await once(server, 'listening'); };
      export const attempts = { port: () => server.address().port, count: () => new Promise((resolve) => server.getConnections((_, count) => resolve(count))) };`,
  });
  const told = async (name: string): Promise<number> =>
    Number(((await planted.attempt())[name] as { returned: unknown }).returned);
  const port = await told('port');
  const sockets: Socket[] = [];
  const closed = Array.from({ length: 600 }, () => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write('x'));
    sockets.push(socket.on('error', () => undefined));
    return once(socket, 'close').catch(() => undefined);
  });
  await expectTraffic(planted.relay);
  await expect
    .poll(() => sockets.filter(({ closed: isClosed }) => isClosed).length, { timeout: 20_000 })
    .toBeGreaterThanOrEqual(600 - 128);
  expect(await told('count')).toBeLessThanOrEqual(128);
  for (const socket of sockets) socket.destroy();
  await Promise.all(closed);
  await expect.poll(() => echoed(connect({ port, host: '127.0.0.1' })), { timeout: 10_000 }).toBe('x');
  await expectTraffic(planted.relay);
});

test('connections that a plugin does not take are not gathered', async () => {
  await using planted = await plantPlugin({
    permissions: { listen: ['127.0.0.1:0'] },
    relay: { limits: { maxMissed: 25 } },
    attempts: `
      import fs from 'node:fs';
      import net from 'node:net';
      import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
      const server = net.createServer();
      let waits = false;
      export const loading = async () => { server.listen(0); await once(server, 'listening'); };
      export const attempts = {
        port: () => server.address().port,
        block: ({ dataDir }) => {
          if (waits) fs.writeFileSync(dataDir + '/blocked', '');
          if (waits) while (!fs.existsSync(dataDir + '/go-on'));
          waits = true;
          return 'waited';
        },
      };`,
  });
  const { port } = (await planted.attempt()) as { port: { returned: number } };
  const blocked = planted.attempt();
  await expect.poll(() => existsSync(join(planted.dataDir, 'blocked')), { timeout: 10_000 }).toBe(true);
  const sockets = Array.from({ length: 100 }, () => {
    const socket = connect({ port: port.returned, host: '127.0.0.1' }, () => socket.write(Buffer.alloc(1024 * 1024)));
    return socket.on('error', () => undefined);
  });
  const refused = (): number => sockets.filter(({ closed }) => closed).length;
  await expect.poll(refused, { timeout: 20_000 }).toBe(100 - 64);
  await expectTraffic(planted.relay);
  writeFileSync(join(planted.dataDir, 'go-on'), '');
  expect(await blocked).toMatchObject({ block: { returned: 'waited' } });
  for (const socket of sockets) socket.destroy();
});
