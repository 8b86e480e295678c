import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { escapeTest } from '../support/escape.ts';
import { pidsOf } from '../support/processes.ts';

/** Where a machine runs out of memory, the system picks who ends: not the daemon while there is a plugin. */
escapeTest('a plugin and its programs are ended by the system before the daemon, whatever they ask for', {
  permissions: { childProcess: ['grep', 'sh'] },
  relay: { env: { PATH: process.env['PATH'] ?? '' } },
  attempts: () => `
    import { spawnSync } from 'node:child_process';
    import { setTimeout as sleep } from 'node:timers/promises';
    const run = (...args) => spawnSync(...args, { encoding: 'utf8' });
    export const attempts = {
      control: async () => { await sleep(300); return run('grep', ['', '/proc/self/oom_score_adj']).stdout.trim() === '300' ? 'works' : 'not set'; },
      lower: () => { if (run('sh', ['-c', 'echo -500 > /proc/self/oom_score_adj']).status !== 0) throw new Error('refused'); return 'lowered'; },
    };`,
  observe: ({ planted }) =>
    pidsOf(planted.packageDir).map((pid) => readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8').trim()),
  observed: expect.toSatisfy((scores: readonly string[]) => scores.length > 0 && scores.every((one) => one === '300')),
});
