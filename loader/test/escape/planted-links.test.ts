import { linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectTraffic, makeOutside, type Outside } from '../support/escape.ts';
import { removeWorkDir } from '../support/project.ts';
import { silenceRelay } from '../support/relay.ts';
import { plantPlugin, RUNTIMES } from '../support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const READER = `
  import fs from 'node:fs';
  export const loading = ({ dataDir }) => { globalThis.found = fs.readFileSync(dataDir + '/planted', 'utf8'); };
  export const attempts = { found: () => globalThis.found };`;

describe.each(RUNTIMES)('on %s', (_, node) => {
  test.each([
    ['a symbolic link to a file', ({ secretFile }: Outside, at: string) => symlinkSync(secretFile, at)],
    ['a symbolic link to a folder', ({ dir }: Outside, at: string) => symlinkSync(dir, at)],
    ['a symbolic link to nothing yet', ({ dir }: Outside, at: string) => symlinkSync(join(dir, 'later'), at)],
    ['a second name of a file outside', ({ secretFile }: Outside, at: string) => linkSync(secretFile, at)],
  ])('a data folder with %s in it keeps the plugin from starting', async (__, plant) => {
    using outside = makeOutside();
    await using planted = await plantPlugin({ node, attempts: `export const attempts = {};` });
    await planted.relay.loader.unload('@test/hostile');
    mkdirSync(join(planted.dataDir, 'deep'), { recursive: true });
    plant(outside, join(planted.dataDir, 'deep', 'planted'));
    const loaded = await planted.relay.loader.load('@test/hostile');
    expect(loaded).toMatchObject({ status: 'error', error: { code: 'SANDBOX_FOLDER_UNSAFE' } });
    await expectTraffic(planted.relay);
    rmSync(join(planted.dataDir, 'deep'), { recursive: true });
    expect(await planted.relay.loader.load('@test/hostile')).toMatchObject({ status: 'active' });
  });

  test('two names inside of the data folder are allowed', async () => {
    await using planted = await plantPlugin({ node, attempts: READER.replace('export const loading', 'const unused') });
    await planted.relay.loader.unload('@test/hostile');
    writeFileSync(join(planted.dataDir, 'planted'), 'works');
    linkSync(join(planted.dataDir, 'planted'), join(planted.dataDir, 'other'));
    expect(await planted.relay.loader.load('@test/hostile')).toMatchObject({ status: 'active' });
    rmSync(planted.dataDir, { recursive: true });
  });

  test('a link in the package that leads out keeps the plugin from starting', async () => {
    using outside = makeOutside();
    await using planted = await plantPlugin({
      node,
      attempts: `export const attempts = {}; // ${node}`,
      prepare: ({ packageDir }) => {
        mkdirSync(join(packageDir, 'node_modules', 'dep'), { recursive: true });
        symlinkSync(outside.secretFile, join(packageDir, 'node_modules', 'dep', 'index.js'));
      },
    });
    expect(planted.relay.loader.getLoaded()).toMatchObject([{ error: { code: 'SANDBOX_PACKAGE_LINKED' } }]);
  });
});
