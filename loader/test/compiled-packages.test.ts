/** What packages with compiled code do before they load it, which is the same in most of them. */
import { copyFileSync, globSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeWorkDir } from './support/project.ts';
import { silenceRelay } from './support/relay.ts';
import { plantPlugin, RUNTIMES } from './support/sandbox.ts';

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
/** Any real one that is for this machine; this repository's tools bring several. */
const [ADDON = ''] = globSync('@*/*/*.node', { cwd: MODULES });

/**
 * `report` as the loaders do that napi-rs writes, and detect-libc does; `alpine` as node-gyp-build does. Neither is
 * guarded by a `try`.
 */
const ATTEMPTS = `
  import fs, { existsSync } from 'node:fs';
  import { createRequire } from 'node:module';
  const require = createRequire(import.meta.url);
  export const attempts = {
    report: () => {
      process.report.excludeNetwork = true;
      const { header } = process.report.getReport();
      return [typeof header.nodejsVersion, header.networkInterfaces === undefined];
    },
    alpine: () => [fs.existsSync('/etc/alpine-release'), existsSync(new URL('file:///etc/hostname'))],
    own: () => fs.existsSync(new URL('./attempts.js', import.meta.url)),
    load: () => typeof require('./node_modules/addon.node'),
  };`;

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const plant = (node: string, permissions: { readonly nativeAddons?: boolean }) =>
  plantPlugin({
    node,
    permissions,
    attempts: ATTEMPTS,
    prepare: ({ packageDir }) => {
      mkdirSync(join(packageDir, 'node_modules'), { recursive: true });
      copyFileSync(join(MODULES, ADDON), join(packageDir, 'node_modules', 'addon.node'));
    },
  });

test.each(RUNTIMES)(
  'compiled code loads where it is granted, after what its loaders look for (%s)',
  async (_, node) => {
    await using planted = await plant(node, { nativeAddons: true });
    expect(await planted.attempt()).toEqual({
      report: { returned: ['string', true] },
      alpine: { returned: [false, false] },
      own: { returned: true },
      load: { returned: 'object' },
    });
  },
);

test.each(RUNTIMES)('where it is not, that is what the plugin is told, and its log (%s)', async (_, node) => {
  await using planted = await plant(node, {});
  const { report, alpine, load } = await planted.attempt();
  expect([report, alpine]).toEqual([{ returned: ['string', true] }, { returned: [false, false] }]);
  expect(load).toMatchObject({ threw: { message: expect.stringContaining('nativeAddons') as unknown } });
  const told = (): readonly string[] =>
    planted
      .log()
      .split('\n')
      .filter((line) => line.includes('access denied'));
  await expect.poll(() => told().join('\n')).toContain('"permission":"nativeAddons"');
  // That it looked for a file of others is told as well, once.
  expect(told().filter((line) => line.includes('/etc/alpine-release'))).toHaveLength(1);
});
