import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { escapeTest } from '../support/escape.ts';

/** Node.js reads each `package.json` on its way to a module by itself, and `main` and `exports` come back as paths. */
const elsewhere = realpathSync(mkdtempSync(join(tmpdir(), 'ar-elsewhere-')));
const NAME = 'kept-to-ourselves';
mkdirSync(join(elsewhere, 'node_modules', 'neighbour'), { recursive: true });
for (const folder of [elsewhere, join(elsewhere, 'node_modules', 'neighbour')]) {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'neighbour', main: `./${NAME}.cjs` }));
  writeFileSync(join(folder, `${NAME}.cjs`), `module.exports = '${NAME}';`);
}
symlinkSync(`./${NAME}.cjs`, join(elsewhere, 'link.cjs'));
afterAll(() => rmSync(elsewhere, { recursive: true, force: true }));

escapeTest('a plugin reads no package.json of a folder that is not its own', {
  attempts: () => `
    import fs from 'node:fs';
    import module, { createRequire } from 'node:module';
    import { pathToFileURL } from 'node:url';
    const dir = ${JSON.stringify(elsewhere)};
    const inside = createRequire(dir + '/any.js');
    /** What comes back, or what is said of it, must not hold what the file says. */
    const told = async (ask) => {
      let text;
      try { text = JSON.stringify(await ask()) ?? ''; } catch (error) { text = [error.message, error.stack, error.path].join(' '); }
      if (!text.includes(${JSON.stringify(NAME)})) throw new Error('nothing is told');
      return text;
    };
    const refusedOrSilent = (ask) => () => told(ask);
    export const attempts = {
      control: ({ dataDir }) => {
        fs.mkdirSync(dataDir + '/own', { recursive: true });
        fs.writeFileSync(dataDir + '/own/package.json', '{"main":"./main.cjs"}');
        fs.writeFileSync(dataDir + '/own/main.cjs', 'module.exports = "works"');
        return createRequire(dataDir + '/x.js')('./own');
      },
      linkTarget: refusedOrSilent(() => fs.realpathSync(dir + '/link.cjs')),
      nativeTarget: refusedOrSilent(() => fs.realpathSync.native(dir + '/link.cjs')),
      resolveLink: refusedOrSilent(() => inside.resolve('./link.cjs')),
      importLink: refusedOrSilent(() => import(pathToFileURL(dir + '/link.cjs').href)),
      requireFolder: refusedOrSilent(() => inside(dir)),
      resolveFolder: refusedOrSilent(() => inside.resolve(dir)),
      resolveNeighbour: refusedOrSilent(() => inside.resolve('neighbour')),
      requireNeighbour: refusedOrSilent(() => inside('neighbour')),
      itself: refusedOrSilent(() => inside.resolve('neighbour/' + 'package.json')),
      importFolder: refusedOrSilent(() => import(pathToFileURL(dir).href)),
      resolveUrl: refusedOrSilent(() => import.meta.resolve('neighbour', pathToFileURL(dir + '/any.js').href)),
      findPackage: refusedOrSilent(() => { const found = module.findPackageJSON(pathToFileURL(dir + '/any.js')); return found && fs.readFileSync(found, 'utf8'); }),
      findNeighbour: refusedOrSilent(() => { const found = module.findPackageJSON('neighbour', pathToFileURL(dir + '/any.js')); return found && fs.readFileSync(found, 'utf8'); }),
    };`,
});
