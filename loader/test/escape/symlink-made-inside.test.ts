import { escapeTest } from '../support/escape.ts';

escapeTest('a link that the plugin makes leads nowhere', {
  attempts: ({ secretFile, dir }) => `
    import fs from 'node:fs';
    const file = ${JSON.stringify(secretFile)};
    const dir = ${JSON.stringify(dir)};
    export const attempts = {
      control: ({ dataDir }) => { fs.writeFileSync(dataDir + '/x', 'works'); return fs.readFileSync(dataDir + '/x', 'utf8'); },
      toFile: ({ dataDir }) => { fs.symlinkSync(file, dataDir + '/a'); return fs.readFileSync(dataDir + '/a', 'utf8'); },
      toFolder: ({ dataDir }) => { fs.symlinkSync(dir, dataDir + '/b'); return fs.readFileSync(dataDir + '/b/secret.txt', 'utf8'); },
      promise: async ({ dataDir }) => { await fs.promises.symlink(file, dataDir + '/c'); return fs.readFileSync(dataDir + '/c', 'utf8'); },
      callback: ({ dataDir }) => new Promise((resolve, reject) => fs.symlink(file, dataDir + '/d', (error) => error ? reject(error) : resolve(fs.readFileSync(dataDir + '/d', 'utf8')))),
      relative: ({ dataDir }) => { fs.symlinkSync('../'.repeat(30) + file, dataDir + '/e'); return fs.readFileSync(dataDir + '/e', 'utf8'); },
      bytes: ({ dataDir }) => { fs.symlinkSync(Buffer.from(file), Buffer.from(dataDir + '/f')); return fs.readFileSync(dataDir + '/f', 'utf8'); },
      write: ({ dataDir }) => { fs.symlinkSync(dir, dataDir + '/g'); fs.writeFileSync(dataDir + '/g/new', 'x'); },
    };`,
});
