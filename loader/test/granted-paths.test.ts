import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeWorkDir } from './support/project.ts';
import { silenceRelay } from './support/relay.ts';
import { plantPlugin, RUNTIMES } from './support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

test.each(RUNTIMES)(
  'configured files and folders are read and written as granted, and no further (%s)',
  async (_, node) => {
    const dir = realpathSync(mkdtempSync(join(tmpdir(), 'ar-granted-')));
    for (const name of ['in', 'out', 'other']) mkdirSync(join(dir, name));
    writeFileSync(join(dir, 'in', 'a'), 'works');
    writeFileSync(join(dir, 'file'), 'works');
    await using planted = await plantPlugin({
      node,
      permissions: { filesystem: { read: ['${IN}', '${FILE}'], write: ['${OUT}', './cache', '${MISSING}'] } },
      config: { IN: join(dir, 'in'), OUT: join(dir, 'out'), FILE: join(dir, 'file'), MISSING: join(dir, 'gone') },
      attempts: `
      import fs from 'node:fs';
      const dir = ${JSON.stringify(dir)};
      export const attempts = {
        read: () => fs.readFileSync(dir + '/in/a', 'utf8'),
        file: () => fs.readFileSync(dir + '/file', 'utf8'),
        write: () => { fs.writeFileSync(dir + '/out/b', 'works'); return fs.readFileSync(dir + '/out/b', 'utf8'); },
        writeRead: () => fs.writeFileSync(dir + '/in/b', 'x'),
        other: () => fs.readdirSync(dir + '/other'),
        above: () => fs.readdirSync(dir),
      };`,
    });
    const denied = { threw: expect.objectContaining({ code: 'ERR_ACCESS_DENIED' }) as unknown };
    expect(await planted.attempt()).toEqual({
      read: { returned: 'works' },
      file: { returned: 'works' },
      write: { returned: 'works' },
      writeRead: denied,
      other: denied,
      above: denied,
    });
    expect(readFileSync(join(dir, 'out', 'b'), 'utf8')).toBe('works');
    await planted.relay.loader.unload('@test/hostile');
    expect(planted.log()).toContain('a plugin cannot write into its own package');
    expect(planted.log()).toContain('${MISSING}: there is no such file or folder');
    rmSync(dir, { recursive: true });
  },
);
