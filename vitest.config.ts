import { availableParallelism } from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

/**
 * `ar-source` first: tests run the TypeScript sources of every workspace, so no build can be stale. Not `module`, which is for
 * bundlers: what packages offer there, Node.js need not be able to load.
 */
const conditions = ['ar-source', 'node'];
const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions }, noExternal: [/^@ar-registry\//] },
};

export default defineConfig({
  test: {
    // Many tests wait for processes that they started: one worker for each core, not one less.
    maxWorkers: availableParallelism(),
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: [
            '{schemas,scripts,cli,loader,site,packages/*,plugins/*,examples/*,tools}/src/**/*.test.ts',
            'tools/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/dist/**', '**/templates/**/files/**'],
          // Properties over a thousand inputs, on machines that do other work as well.
          testTimeout: 30_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'e2e',
          globalSetup: ['tools/bundled-programs.ts'],
          include: [
            '{schemas,scripts,cli,loader,site,packages/*,plugins/*,examples/*}/test/**/*.test.ts',
            'test/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/dist/**'],
          // Against hanging, and not about speed: a machine that is busy takes several times as long.
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'binary',
          globalSetup: ['tools/bundled-programs.ts', 'tools/binary/set-up.ts'],
          env: { AR_TEST_BINARY: path.resolve(import.meta.dirname, 'cli/binary-test/ar') },
          include: ['cli/test/**/*.test.ts'],
          // About Node.js: what V8 compiles, and its versions. How it is published: tools/binary/packages.test.ts.
          exclude: ['**/node_modules/**', 'cli/test/{compiled,runtimes}.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
