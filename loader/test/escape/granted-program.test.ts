import { escapeTest } from '../support/escape.ts';

escapeTest('who may start one program starts no other by its name', {
  permissions: { childProcess: ['true'] },
  // As in many a profile, with an end that means the working folder.
  relay: { env: { PATH: `.::${process.env['PATH'] ?? ''}:` } },
  attempts: () => `
    import childProcess from 'node:child_process';
    import fs from 'node:fs';
    const once = (child) => new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve));
    /** Makes a program called \`true\` in a folder of its own, lets \`start\` start it, and looks whether it ran. */
    const attempt = (name, start) => async ({ dataDir }) => {
      const dir = dataDir + '/' + name;
      fs.mkdirSync(dir, { recursive: true });
      fs.writeFileSync(dir + '/true', '#!/bin/sh\\n: > ' + dir + '/ran\\n', { mode: 0o755 });
      await start({ dir, env: { PATH: dir }, touch: '; : > ' + dir + '/ran' });
      if (!fs.existsSync(dir + '/ran')) throw new Error('it did not run');
      return 'ran';
    };
    const starts = {
      path: ({ env }) => once(childProcess.spawn('true', { env })),
      pathSync: ({ env }) => childProcess.spawnSync('true', { env }),
      pathFile: ({ env }) => childProcess.execFileSync('true', [], { env }),
      folder: ({ dir }) => once(childProcess.spawn('true', { cwd: dir })),
      folderSync: ({ dir }) => childProcess.spawnSync('true', { cwd: dir, env: {} }),
      ownPath: ({ dir }) => { process.env.PATH = dir; childProcess.spawnSync('true'); },
      ownPathLater: ({ dir }) => { process.env.PATH = dir; return once(childProcess.spawn('true')); },
      rawPath: ({ dir }) => {
        process.env.PATH = dir;
        const child = new childProcess.ChildProcess();
        child.spawn({ file: 'true', args: ['true'], stdio: 'ignore' });
        return once(child);
      },
      secondFile: ({ dir }) => {
        let asked = 0;
        const child = new childProcess.ChildProcess();
        child.spawn({ get file() { return asked++ ? dir + '/true' : 'true'; }, args: ['true'], stdio: 'ignore', envPairs: [] });
        return once(child);
      },
      shell: ({ touch }) => childProcess.spawnSync('true', [touch], { shell: true }),
      shellFirst: ({ dir }) => childProcess.spawnSync('true', { shell: dir + '/true' }),
      shellFile: ({ touch }) => childProcess.execFileSync('true', [touch], { shell: '/bin/sh' }),
      shellLater: ({ touch }) => once(childProcess.spawn('true', [touch], { shell: true })),
    };
    export const attempts = {
      control: ({ dataDir }) => {
        const { status, stdout } = childProcess.spawnSync('true', [], { cwd: dataDir, encoding: 'utf8', env: { A: 'b' } });
        return status === 0 && stdout === '' && childProcess.execFileSync('true').length === 0 ? 'works' : String(status);
      },
      ...Object.fromEntries(Object.entries(starts).map(([name, start]) => [name, attempt(name, start)])),
    };`,
});
