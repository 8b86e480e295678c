import { escapeTest } from '../support/escape.ts';

/** Old versions of the permission model asked JavaScript that the program may replace. */
escapeTest('what a plugin makes of JavaScript’s own functions decides nothing', {
  attempts: ({ secretFile, dir }) => `
    import fs from 'node:fs';
    import path from 'node:path';
    import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    const file = ${JSON.stringify(secretFile)};
    const read = () => fs.readFileSync(file, 'utf8');
    /** Replaces a function while \`attempt\` runs. */
    const replaced = (owner, name, make, attempt = read) => ({ dataDir }) => {
      const own = Object.getOwnPropertyDescriptor(owner, name);
      try {
        Object.defineProperty(owner, name, { value: make(owner[name], dataDir), configurable: true, writable: true });
        return attempt({ dataDir });
      } finally {
        if (own) Object.defineProperty(owner, name, own); else delete owner[name];
      }
    };
    const same = ({ dataDir }) => fs.readFileSync(dataDir + '/' + 'x'.repeat(file.length), 'utf8');
    export const attempts = {
      control: ({ dataDir }) => { fs.writeFileSync(dataDir + '/own', 'works'); return fs.readFileSync(dataDir + '/own', 'utf8'); },
      startsWith: replaced(String.prototype, 'startsWith', () => () => true),
      includes: replaced(String.prototype, 'includes', () => () => true),
      toNamespaced: replaced(path, 'toNamespacedPath', (original) => original ? () => file : original, same),
      resolve: replaced(path, 'resolve', () => () => file, same),
      utf8Write: replaced(Buffer.prototype, 'utf8Write', (original) => function () { return original.call(this, file, 0); }, same),
      from: replaced(Buffer, 'from', () => () => new TextEncoder().encode(file), same),
      has: () => { process.permission.has = () => true; return read(); },
      cwd: replaced(process, 'cwd', () => () => ${JSON.stringify(dir)}, () => fs.readFileSync('secret.txt', 'utf8')),
      prepareStack: replaced(Error, 'prepareStackTrace', () => () => { throw new Error('no stack'); }),
      watch: () => { fs.watch(${JSON.stringify(dir)}).close(); return 'watched'; },
      watchFile: () => { fs.watchFile(file, () => undefined); fs.unwatchFile(file); return 'watched'; },
      statistics: () => fs.statfsSync(${JSON.stringify(dir)}).blocks,
      owner: () => fs.lchownSync(file, process.getuid(), process.getgid()),
      linkTimes: () => fs.lutimesSync(file, 1, 1),
      disposable: () => fs.mkdtempDisposableSync(${JSON.stringify(`${dir}/t-`)}).path,
      glob: () => { const [found] = fs.globSync(${JSON.stringify(`${dir}/*`)}); if (!found) throw new Error('nothing'); return found; },
      source: () => require('node:module')._extensions['.js']({ _compile() {} }, file),
    };`,
});
