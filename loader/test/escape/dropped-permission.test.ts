import { escapeTest } from '../support/escape.ts';

/** Since Node.js 24.13 and 25 a program may give permissions up. */
escapeTest('giving a permission up gives no other', {
  attempts: ({ secretFile, dir }) => `
    import fs from 'node:fs';
    const file = ${JSON.stringify(secretFile)};
    const { permission } = process;
    const drop = (...args) => { try { permission.drop(...args); } catch {} };
    const scopes = ['fs', 'fs.read', 'fs.write', 'child', 'worker', 'addon', 'net', 'wasi', 'inspector'];
    export const attempts = {
      control: ({ dataDir }) => { fs.writeFileSync(dataDir + '/x', 'works'); return fs.readFileSync(dataDir + '/x', 'utf8'); },
      paths: () => { for (const path of [file, ${JSON.stringify(dir)}, ${JSON.stringify(`${dir}/*`)}, '/', '*', '']) { drop('fs.read', path); drop('fs.write', path); } return fs.readFileSync(file, 'utf8'); },
      odd: () => { for (const value of [undefined, null, {}, [], 'x', '__proto__']) { drop(value); drop('fs.read', value); } return fs.readFileSync(file, 'utf8'); },
      all: () => { for (const scope of scopes) drop(scope); return fs.readFileSync(file, 'utf8'); },
      write: () => fs.writeFileSync(${JSON.stringify(`${dir}/x`)}, 'x'),
      told: () => { const has = scopes.filter((scope) => permission.has(scope)); if (has.length === 0) throw new Error('none'); return has; },
    };`,
});
