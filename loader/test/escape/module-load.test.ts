import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { escapeTest } from '../support/escape.ts';

/** Every road to a module, to run a program with it. */
escapeTest('no way of loading modules leads to a program that runs', {
  attempts: ({ dir }) => `
    import fs from 'node:fs';
    import module, { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    const run = (childProcess) => childProcess.execFileSync('/bin/touch', [${JSON.stringify(`${dir}/ran`)}]);
    export const attempts = {
      control: () => require('node:util').format('%s', require('node:path').basename('/a/works')),
      imported: async () => run(await import('node:child_process')),
      required: () => run(require('child_process')),
      loaded: () => run(module._load('child_process')),
      ownRequire: () => run(new module.Module('x').require('child_process')),
      builtin: () => run(process.getBuiltinModule('child_process')),
      builtinNode: () => run(process.getBuiltinModule('node:child_process')),
      elsewhere: () => run(createRequire('/')('child_process')),
      compiled: () => { const m = new module.Module('/x.js'); m._compile('module.exports = require("child_process")', '/x.js'); return run(m.exports); },
      spawn: async () => {
        const { spawn } = await import('node:child_process');
        const child = spawn('/bin/touch', [${JSON.stringify(`${dir}/ran`)}]);
        await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
      },
      shell: async () => (await import('node:child_process')).execSync('touch ' + ${JSON.stringify(`${dir}/ran`)}),
      fork: async () => (await import('node:child_process')).fork(new URL('./attempts.js', import.meta.url)),
      raw: async () => {
        const { ChildProcess } = await import('node:child_process');
        new ChildProcess().spawn({ file: '/bin/touch', args: ['touch', ${JSON.stringify(`${dir}/ran`)}], stdio: 'ignore', envPairs: [] });
      },
      cluster: async () => (await import('node:cluster')).default.fork(),
    };`,
  observe: ({ outside }) => existsSync(join(outside.dir, 'ran')),
  observed: false,
});
