import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectTraffic } from '../support/escape.ts';
import { removeWorkDir } from '../support/project.ts';
import { silenceRelay } from '../support/relay.ts';
import { plantPlugin, RUNTIMES } from '../support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

/** Writes frames into the pipe itself, past all of the guest's code. */
const FORGE = `
  import fs from 'node:fs';
  const frame = (type, id, text, length = Buffer.byteLength(text)) => {
    const head = Buffer.alloc(9);
    head.writeUInt8(type, 0);
    head.writeUInt32BE(id, 1);
    head.writeUInt32BE(length, 5);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  const send = (...frames) => {
    for (let rest = Buffer.concat(frames); rest.length > 0; )
      try { rest = rest.subarray(fs.writeSync(3, rest)); } catch (error) { if (error.code !== 'EAGAIN') throw error; }
  };
  const note = (...message) => frame(3, 0, JSON.stringify(message));`;

// What reads the frames runs in the daemon: one runtime is enough.
describe('frames written past the guest', () => {
  const [[, node]] = RUNTIMES;
  test.each([
    ['text that is no frame', `send(Buffer.from('not json\\n'.repeat(10)))`],
    ['a type that does not exist', `send(frame(99, 1, ''))`],
    ['a length of 4 GiB', `send(frame(3, 0, '', 0xffffffff))`],
    ['a connection frame that is too long', `send(frame(18, 1, '', 65_537))`],
    ['a result that nobody waits for', `send(frame(2, 4_000_000_000, '[true,1]'))`],
    ['a result that is no list', `send(frame(2, 1, '{}'))`],
    ['a note that is not JSON', `send(frame(3, 0, '{'))`],
    ['a note that is not UTF-8', `send(Buffer.concat([frame(3, 0, '', 2), Buffer.from([0xff, 0xfe])]))`],
    ['a note of a kind that does not exist', `send(note('constructor', []))`],
    ['a note that only the host sends', `send(note('client-state', ['READY']))`],
    ['a call of the client that does not exist', `send(note('client', ['disconnect', []]))`],
    ['a method of a prototype', `send(note('client', ['__defineGetter__', ['x']]))`],
    ['arguments of another type', `send(note('client', ['sendMessage', [{ toString: 1 }, 1]]))`],
    ['a log level that does not exist', `send(note('log', ['__proto__', 'x']))`],
    ['a value with an unknown tag', `send(note('log', ['info', 'x', { $ar: 'code', v: 'process' }]))`],
    ['a value that nests deeply', `send(frame(3, 0, '['.repeat(100_000) + ']'.repeat(100_000)))`],
    ['a number that takes forever to read', `send(note('log', ['info', 'x', { $ar: 'bigint', v: '9'.repeat(1e6) }]))`],
    ['a connection to no port', `send(frame(16, 7, 'localhost\\n99999'))`],
    ['a connection opened twice', `send(frame(16, 7, 'a.example\\n1'), frame(16, 7, 'a.example\\n1'))`],
    ['more credit than was taken', `send(frame(16, 7, 'slow.example\\n1'), frame(21, 7, '\\x7f\\x00\\x00\\x00'))`],
    ['data before the connection is open', `send(frame(16, 7, 'slow.example\\n1'), frame(18, 7, 'x'))`],
  ])('%s ends the process of the plugin and nothing else', async (_, forge) => {
    await using planted = await plantPlugin({
      node,
      permissions: { network: ['*.example'] },
      relay: { limits: { maxCrashes: 1 }, resolveHost: () => new Promise(() => undefined) },
      attempts: `${FORGE}\nexport const attempts = { forge: () => { ${forge}; return new Promise(() => {}); } };`,
    });
    const { relay } = planted;
    const [health] = await relay.loader.health();
    expect(health?.health?.status).toBe('unhealthy');
    await expect.poll(() => relay.loader.getLoaded()[0]?.error?.code).toBe('PLUGIN_CRASHED');
    expect(planted.reason()).toContain('broke the protocol');
    await expectTraffic(relay);
  });

  test('half a frame, and bytes one by one, are waited for', async () => {
    await using planted = await plantPlugin({
      node,
      attempts: `${FORGE}
      export const attempts = {
        split: async () => {
          for (const byte of note('log', ['info', 'byte by byte'])) { fs.writeSync(3, Buffer.from([byte])); }
          return 'sent';
        },
      };`,
    });
    expect(await planted.attempt()).toEqual({ split: { returned: 'sent' } });
    await expectTraffic(planted.relay);
    await planted.relay.loader.unload('@test/hostile');
    expect(planted.log()).toContain('byte by byte');
  });
});
