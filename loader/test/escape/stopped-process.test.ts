import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectTraffic } from '../support/escape.ts';
import { pidsOf } from '../support/processes.ts';
import { removeWorkDir } from '../support/project.ts';
import { silenceRelay } from '../support/relay.ts';
import { plantPlugin, RUNTIMES } from '../support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const LIMITS = { heartbeatMs: 100, maxMissed: 15, maxCrashes: 1 };

describe.each(RUNTIMES)('on %s', (_, node) => {
  test('a plugin whose processes are stopped is missed and ended', async () => {
    await using planted = await plantPlugin({
      node,
      relay: { limits: LIMITS },
      attempts: `export const attempts = { control: () => 'works' }; // ${node}`,
    });
    expect(await planted.attempt()).toEqual({ control: { returned: 'works' } });
    const pids = pidsOf(planted.packageDir);
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    await expect.poll(() => planted.reason(), { timeout: 20_000 }).toMatch(/did not answer/);
    await expect.poll(() => pidsOf(planted.packageDir)).toEqual([]);
    await expectTraffic(planted.relay);
  });

  test('a program that stops all it can see stops nothing but itself', async () => {
    await using planted = await plantPlugin({
      node,
      permissions: { childProcess: ['sh'] },
      relay: { env: { PATH: process.env['PATH'] ?? '' }, limits: LIMITS },
      attempts: `
        import childProcess from 'node:child_process';
        export const attempts = {
          stop: () => childProcess.spawnSync('sh', ['-c', 'for pid in $PPID 1 -1; do kill -s STOP -- $pid; kill -s KILL -- $pid; done']).signal ?? 'ended',
          control: () => 'works',
        };`,
    });
    expect(await planted.attempt()).toMatchObject({ control: { returned: 'works' } });
    await expectTraffic(planted.relay);
  });
});
