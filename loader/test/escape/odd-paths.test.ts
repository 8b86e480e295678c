import { escapeTest } from '../support/escape.ts';

/** The same file by other names: what is looked at must be what is opened. */
escapeTest('a path that says the same in another way is refused as well', {
  attempts: ({ secretFile, dir }) => `
    import fs from 'node:fs';
    import path from 'node:path';
    import { pathToFileURL } from 'node:url';
    const file = ${JSON.stringify(secretFile)};
    const up = (dataDir) => '../'.repeat(dataDir.split('/').length);
    const bytes = (text) => new Uint8Array(Buffer.from(text));
    export const attempts = {
      control: ({ dataDir }) => { fs.writeFileSync(dataDir + '/x', 'works'); return fs.readFileSync(Buffer.from('./x'), 'utf8'); },
      relative: ({ dataDir }) => fs.readFileSync(up(dataDir) + file, 'utf8'),
      relativeBytes: ({ dataDir }) => fs.readFileSync(Buffer.from(up(dataDir) + file), 'utf8'),
      throughOwn: ({ dataDir }) => fs.readFileSync(dataDir + '/' + up(dataDir) + file, 'utf8'),
      throughOwnBytes: ({ dataDir }) => fs.readFileSync(bytes(dataDir + '/' + up(dataDir) + file), 'utf8'),
      throughMissing: ({ dataDir }) => fs.readFileSync(Buffer.from(dataDir + '/no/../' + up(dataDir) + file), 'utf8'),
      slashes: () => fs.readFileSync('//' + file.replaceAll('/', '//'), 'utf8'),
      dots: () => fs.readFileSync(file.replaceAll('/', '/./'), 'utf8'),
      slashAtEnd: () => fs.readFileSync(Buffer.from(file + '/.'), 'utf8'),
      url: () => fs.readFileSync(pathToFileURL(file), 'utf8'),
      encodedUrl: ({ dataDir }) => fs.readFileSync(new URL('file://' + dataDir + '/' + '%2e%2e/'.repeat(dataDir.split('/').length) + file), 'utf8'),
      objectUrl: () => fs.readFileSync({ href: 'file://' + file, protocol: 'file:', hostname: '', pathname: file, searchParams: {} }, 'utf8'),
      nul: ({ dataDir }) => fs.readFileSync(dataDir + '/x\\0/../' + up(dataDir) + file, 'utf8'),
      nulBytes: ({ dataDir }) => fs.readFileSync(Buffer.from(file + '\\0' + dataDir), 'utf8'),
      descriptors: () => fs.readFileSync('/dev/fd/3', 'utf8'),
      folder: () => fs.readdirSync(Buffer.from(${JSON.stringify(dir)}), { encoding: 'buffer', recursive: true }),
      open: async ({ dataDir }) => (await (await fs.promises.open(Buffer.from(up(dataDir) + file))).readFile('utf8')),
      truncated: ({ dataDir }) => fs.truncateSync(up(dataDir) + file),
      copied: ({ dataDir }) => fs.copyFileSync(Buffer.from(up(dataDir) + file), Buffer.from(dataDir + '/copy')),
      renamed: ({ dataDir }) => fs.renameSync(Buffer.from(dataDir + '/x'), Buffer.from(up(dataDir) + path.dirname(file) + '/planted')),
      linked: ({ dataDir }) => fs.linkSync(Buffer.from(up(dataDir) + file), Buffer.from(dataDir + '/second')),
      changed: ({ dataDir }) => { const object = { toString: () => (object.asked = !object.asked) ? dataDir + '/x' : file }; return fs.readFileSync(object, 'utf8'); },
      resized: ({ dataDir }) => {
        // Looked at while it says one thing, opened while it says another.
        const shared = Buffer.from(new SharedArrayBuffer(file.length));
        shared.write(dataDir.slice(0, file.length));
        const reading = fs.promises.readFile(shared, 'utf8');
        shared.write(file);
        return reading;
      },
    };`,
});
