import { copyFileSync, globSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { escapeTest } from '../support/escape.ts';

const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));
/** Any real one; this repository's tools bring several. */
const [ADDON = ''] = globSync('@*/*/*.node', { cwd: MODULES });

escapeTest('compiled code is not loaded', {
  prepare: ({ packageDir }) => {
    mkdirSync(join(packageDir, 'node_modules'), { recursive: true });
    copyFileSync(join(MODULES, ADDON), join(packageDir, 'node_modules', 'addon.node'));
  },
  attempts: () => `
    import fs from 'node:fs';
    import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    const file = new URL('./node_modules/addon.node', import.meta.url).pathname;
    export const attempts = {
      control: () => (fs.statSync(file).size > 1000 ? 'works' : ''),
      required: () => require(file),
      imported: () => import(file),
      extension: () => require.extensions['.node']({ exports: {} }, file),
      module: () => { const { Module } = require('node:module'); const m = new Module(file); m.load(file); return m.exports; },
      engine: () => require('node:crypto').setEngine(file),
      dlopen: () => process.dlopen({ exports: {} }, file),
      ffi: () => require('node:ffi'),
    };`,
  observe: ({ results }) => [ADDON.endsWith('.node'), results['imported']],
  observed: [
    true,
    // Node 22 imports no such file at all.
    {
      threw: expect.objectContaining({
        code: expect.stringMatching(/^ERR_(ACCESS_DENIED|UNKNOWN_FILE_EXTENSION)$/) as unknown,
      }) as unknown,
    },
  ],
});
