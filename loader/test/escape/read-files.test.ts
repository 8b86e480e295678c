import { escapeTest } from '../support/escape.ts';

escapeTest('a file outside is not read, however its path is written', {
  attempts: ({ secretFile, dir }) => `
    import fs from 'node:fs';
    import { text } from 'node:stream/consumers';
    import { pathToFileURL } from 'node:url';
    const file = ${JSON.stringify(secretFile)};
    export const attempts = {
      control: ({ dataDir }) => {
        fs.writeFileSync(dataDir + '/own.txt', 'works');
        return fs.readFileSync(dataDir + '/own.txt', 'utf8');
      },
      sync: () => fs.readFileSync(file, 'utf8'),
      callback: () => new Promise((resolve, reject) => fs.readFile(file, 'utf8', (error, found) => error ? reject(error) : resolve(found))),
      promise: () => fs.promises.readFile(file, 'utf8'),
      bytes: () => fs.readFileSync(Buffer.from(file), 'utf8'),
      array: () => fs.readFileSync(new Uint8Array(Buffer.from(file)), 'utf8'),
      url: () => fs.readFileSync(pathToFileURL(file), 'utf8'),
      dots: ({ dataDir }) => fs.readFileSync(dataDir + '/' + '../'.repeat(30) + file, 'utf8'),
      dotBytes: ({ dataDir }) => fs.readFileSync(Buffer.from(dataDir + '/' + '../'.repeat(30) + file), 'utf8'),
      slashes: () => fs.readFileSync('//' + file, 'utf8'),
      stream: () => text(fs.createReadStream(file)),
      open: () => { const fd = fs.openSync(file); return fs.readFileSync(fd, 'utf8'); },
      handle: async () => (await fs.promises.open(file)).readFile('utf8'),
      blob: async () => (await fs.openAsBlob(file)).text(),
      copy: ({ dataDir }) => { fs.copyFileSync(file, dataDir + '/copy'); return fs.readFileSync(dataDir + '/copy', 'utf8'); },
      copyTree: ({ dataDir }) => { fs.cpSync(${JSON.stringify(dir)}, dataDir + '/tree', { recursive: true }); return fs.readFileSync(dataDir + '/tree/secret.txt', 'utf8'); },
      move: ({ dataDir }) => fs.renameSync(file, dataDir + '/moved'),
      list: () => fs.readdirSync(${JSON.stringify(dir)}),
      openDir: () => fs.opendirSync(${JSON.stringify(dir)}).readSync().name,
      stat: () => fs.statSync(file).size,
      realpath: () => fs.realpathSync.native(file),
      mutating: () => {
        // A path that is another one the second time it is asked for.
        let asked = 0;
        const path = { toString: () => (asked++ ? file : '/dev/null'), [Symbol.toPrimitive]: () => (asked++ ? file : '/dev/null') };
        return fs.readFileSync(path, 'utf8');
      },
    };`,
});
