import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectTraffic } from '../support/escape.ts';
import { removeWorkDir } from '../support/project.ts';
import { silenceRelay } from '../support/relay.ts';
import { plantPlugin, reasonOf, RUNTIMES } from '../support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

/** Writes messages past the guest's own code, which would not send them. */
const FLOOD = `
  import fs from 'node:fs';
  const frame = (text) => {
    const head = Buffer.alloc(9);
    head.writeUInt8(3, 0);
    head.writeUInt32BE(text.length, 5);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  const flood = (text, times) => {
    let bytes = Buffer.concat(Array.from({ length: times }, () => frame(text)));
    while (bytes.length > 0)
      try { bytes = bytes.subarray(fs.writeSync(3, bytes)); } catch (error) { if (error.code !== 'EAGAIN') throw error; }
  };`;

describe.each(RUNTIMES)('on %s', (_, node) => {
  test.each([
    ['lists in lists', `'["log",[' + '['.repeat(4_000_000) + ']'.repeat(4_000_000) + ']]'`],
    ['many lists', `'["log",[' + '[],'.repeat(2_700_000) + '0]]'`],
  ])('a message of %s ends the plugin and is not read', async (__, text) => {
    await using planted = await plantPlugin({
      node,
      relay: { limits: { restartDelayMs: 10, maxCrashes: 1 } },
      attempts: `${FLOOD} export const attempts = { flood: () => flood(${text}, 1) };`,
    });
    void planted.relay.loader.health();
    await expect.poll(() => reasonOf(planted.relay), { timeout: 20_000 }).toMatch(/broke the protocol/);
    await expectTraffic(planted.relay);
  });

  test.each([
    ['metrics', `'["metric",["counter","x",1,{'`],
    ['lines', `'["log",["info","x",{'`],
  ])('%s as hard to read as they may be leave most of the daemon’s time to others', async (__, start) => {
    await using planted = await plantPlugin({
      node,
      relay: { limits: { maxMissed: 1_000 } },
      attempts: `${FLOOD}
        const hard = ${start} + Array.from({ length: 30_000 }, (_, i) => '"' + i * 7919 + '":1').join(',') + '}]]';
        export const attempts = { flood: () => flood(hard, 8) };`,
    });
    const before = performance.eventLoopUtilization();
    await planted.relay.loader.health();
    const { utilization } = performance.eventLoopUtilization(before);
    expect(utilization).toBeLessThan(0.75);
    await expectTraffic(planted.relay);
  });
});
