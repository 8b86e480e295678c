import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectTraffic } from '../support/escape.ts';
import { removeWorkDir } from '../support/project.ts';
import { silenceRelay } from '../support/relay.ts';
import { plantPlugin } from '../support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const OPEN = 16;
const OPENED = 17;
const DATA = 18;
const END = 19;
const CLOSE = 20;
const ACCEPTED = 22;

/** Writes frames into the pipe itself, past all of the guest's code. */
const CODE = `
  import fs from 'node:fs';
  import net from 'node:net';
  import { once } from 'node:events';
  const FIRST = 0x8000_0000;
  const frame = (type, id, text = '') => {
    const head = Buffer.alloc(9);
    head.writeUInt8(type, 0);
    head.writeUInt32BE(id >>> 0, 1);
    head.writeUInt32BE(Buffer.byteLength(text), 5);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  const send = (...frames) => fs.writeSync(3, Buffer.concat(frames));
  const server = net.createServer((socket) => socket.on('error', () => {}).pipe(socket));
  export const loading = async () => { server.listen(0); await once(server, 'listening'); };`;

const attemptsOf = (more: string): string =>
  `${CODE}\nexport const attempts = { port: () => server.address().port, ${more} };`;

const FORGE = `forge: () => {
  for (let id = FIRST; id < FIRST + 50; id += 1)
    send(frame(${DATA}, id, 'stolen'), frame(${OPENED}, id), frame(${END}, id), frame(${CLOSE}, id));
  return 'sent';
},`;

// What reads the frames runs in the daemon: one runtime is enough.
describe('frames about connections from outside', () => {
  test.each([
    ['a connection of its own under one of the daemon’s numbers', `send(frame(${OPEN}, FIRST + 5, 'a.example\\n1'))`],
    ['a connection taken that is open already', `send(frame(${OPENED}, FIRST + 1))`],
    ['data after its end', `send(frame(${END}, FIRST + 1), frame(${DATA}, FIRST + 1, 'x'))`],
    ['a connection that it says somebody made', `send(frame(${ACCEPTED}, FIRST + 1, '1\\n1.2.3.4\\n1'))`],
    ['a request that is none', `send(frame(3, 0, JSON.stringify(['close-port', ['1']])))`],
  ])('%s ends the process of the plugin and nothing else', async (_, forge) => {
    await using planted = await plantPlugin({
      permissions: { listen: ['127.0.0.1:0'], network: ['*.example'] },
      relay: { limits: { maxCrashes: 1 } },
      attempts: `${CODE}
        export const attempts = {
          forge: async () => {
            // The first connection has the first number.
            setTimeout(() => process.stdout.write('port ' + server.address().port + '\\n'));
            await once(server, 'connection');
            ${forge};
            return new Promise(() => {});
          },
        };`,
    });
    const { relay } = planted;
    const health = relay.loader.health();
    const portIn = (): string | undefined => /port (\d+)/.exec(planted.log())?.[1];
    await expect.poll(portIn).toBeDefined();
    const socket = connect({ port: Number(portIn()), host: '127.0.0.1' })
      .on('error', () => undefined)
      .resume();
    await health;
    await expect.poll(() => relay.loader.getLoaded()[0]?.error?.code).toBe('PLUGIN_CRASHED');
    expect(planted.reason()).toContain('broke the protocol');
    await expect.poll(() => socket.closed).toBe(true);
    await expectTraffic(relay);
  });

  test('numbers of connections that a plugin does not have mean nothing, also if another plugin has them', async () => {
    await using victim = await plantPlugin({ permissions: { listen: ['127.0.0.1:0'] }, attempts: attemptsOf('') });
    await using hostile = await plantPlugin({
      permissions: { listen: ['127.0.0.1:0'] },
      attempts: attemptsOf(FORGE),
      version: '1.0.1',
    });
    const { port } = (await victim.attempt()) as { port: { returned: number } };
    const socket = connect({ port: port.returned, host: '127.0.0.1' });
    await once(socket, 'connect');
    expect(await hostile.attempt()).toMatchObject({ forge: { returned: 'sent' } });
    socket.write('mine');
    expect(String(await once(socket, 'data'))).toBe('mine');
    socket.destroy();
    await expectTraffic(hostile.relay);
  });
});
