/** The main ways through the command line, on the oldest Node.js that it supports and on the next one. */
import { fileURLToPath } from 'node:url';
import { serveRegistry } from '@ar-registry/testing/served-registry';
import { describe, expect, it } from 'vitest';
import { createSandbox, MAIN } from './support/ar.ts';

const runtime = (name: string): string =>
  fileURLToPath(new URL(`../../tools/test-dependencies/node_modules/${name}/bin/node`, import.meta.url));

describe.each([
  ['Node 22', runtime('node22')],
  ['Node 26', runtime('node26')],
])('on %s', (_, node) => {
  it('a plugin is found, installed, verified, configured and removed', async () => {
    using sandbox = createSandbox();
    await using registry = await serveRegistry([
      { manifest: { version: '1.0.0' } },
      { manifest: { version: '1.1.0' } },
    ]);
    const env = { AR_REGISTRY: registry.url, AGENT_RELAY_DATA_DIR: `${sandbox.dir}/data` };
    const ar = async (...words: readonly string[]): Promise<string> => {
      const args = [MAIN, 'plugin', ...words];
      const { code, stdout, stderr } = await sandbox.start(node, args, env).ended;
      expect([words, code, code === 0 ? '' : stderr]).toEqual([words, 0, '']);
      return stdout;
    };
    expect(await ar('--help')).toContain('install');
    expect(await ar('search', 'hello')).toContain('@acme/hello');
    expect(await ar('info', '@acme/hello')).toContain('1.1.0');
    await ar('install', '@acme/hello@1.0.0', '--yes');
    await ar('update', '--yes');
    await ar('verify');
    await ar('disable', '@acme/hello');
    await ar('install');
    expect(JSON.parse(await ar('list', '--json'))).toMatchObject({ plugins: [{ name: '@acme/hello' }] });
    await ar('cache', 'verify');
    await ar('remove', '@acme/hello');
  });

  it('a plugin is written, checked and packed', async () => {
    using sandbox = createSandbox();
    const run = (...words: readonly string[]) => sandbox.start(node, [MAIN, 'plugin', ...words]).ended;
    expect(await run('init', 'hello', '--type', 'hook', '--name', '@acme/hello')).toMatchObject({ code: 0 });
    // What is not built yet cannot be packed: said, and no bug.
    expect((await run('pack', 'hello')).code).toBe(1);
    expect((await run('info', '@acme/hello', '--registry', 'http://127.0.0.1:9', '--json')).code).toBe(4);
  });
});
