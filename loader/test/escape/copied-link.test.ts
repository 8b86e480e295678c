import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectTraffic } from '../support/escape.ts';
import { removeWorkDir } from '../support/project.ts';
import { silenceRelay } from '../support/relay.ts';
import { plantPlugin, RUNTIMES } from '../support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

/** Copies links from the package into the data folder, from where a relative one leads into another plugin's. */
const COPY = `
  import fs from 'node:fs';
  const programs = new URL('./node_modules/.bin', import.meta.url).pathname;
  const secret = (dataDir) => [fs.readFileSync(dataDir + '/x', 'utf8'), fs.writeFileSync(dataDir + '/x', 'changed')];
  export const attempts = {
    folder: ({ dataDir }) => { fs.cpSync(programs, dataDir, { recursive: true, verbatimSymlinks: true }); return secret(dataDir); },
    promise: async ({ dataDir }) => { await fs.promises.cp(programs, dataDir, { recursive: true, verbatimSymlinks: true }); return secret(dataDir); },
    second: ({ dataDir }) => { fs.linkSync(programs + '/x', dataDir + '/x'); return secret(dataDir); },
    own: ({ dataDir }) => { fs.cpSync(programs, dataDir + '/own', { recursive: true }); fs.writeFileSync(dataDir + '/own/x', 'changed'); return 'changed'; },
  };`;

/** A link as npm makes it, and what it would lead to from beside the data folder. */
function plantProgram(packageDir: string): void {
  mkdirSync(join(packageDir, 'node_modules', '.bin'), { recursive: true });
  mkdirSync(join(packageDir, 'node_modules', 'acme__storage'), { recursive: true });
  writeFileSync(join(packageDir, 'node_modules', 'acme__storage', 'db.txt'), 'own');
  rmSync(join(packageDir, 'node_modules', '.bin', 'x'), { force: true });
  symlinkSync('../acme__storage/db.txt', join(packageDir, 'node_modules', '.bin', 'x'));
}

describe.each(RUNTIMES)('on %s', (_, node) => {
  test('a link to a program of the package is removed, and copied nowhere', async () => {
    await using planted = await plantPlugin({
      node,
      attempts: COPY,
      prepare: ({ packageDir }) => plantProgram(packageDir),
    });
    const other = join(dirname(planted.dataDir), 'acme__storage');
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, 'db.txt'), 'secret');
    const { own, ...results } = await planted.attempt();
    // There is nothing left to copy: it wrote a file of its own.
    expect(own).toEqual({ returned: 'changed' });
    expect(Object.values(results).filter((result) => !('threw' in result))).toEqual([]);
    expect(readFileSync(join(other, 'db.txt'), 'utf8')).toBe('secret');
    const { packageDir } = planted;
    expect(existsSync(join(packageDir, 'node_modules', '.bin', 'x'))).toBe(false);
    expect(readFileSync(join(packageDir, 'node_modules', 'acme__storage', 'db.txt'), 'utf8')).toBe('own');
    await expectTraffic(planted.relay);
  });

  test('another link in the package keeps the plugin from starting, also one that leads into the package', async () => {
    await using planted = await plantPlugin({
      node,
      attempts: `export const attempts = {}; // ${node}`,
      prepare: ({ packageDir }) => {
        mkdirSync(join(packageDir, 'node_modules', 'dep'), { recursive: true });
        rmSync(join(packageDir, 'node_modules', 'dep', 'main.js'), { force: true });
        symlinkSync('../../index.js', join(packageDir, 'node_modules', 'dep', 'main.js'));
      },
    });
    const [plugin] = planted.relay.loader.getLoaded();
    expect(plugin?.error).toMatchObject({ code: 'SANDBOX_PACKAGE_LINKED' });
    expect(plugin?.error?.remedy).toContain('--no-bin-links');
    await expectTraffic(planted.relay);
  });

  test('a link in a folder that may be read keeps the plugin from starting', async () => {
    const seen: { dir?: string } = {};
    await using planted = await plantPlugin({
      node,
      attempts: `export const attempts = {};`,
      permissions: { filesystem: { read: ['${NOTES}'] } },
      config: { NOTES: './notes' },
      prepare: ({ project }) => {
        seen.dir = join(project.dir, 'notes');
        project.write('notes/a', 'a');
        symlinkSync('a', join(seen.dir, 'b'));
      },
    });
    expect(planted.relay.loader.getLoaded()).toMatchObject([{ error: { code: 'SANDBOX_FOLDER_UNSAFE' } }]);
    rmSync(join(seen.dir ?? '', 'b'));
    expect(await planted.relay.loader.load('@test/hostile')).toMatchObject({ status: 'active' });
  });

  test('a folder of the user’s own is left as it is, and the error says how to mend it', async () => {
    await using planted = await plantPlugin({
      node,
      attempts: `export const attempts = {};`,
      prepare: ({ project }) => {
        project.addFolder('own', { name: '@test/own', code: 'export default {};' });
        plantProgram(join(project.dir, 'own'));
      },
    });
    const { relay, project } = planted;
    await relay.loader.loadAll([{ name: './own', isolation: 'process' }]);
    const own = relay.loader.getLoaded().find(({ name }) => name === '@test/own');
    expect(own?.error).toMatchObject({ code: 'SANDBOX_PACKAGE_LINKED' });
    expect(existsSync(join(project.dir, 'own', 'node_modules', '.bin', 'x'))).toBe(true);
  });
});
