import { escapeTest } from '../support/escape.ts';

/** A program with the setuid bit, `sudo` among them, would have the rights of somebody else. */
escapeTest('a program that is granted gains no rights, has none of the daemon’s descriptors, and nobody’s terminal', {
  permissions: { childProcess: ['grep', 'ls', 'ps'] },
  relay: { env: { PATH: process.env['PATH'] ?? '' } },
  attempts: () => `
    import { spawnSync } from 'node:child_process';
    const run = (...args) => spawnSync(...args, { encoding: 'utf8' }).stdout.trim();
    export const attempts = {
      control: () => (run('ls', ['/']).includes('etc') ? 'works' : ''),
      rights: () => run('grep', ['^NoNewPrivs', '/proc/self/status']),
      // Its three pipes and what lists them; where the daemon has inherited one, there is nothing.
      descriptors: () => run('ls', ['-l', '/proc/self/fd']).split(/.* -> /).slice(1).map((target) => target.trim().replace(/:.*/, '')).filter((target) => !/^\\/dev\\/null|^\\/proc\\/\\d+\\/fd/.test(target)),
      terminal: () => run('grep', ['-c', '', '/dev/tty']),
    };`,
  returns: { rights: 'NoNewPrivs:\t1', descriptors: ['socket', 'socket', 'socket'], terminal: '' },
});
