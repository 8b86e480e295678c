import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { escapeTest } from '../support/escape.ts';
import { workDir } from '../support/project.ts';

/** What a package file of somebody else says is met on the way of modules, which read it by themselves. */
const SAYS = 'said-elsewhere';
const file = join(workDir, 'package.json');
writeFileSync(
  file,
  JSON.stringify({ name: 'own', main: `./${SAYS}.js`, exports: `./${SAYS}.js`, imports: { '#x': `./${SAYS}.js` } }),
);

escapeTest('looking for modules does not tell what other packages say of themselves', {
  attempts: () => `
    import module, { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    const elsewhere = createRequire(${JSON.stringify(join(workDir, 'index.js'))});
    const silent = (told) => { if (!String(told).includes(${JSON.stringify(SAYS)})) throw new Error('nothing is told'); return told; };
    const told = (look) => () => {
      try { return silent(look()); } catch (error) { return silent(error.message + error.stack); }
    };
    export const attempts = {
      control: () => require.resolve('./attempts.js').endsWith('attempts.js') ? 'works' : '',
      imports: told(() => elsewhere.resolve('#x')),
      itself: told(() => elsewhere.resolve('own')),
      folder: told(() => require.resolve(${JSON.stringify(workDir)})),
      required: told(() => require(${JSON.stringify(workDir)})),
      json: told(() => JSON.stringify(require(${JSON.stringify(file)}))),
      extension: told(() => { const m = { exports: {} }; require.extensions['.json'](m, ${JSON.stringify(file)}); return JSON.stringify(m.exports); }),
      meta: told(() => import.meta.resolve(${JSON.stringify(workDir)})),
      found: told(() => module.findPackageJSON?.('..', ${JSON.stringify(`file://${workDir}/a/b.js`)})),
      imported: async () => silent(JSON.stringify(await import(${JSON.stringify(file)}, { with: { type: 'json' } }))),
    };`,
});
