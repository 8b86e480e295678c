import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { openRepository } from '@ar-registry/io/git';
import { integrityOf } from '@ar-registry/io/digest';
import type { PluginDocument, PluginListDocument, VersionDocument } from '@ar-registry/schemas';
import { validator as isPlugin } from '@ar-registry/schemas/validators/api/plugin';
import { validator as isVersion } from '@ar-registry/schemas/validators/api/version';
import { describe, expect, it } from 'vitest';
import { build } from '../src/stages/build/index.ts';
import { merge } from '../src/stages/merge/index.ts';
import { startServer } from '../src/stages/serve/index.ts';
import { validateChange, validateIndex } from '../src/stages/validate/index.ts';
import { ADA, CLOCK, testRegistry } from './registry-fixture.ts';

const PORTS = { clock: CLOCK };
const AUTHOR = { name: 'ar-registry', email: 'ar-registry@localhost' };

describe.each(['', 'registry-index/'])(
  'the line from a branch to a served registry, with the index at “%s”',
  (prefix) => {
    it('holds', async () => {
      const registry = await testRegistry(prefix);
      await registry.commit('publish/one', await registry.submission('@acme/slack-bridge', '1.0.0'));

      const repository = await openRepository(registry.bare);
      const change = { repository, base: 'main', head: 'publish/one', submitter: ADA };
      const validated = await validateChange(change, PORTS);
      expect(validated.findings.map(({ code }) => code)).toEqual(['REVIEW_REQUIRED']);
      expect(validated.findings[0]?.at.file).toBe(`${prefix}plugins/@acme/slack-bridge/plugin.yaml`);

      const input = { url: registry.bare, into: 'main', submitter: ADA, author: AUTHOR };
      const unreviewed = await merge({ ...input, branch: 'publish/one', reviewed: false }, PORTS);
      expect(unreviewed.result.state).toBe('refused');
      const merged = await merge({ ...input, branch: 'publish/one', reviewed: true }, PORTS);
      expect(merged.result).toEqual({ state: 'merged', commit: (await registry.git('rev-parse', 'main')).trim() });

      // A further version by an owner needs nobody.
      const next = await registry.submission('@acme/slack-bridge', '1.1.0', { first: false });
      await registry.commit('publish/two', next);
      expect((await merge({ ...input, branch: 'publish/two', reviewed: false }, PORTS)).result.state).toBe('merged');
      expect((await merge({ ...input, branch: 'publish/two', reviewed: false }, PORTS)).result.state).toBe(
        'already-merged',
      );

      const source = { repository: registry.bare, revision: 'main' };
      expect((await validateIndex({ source })).findings).toEqual([]);
      const out = join(registry.folder, 'out');
      const built = await build({ source, out });
      expect(built).toMatchObject({ plugins: 1, versions: 2, unchanged: 0, deleted: 0, findings: [] });

      const server = await startServer({ dir: out, host: '127.0.0.1', port: 0 });
      try {
        await expectServed(server.url);
      } finally {
        await server.stop();
      }
    });
  },
);

async function expectServed(url: string): Promise<void> {
  const get = (path: string): Promise<Response> => fetch(`${url}/${path}`);
  const search = (await (await get('api/v1/plugins?q=slack&type=bridge&limit=20')).json()) as PluginListDocument;
  expect(search.plugins.map(({ name, version }) => [name, version])).toEqual([['@acme/slack-bridge', '1.1.0']]);

  const plugin: unknown = await (await get('api/v1/plugins/%40acme%2Fslack-bridge')).json();
  expect(isPlugin(plugin).ok).toBe(true);
  const { versions, readme } = plugin as PluginDocument;
  expect(versions.map(({ version }) => version)).toEqual(['1.1.0', '1.0.0']);
  for (const { version, document, integrity } of versions) {
    const body = await (await get(`api/v1/plugins/@acme/slack-bridge/${version}`)).bytes();
    expect(integrityOf(body)).toBe(document);
    const value = JSON.parse(new TextDecoder().decode(body)) as VersionDocument;
    expect(isVersion(value).ok).toBe(true);
    const archive = await get(`api/v1/plugins/@acme/slack-bridge/${version}/download`);
    expect(archive.headers.get('content-type')).toBe('application/gzip');
    expect(integrityOf(await archive.bytes())).toBe(integrity);
  }
  const text = await (await get('api/v1/plugins/@acme/slack-bridge/readme')).bytes();
  expect(integrityOf(text)).toBe(readme?.integrity);
  expect(await (await get(routes.readmeHtml('@acme/slack-bridge'))).text()).toContain('@acme/slack-bridge</h2>');
}

describe('startServer', () => {
  it('answers a path that leaves the folder as one that is not there', async () => {
    const registry = await testRegistry();
    const out = join(registry.folder, 'out');
    await build({ source: { repository: registry.bare, revision: 'main' }, out });
    const server = await startServer({ dir: out, host: '127.0.0.1', port: 0 });
    try {
      for (const path of ['/../index.git/HEAD', '/..%2findex.git/HEAD', '/%2e%2e/index.git/HEAD', '/.ar-build.json'])
        expect(await rawStatus(server.url, path)).toBe(404);
      expect(await rawStatus(server.url, '/api/v1/config.json')).toBe(200);
    } finally {
      await server.stop();
    }
    expect(await readFile(join(out, '.ar-build.json'), 'utf8')).toContain('config.json');
  });

  it('says that a port is taken', async () => {
    const registry = await testRegistry();
    const out = join(registry.folder, 'out');
    await build({ source: { repository: registry.bare, revision: 'main' }, out });
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    await expect(startServer({ dir: out, host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    await expect(startServer({ dir: out, host: '192.0.2.1', port: 0 })).rejects.toMatchObject({
      code: 'ADDRESS_UNUSABLE',
    });
    await new Promise((resolve) => other.close(resolve));
  });

  it('refuses a folder that holds no registry', async () => {
    const registry = await testRegistry();
    const start = startServer({ dir: registry.folder, host: '127.0.0.1', port: 0 });
    await expect(start).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});

/** The path exactly as given, which `fetch` would tidy up first. */
function rawStatus(url: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    request({ hostname, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}
