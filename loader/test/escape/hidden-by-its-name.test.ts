import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectTraffic, makeOutside } from '../support/escape.ts';
import { removeWorkDir } from '../support/project.ts';
import { silenceRelay } from '../support/relay.ts';
import { plantPlugin, RUNTIMES } from '../support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

/** A name that is no text, and the text that is read in its place. */
const [BYTES, TEXT] = [Buffer.from([0xff]), '\ufffd'];

describe.each(RUNTIMES)('on %s', (_, node) => {
  test('a link in a folder whose name is read as that of another keeps the plugin from starting', async () => {
    using outside = makeOutside();
    const places = { notes: '' };
    await using planted = await plantPlugin({
      node,
      attempts: `
        import fs from 'node:fs';
        export const attempts = {
          link: ({ config }) => fs.readFileSync(Buffer.concat([Buffer.from(config.notes + '/'), Buffer.from([0xff]), Buffer.from('/link')]), 'utf8'),
          control: () => 'works',
        };`,
      permissions: { filesystem: { read: ['${NOTES}'] } },
      config: { NOTES: './notes' },
      prepare: ({ project }) => {
        places.notes = join(project.dir, 'notes');
        mkdirSync(join(places.notes, TEXT), { recursive: true });
        writeFileSync(join(places.notes, TEXT, 'file'), '');
        const hidden = Buffer.concat([Buffer.from(`${places.notes}/`), BYTES]);
        mkdirSync(hidden);
        symlinkSync(outside.secretFile, Buffer.concat([hidden, Buffer.from('/link')]));
      },
    });
    const { loader } = planted.relay;
    expect(loader.getLoaded()).toMatchObject([{ error: { code: 'SANDBOX_FOLDER_UNSAFE' } }]);
    rmSync(places.notes, { recursive: true });
    mkdirSync(places.notes);
    expect(await loader.load('@test/hostile')).toMatchObject({ status: 'active' });
    expect(await planted.attempt()).toMatchObject({ control: { returned: 'works' } });
    await expectTraffic(planted.relay);
  });

  test('folders in folders, deeper than a path may be long, keep the plugin from starting again, and nothing else', async () => {
    await using planted = await plantPlugin({
      node,
      attempts: `
        import fs from 'node:fs';
        const name = 'd'.repeat(200);
        const branch = Array(15).fill(name).join('/');
        export const attempts = {
          nest: () => {
            for (let i = 0; i < 5; i += 1) {
              fs.mkdirSync(branch + '/end', { recursive: true });
              if (i > 0) fs.renameSync('all', branch + '/end/all');
              fs.renameSync(name, 'all');
            }
            return 'nested';
          },
        };`,
    });
    expect(await planted.attempt()).toEqual({ nest: { returned: 'nested' } });
    const plugin = await planted.relay.loader.reload('@test/hostile');
    expect(plugin.error).toMatchObject({ code: 'SANDBOX_FOLDER_UNSAFE' });
    expect(String(plugin.error?.message)).toContain('ENAMETOOLONG');
    await expectTraffic(planted.relay);
    rmSync(planted.dataDir, { recursive: true });
  });
});
