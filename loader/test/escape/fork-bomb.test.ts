import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { escapeTest, expectTraffic } from '../support/escape.ts';
import { countRunning } from '../support/processes.ts';
import { removeWorkDir } from '../support/project.ts';
import { silenceRelay } from '../support/relay.ts';
import { plantPlugin, RUNTIMES } from '../support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

escapeTest('no program is started without the permission', {
  attempts: () => `
    import childProcess from 'node:child_process';
    export const attempts = {
      control: () => (typeof childProcess.spawn === 'function' ? 'works' : ''),
      spawn: () => childProcess.spawnSync('sleep', ['1000']).status ?? (() => { throw new Error('not started'); })(),
      fork: () => childProcess.fork(new URL('./attempts.js', import.meta.url)),
      many: () => { for (let i = 0; i < 1000; i += 1) childProcess.spawn(process.execPath, ['-e', '0']); },
    };`,
});

describe.each(RUNTIMES)('on %s', (_, node) => {
  test('only granted programs are started, and all of them end with the plugin', async () => {
    const seconds = String(100_000 + (process.pid % 10_000));
    await using planted = await plantPlugin({
      node,
      permissions: { childProcess: ['sleep'] },
      relay: { env: { PATH: process.env['PATH'] ?? '' } },
      attempts: `
        import childProcess from 'node:child_process';
        const started = (child) => new Promise((resolve, reject) => child.on('spawn', () => resolve('started')).on('error', reject));
        export const attempts = {
          granted: () => Promise.all([1, 2, 3].map(() => started(childProcess.spawn('sleep', ['${seconds}'])))),
          detached: () => started(childProcess.spawn('sleep', ['${seconds}'], { detached: true, stdio: 'ignore' })),
          other: () => started(childProcess.spawn('touch', ['/tmp/x'])),
          byPath: () => started(childProcess.spawn('/bin/sleep', ['0'])),
          shell: () => started(childProcess.spawn('sleep', ['0'], { shell: true })),
          exec: () => childProcess.execSync('sleep 0'),
          fork: () => started(childProcess.fork('x.js')),
        };`,
    });
    const results = await planted.attempt();
    expect(results).toMatchObject({
      granted: { returned: ['started', 'started', 'started'] },
      other: { threw: { code: 'ERR_ACCESS_DENIED' } },
      byPath: { threw: { code: 'ERR_ACCESS_DENIED' } },
      shell: { threw: { code: 'ERR_ACCESS_DENIED' } },
      exec: { threw: { code: 'ERR_ACCESS_DENIED' } },
      fork: { threw: { code: 'ERR_ACCESS_DENIED' } },
    });
    expect(countRunning(seconds)).toBeGreaterThan(0);
    await expectTraffic(planted.relay);
    await planted.relay.loader.unload('@test/hostile');
    await expect.poll(() => countRunning(seconds)).toBe(0);
  });

  test('programs that start ever more of them are ended with the plugin', async () => {
    const seconds = String(200_000 + (process.pid % 10_000));
    await using planted = await plantPlugin({
      node,
      permissions: { childProcess: ['sh'] },
      relay: { env: { PATH: process.env['PATH'] ?? '' }, limits: { maxRssMb: 4_096, maxCrashes: 1 } },
      attempts: `
        import childProcess from 'node:child_process';
        const many = 'i=0; while [ $i -lt 3000 ]; do sleep ${seconds} & i=$((i+1)); done';
        export const attempts = { start: () => void childProcess.spawn('sh', ['-c', many], { stdio: 'ignore', detached: true }) };`,
    });
    // It may have been ended before it can say that it began.
    await planted.attempt().catch(() => undefined);
    await expect.poll(() => planted.reason(), { timeout: 20_000 }).toMatch(/runs more than 256 programs/);
    await expect.poll(() => countRunning(seconds)).toBe(0);
    await expectTraffic(planted.relay);
  });
});
