import { escapeTest } from '../support/escape.ts';

escapeTest('nothing is written, moved or removed outside, nor in the package', {
  attempts: ({ secretFile, dir }) => `
    import fs from 'node:fs';
    const file = ${JSON.stringify(secretFile)};
    const dir = ${JSON.stringify(dir)};
    const own = new URL('./attempts.js', import.meta.url);
    export const attempts = {
      control: ({ dataDir }) => {
        fs.mkdirSync(dataDir + '/a/b', { recursive: true });
        fs.writeFileSync(dataDir + '/a/b/c', 'works');
        fs.renameSync(dataDir + '/a/b/c', dataDir + '/a/d');
        return fs.readFileSync(dataDir + '/a/d', 'utf8');
      },
      write: () => fs.writeFileSync(dir + '/new', 'x'),
      overwrite: () => fs.writeFileSync(file, 'x'),
      append: () => fs.appendFileSync(file, 'x'),
      truncate: () => fs.truncateSync(file),
      openTruncate: () => fs.openSync(file, 'w'),
      stream: () => new Promise((resolve, reject) => fs.createWriteStream(dir + '/new').on('error', reject).on('finish', resolve).end('x')),
      remove: () => fs.rmSync(file),
      unlink: () => fs.promises.unlink(file),
      makeDir: () => fs.mkdirSync(dir + '/new'),
      temporary: () => fs.mkdtempSync(dir + '/new-'),
      mode: () => fs.chmodSync(file, 0o777),
      times: () => fs.utimesSync(file, 0, 0),
      moveOut: ({ dataDir }) => { fs.writeFileSync(dataDir + '/x', 'x'); fs.renameSync(dataDir + '/x', dir + '/x'); },
      moveIn: ({ dataDir }) => fs.renameSync(file, dataDir + '/y'),
      copyOut: ({ dataDir }) => { fs.writeFileSync(dataDir + '/x', 'x'); fs.copyFileSync(dataDir + '/x', dir + '/x'); },
      copyTreeOut: ({ dataDir }) => fs.cpSync(dataDir, dir + '/tree', { recursive: true }),
      ownPackage: () => fs.writeFileSync(own, 'x'),
      besidePackage: () => fs.writeFileSync(new URL('./added.js', own), 'x'),
    };`,
});
