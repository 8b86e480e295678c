import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Permissions } from '@ar-registry/schemas';
import { expectTraffic } from '../support/escape.ts';
import { notePeak } from '../support/peak-memory.ts';
import { removeWorkDir } from '../support/project.ts';
import { silenceRelay } from '../support/relay.ts';
import { plantPlugin, RUNTIMES } from '../support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const MAX_RSS_MB = 384;
/**
 * What it may come to on any machine: what it fills, as fast as it was seen to, from the last look before the limit until its
 * programs have ended, and while a busy machine lets the daemon wait.
 */
const MOST_MB = 1.5 * MAX_RSS_MB;
const LATE_MS = 40;

interface Burst {
  readonly code: string;
  readonly permissions?: Permissions;
}

const BURSTS: Readonly<Record<string, Burst>> = {
  'fills buffers': { code: `for (;;) own.push(Buffer.alloc(1 << 20, 1));` },
  'touches each page of one large buffer': {
    code: `const one = new Uint8Array(4 * 2 ** 30); for (let at = 0; ; at += 4096) one[at] = 1;`,
  },
  'fills resizable memory that two may share': {
    code: `const one = new SharedArrayBuffer(0, { maxByteLength: 4 * 2 ** 30 }); for (let size = 2 ** 24; ; size += 2 ** 24) { one.grow(size); new Uint8Array(one, size - 2 ** 24).fill(1); }`,
  },
  'grows the memory of WebAssembly': {
    code: `const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 }); for (;;) { memory.grow(256); new Uint8Array(memory.buffer, memory.buffer.byteLength - 2 ** 24).fill(1); }`,
  },
  'keeps texts': {
    code: `for (let i = 0; ; i += 1) own.push(Buffer.alloc(2 ** 21, 97 + (i % 26)).toString('latin1'));`,
  },
  'lets the runtime’s threads fill it': {
    code: `const crypto = await import('node:crypto'); const more = () => crypto.randomFill(Buffer.allocUnsafeSlow(2 ** 26), (error, one) => { own.push(one); more(); }); for (let i = 0; i < 4; i += 1) more();`,
  },
  'fills it in threads': {
    code: `const { Worker } = await import('node:worker_threads'); for (let i = 0; i < 4; i += 1) new Worker(new URL('./thread.mjs', import.meta.url));`,
    permissions: { workers: true },
  },
  'starts programs that hold it': {
    code: `const { spawn } = await import('node:child_process'); for (let i = 0; i < 30; i += 1) spawn('sort', ['--buffer-size=64M', '--parallel=1', '/dev/zero'], { stdio: 'ignore' });`,
    permissions: { childProcess: ['sort'] },
  },
  'leaves programs to themselves that hold it': {
    code: `const { spawn } = await import('node:child_process'); spawn('sh', ['-c', '(sort --buffer-size=2G --parallel=1 /dev/zero &) &'], { stdio: 'ignore', detached: true });`,
    permissions: { childProcess: ['sh'] },
  },
};

describe.each(RUNTIMES)('on %s', (_, node) => {
  test.each(Object.entries(BURSTS))('a plugin that %s does not come far', async (__, burst) => {
    const { code, permissions = {} } = burst;
    await using planted = await plantPlugin({
      node,
      permissions,
      relay: { env: { PATH: process.env['PATH'] ?? '' }, limits: { maxRssMb: MAX_RSS_MB, maxCrashes: 1 } },
      files: { 'thread.mjs': `const own = []; for (;;) own.push(Buffer.alloc(1 << 20, 1));` },
      attempts: `const own = []; export const attempts = { burst: () => { setTimeout(async () => { ${code} }, 500); } };`,
    });
    await planted.attempt();
    const noting = notePeak(planted.packageDir);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    await expect
      .poll(() => planted.reason(), { timeout: 60_000 })
      .toMatch(/holds \d+ MB of memory; 384 MB are allowed/);
    const { peakMb, mbPerMs } = await noting.stop();
    expect(peakMb).toBeGreaterThan(100);
    const mostMb = Math.max(MOST_MB, MAX_RSS_MB + mbPerMs * LATE_MS) + mbPerMs * (delay.max / 1e6);
    expect(peakMb, `it filled ${mbPerMs} MB a millisecond, the daemon waited ${delay.max / 1e6} ms`).toBeLessThan(
      mostMb,
    );
    await expectTraffic(planted.relay);
  });
});
