import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeWorkDir } from '../support/project.ts';
import { silenceRelay } from '../support/relay.ts';
import { plantPlugin, RUNTIMES } from '../support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const MESSAGES = 200;

describe.each(RUNTIMES)('on %s', (_, node) => {
  test('while a plugin writes as fast as it can, messages between agents arrive, all and in order', async () => {
    await using planted = await plantPlugin({
      node,
      attempts: `
        import fs from 'node:fs';
        const frame = (type, id, text) => {
          const head = Buffer.alloc(9);
          head.writeUInt8(type, 0);
          head.writeUInt32BE(id, 1);
          head.writeUInt32BE(Buffer.byteLength(text), 5);
          return Buffer.concat([head, Buffer.from(text)]);
        };
        const burst = Buffer.concat(Array.from({ length: 500 }, (_, i) => frame(i % 2 ? 3 : 1, i, i % 2 ? '["log",["info","flood"]]' : '["lookup",["a"]]')));
        const flood = () => { try { fs.writeSync(3, burst); } catch (error) { if (error.code !== 'EAGAIN') throw error; } setImmediate(flood); };
        export const attempts = { start: () => { flood(); return 'started'; } };`,
    });
    const { relay } = planted;
    // Its answer may come late, or torn: it writes into the same pipe.
    void relay.loader.health();
    const alice = await relay.connect('Alice');
    const bob = await relay.connect('Bob');
    const bodies: string[] = [];
    const all = new Promise<void>((resolve) => {
      alice.onMessage = (from, { body }) => {
        if (from === 'Bob' && bodies.push(body) === MESSAGES) resolve();
      };
    });
    for (let i = 0; i < MESSAGES; i += 1) bob.sendMessage('Alice', String(i));
    await all;
    expect(bodies).toEqual(Array.from({ length: MESSAGES }, (__, i) => String(i)));
  });
});
