import { escapeTest } from '../support/escape.ts';

escapeTest('a second name for a file outside cannot be made, in neither direction', {
  attempts: ({ secretFile, dir }) => `
    import fs from 'node:fs';
    const file = ${JSON.stringify(secretFile)};
    export const attempts = {
      control: ({ dataDir }) => {
        fs.writeFileSync(dataDir + '/x', 'works');
        fs.linkSync(dataDir + '/x', dataDir + '/y');
        return fs.readFileSync(dataDir + '/y', 'utf8');
      },
      in: ({ dataDir }) => { fs.linkSync(file, dataDir + '/a'); return fs.readFileSync(dataDir + '/a', 'utf8'); },
      promise: async ({ dataDir }) => { await fs.promises.link(file, dataDir + '/b'); return fs.readFileSync(dataDir + '/b', 'utf8'); },
      callback: ({ dataDir }) => new Promise((resolve, reject) => fs.link(file, dataDir + '/c', (error) => error ? reject(error) : resolve(fs.readFileSync(dataDir + '/c', 'utf8')))),
      out: ({ dataDir }) => { fs.writeFileSync(dataDir + '/z', 'x'); fs.linkSync(dataDir + '/z', ${JSON.stringify(`${dir}/new`)}); },
    };`,
});
