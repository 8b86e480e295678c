import { spawn } from 'node:child_process';
import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { archiveStorePath } from '@ar-registry/core/archive';
import { routes } from '@ar-registry/core/layout';
import { integrityOf } from '@ar-registry/io/digest';
import type { PluginDocument, StatusDocument } from '@ar-registry/schemas';
import { validator as isAdvisories } from '@ar-registry/schemas/validators/api/advisories';
import { validator as isChanges } from '@ar-registry/schemas/validators/api/changes';
import { validator as isChangesHead } from '@ar-registry/schemas/validators/api/changes-head';
import { validator as isCategories } from '@ar-registry/schemas/validators/api/categories';
import { validator as isConfig } from '@ar-registry/schemas/validators/api/config';
import { validator as isPluginList } from '@ar-registry/schemas/validators/api/plugin-list';
import { validator as isPluginPage } from '@ar-registry/schemas/validators/api/plugin-page';
import { validator as isPlugin } from '@ar-registry/schemas/validators/api/plugin';
import { validator as isRatings } from '@ar-registry/schemas/validators/api/ratings';
import { validator as isSearchIndex } from '@ar-registry/schemas/validators/api/search-index';
import { validator as isStatsRegistry } from '@ar-registry/schemas/validators/api/stats-registry';
import { validator as isStatsTotals } from '@ar-registry/schemas/validators/api/stats-totals';
import { validator as isStatus } from '@ar-registry/schemas/validators/api/status';
import { validator as isTags } from '@ar-registry/schemas/validators/api/tags';
import { validator as isVersion } from '@ar-registry/schemas/validators/api/version';
import { execa } from 'execa';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { build } from '../src/stages/build/index.ts';
import { INDEX_FILES, testRegistry, type Files, type TestRegistry } from './registry-fixture.ts';

/** Three plugins, one with two versions, as files by path. */
async function sampleFiles(registry: TestRegistry): Promise<Map<string, Uint8Array | string>> {
  return new Map([
    ...Object.entries(INDEX_FILES),
    ...(await registry.submission('@acme/audit', '1.0.0')),
    ...(await registry.submission('@acme/audit', '1.1.0')),
    ...(await registry.submission('@acme/chat', '0.1.0', { manifest: { tags: ['chat', 'team'] } })),
    ...(await registry.submission('@ar/slack-bridge', '2.0.0', { plugin: { trust: 'official', featured: true } })),
  ]);
}

async function writeIndex(folder: string, files: Files): Promise<string> {
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

/** Path → content of everything in a folder, dotfiles too. */
async function contentOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = paths
    .toSorted()
    .map(async (path) => [path.slice(folder.length), await readFile(path, 'latin1')] as const);
  return new Map(await Promise.all(read));
}

async function readJson(out: string, path: string): Promise<unknown> {
  return JSON.parse(await readFile(join(out, path), 'utf8'));
}

describe('build', () => {
  it('gives the same bytes from a folder in any order, and from a commit', async () => {
    const registry = await testRegistry();
    const files = await sampleFiles(registry);
    const first = join(registry.folder, 'first');
    await build({ source: { folder: await writeIndex(join(registry.folder, 'index'), files) }, out: first });
    const expected = await contentOf(first);
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...files], { minLength: files.size }), async (shuffled) => {
        run += 1;
        const folder = await writeIndex(join(registry.folder, `index-${run}`), new Map(shuffled));
        const out = join(registry.folder, `out-${run}`);
        await build({ source: { folder }, out });
        expect(await contentOf(out)).toEqual(expected);
      }),
      { numRuns: 5 },
    );
    await registry.commit('main', files);
    const fromGit = join(registry.folder, 'git');
    await build({ source: { repository: registry.bare, revision: 'main' }, out: fromGit });
    const different = [...(await contentOf(fromGit))].filter(([path, content]) => expected.get(path) !== content);
    // Only the commit itself is told, and something is kept of it for the next build.
    expect(different.map(([path]) => path).filter((path) => !path.startsWith('/.ar-state/'))).toEqual([
      '/api/v1/status.json',
    ]);
  });

  it('touches nothing when nothing changed, and only what changed otherwise', async () => {
    const registry = await testRegistry();
    const folder = await writeIndex(join(registry.folder, 'index'), await sampleFiles(registry));
    const out = join(registry.folder, 'out');
    const { written } = await build({ source: { folder }, out });
    const before = await stat(join(out, routes.config), { bigint: true });
    expect(await build({ source: { folder }, out })).toMatchObject({ written: 0, unchanged: written, deleted: 0 });
    expect((await stat(join(out, routes.config), { bigint: true })).mtimeNs).toBe(before.mtimeNs);
    const yank = 'schemaVersion: 1\ndistTags:\n  latest: 1.0.0\nyanked:\n  1.1.0: Broken.\n';
    await writeFile(join(folder, 'plugins/@acme/audit/status.yaml'), yank);
    const again = await build({ source: { folder }, out });
    expect(again.written).toBeLessThan(13);
    expect(await readJson(out, routes.plugin('@acme/audit'))).toMatchObject({ version: '1.0.0' });
  });

  it('makes documents that fit their schemas', async () => {
    const registry = await testRegistry();
    const folder = await writeIndex(join(registry.folder, 'index'), await sampleFiles(registry));
    const out = join(registry.folder, 'out');
    await build({ source: { folder }, out });
    const checks = [...(await contentOf(join(out, 'api'))).keys()].filter(
      (path) => path.endsWith('.json') && path !== '/v1/openapi.json',
    );
    for (const path of checks)
      expect([path, validatorOf(path)(await readJson(join(out, 'api'), path)).ok]).toEqual([path, true]);
    expect(checks.length).toBeGreaterThan(12);
  });

  it('publishes the advisories of the index, and what is broken among them stops nothing', async () => {
    const registry = await testRegistry();
    const folder = await writeIndex(join(registry.folder, 'index'), await sampleFiles(registry));
    await mkdir(join(folder, 'advisories'));
    const record = {
      schemaVersion: 1,
      id: 'AR-2026-0001',
      modified: '2026-05-01T00:00:00Z',
      summary: 'Sends tokens to a stranger.',
      affected: [{ package: { ecosystem: 'AgentRelay', name: '@acme/audit' }, versions: ['1.0.0'] }],
      action: 'block-load',
    };
    // JSON is YAML.
    await writeFile(join(folder, 'advisories/AR-2026-0001.yaml'), JSON.stringify(record));
    await writeFile(join(folder, 'advisories/AR-2026-0002.yaml'), 'broken');
    const out = join(registry.folder, 'out');
    await build({ source: { folder }, out });
    const { advisories } = (await readJson(out, routes.advisories)) as { readonly advisories: readonly object[] };
    expect(advisories).toMatchObject([{ id: 'AR-2026-0001', plugin: '@acme/audit', action: 'block-load' }]);
    expect(await readJson(out, routes.advisory('AR-2026-0001'))).toMatchObject({ schema_version: '1.7.0' });
    expect(await readJson(out, routes.status)).toMatchObject({ excluded: [{ file: 'advisories/AR-2026-0002.yaml' }] });
  });

  it('publishes badges, and feeds where it is known where it will be served', async () => {
    const registry = await testRegistry();
    const folder = await writeIndex(join(registry.folder, 'index'), await sampleFiles(registry));
    const [without, out] = [join(registry.folder, 'without'), join(registry.folder, 'out')];
    await build({ source: { folder }, out: without });
    await build({ source: { folder }, out, baseUrl: 'https://registry.example.com' });
    for (const kind of ['version', 'downloads', 'trust'])
      expect(await readFile(join(without, `badge/@acme/audit/${kind}.svg`), 'utf8')).toContain('<svg ');
    await expect(stat(join(without, 'feed.atom'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readFile(join(out, 'feeds/plugins/@acme/audit.atom'), 'utf8')).toContain('@acme/audit 1.1.0');
    expect(await readJson(out, 'feed.json')).toMatchObject({ home_page_url: 'https://registry.example.com/' });
    expect(await readdir(join(out, 'feeds/scopes'))).toEqual(['@acme.atom', '@acme.json', '@ar.atom', '@ar.json']);
  });

  it('takes what it made of a README before only where nothing of it has changed', async () => {
    const registry = await testRegistry();
    const folder = await writeIndex(join(registry.folder, 'index'), await sampleFiles(registry));
    const out = join(registry.folder, 'out');
    await build({ source: { folder }, out });
    const expected = await contentOf(out);
    for (const path of [routes.readme('@acme/audit'), routes.readmeHtml('@ar/slack-bridge'), '.ar-leaves.json'])
      await writeFile(join(out, path), 'of somebody else');
    await rm(join(out, routes.readmeHtml('@acme/chat')));
    await build({ source: { folder }, out });
    expect(await contentOf(out)).toEqual(expected);
    const notes = JSON.stringify({
      entries: { '@acme/audit': ['x', ['api/../../../etc/passwd'], 'x'], '@acme/chat': 1 },
    });
    await writeFile(join(out, '.ar-leaves.json'), notes);
    await build({ source: { folder }, out });
    expect(await contentOf(out)).toEqual(expected);
  });

  it('deletes what an earlier build wrote and this one does not, and the folders of it', async () => {
    const registry = await testRegistry();
    const files = await sampleFiles(registry);
    const folder = await writeIndex(join(registry.folder, 'index'), files);
    const out = join(registry.folder, 'out');
    await build({ source: { folder }, out });
    await writeFile(join(out, 'index.html'), 'of the site');
    await rm(join(folder, 'plugins/@acme/chat'), { recursive: true });
    const { deleted } = await build({ source: { folder }, out });
    expect(deleted).toBe(8);
    expect(await readdir(join(out, 'api/v1/plugins/@acme'))).toEqual(['audit', 'audit.json']);
    expect(await readFile(join(out, 'index.html'), 'utf8')).toBe('of the site');
  });

  it('does not write into a folder with files of others', async () => {
    const registry = await testRegistry();
    const folder = await writeIndex(join(registry.folder, 'index'), await sampleFiles(registry));
    await expect(build({ source: { folder }, out: folder })).rejects.toMatchObject({ code: 'OUTPUT_FOLDER_FOREIGN' });
    await expect(build({ source: { folder }, out: join(folder, 'registry.yaml') })).rejects.toMatchObject({
      code: 'FILE_ACCESS',
    });
  });

  it('deletes nothing outside of what builds write, whatever the list of its files says', async () => {
    const registry = await testRegistry();
    const folder = await writeIndex(join(registry.folder, 'index'), await sampleFiles(registry));
    const out = join(registry.folder, 'out');
    const files = ['../index/registry.yaml', 'index.html', '/etc/passwd', 'api/../../index/registry.yaml'];
    const list = JSON.stringify({ complete: true, files });
    await writeIndex(
      out,
      new Map([
        ['.ar-build.json', list],
        ['index.html', 'x'],
      ]),
    );
    expect(await build({ source: { folder }, out })).toMatchObject({ deleted: 0 });
    expect(await readFile(join(out, 'index.html'), 'utf8')).toBe('x');
  });

  it('is interrupted without publishing a root, and goes on from there', async () => {
    const registry = await testRegistry();
    const folder = await writeIndex(join(registry.folder, 'index'), await sampleFiles(registry));
    const out = join(registry.folder, 'out');
    // A folder where a document belongs stops the build half-way.
    const obstacle = join(out, routes.plugin('@acme/audit'));
    await writeIndex(
      out,
      new Map([
        ['.ar-build.json', '{"complete":true,"files":[]}'],
        ['api/v1/trust/timestamp.json', '{}'],
      ]),
    );
    await mkdir(obstacle, { recursive: true });
    await expect(build({ source: { folder }, out })).rejects.toMatchObject({ code: 'FILE_ACCESS' });
    await stat(join(out, routes.version('@acme/audit', '1.1.0')));
    await stat(join(out, routes.download('@acme/audit', '1.1.0')));
    for (const path of [routes.config, routes.status, routes.search, routes.plugins])
      await expect(stat(join(out, path))).rejects.toMatchObject({ code: 'ENOENT' });
    await rm(obstacle, { recursive: true });
    await rm(join(folder, 'plugins/@acme/chat'), { recursive: true });
    await build({ source: { folder }, out });
    // What the interrupted build had written of the plugin that is gone is gone as well.
    expect(await readdir(join(out, 'api/v1/plugins/@acme'))).toEqual(['audit', 'audit.json']);
    expect(await readdir(out)).toEqual(['.ar-build.json', '.ar-leaves.json', '_headers', 'api', 'badge']);
    // Signatures are not its own, and stay.
    expect(await readdir(join(out, 'api/v1/trust'))).toEqual(['timestamp.json']);
  });

  it('stops when it is told to', async () => {
    const registry = await testRegistry();
    const folder = await writeIndex(join(registry.folder, 'index'), await sampleFiles(registry));
    const signal = AbortSignal.abort();
    await expect(build({ source: { folder }, out: join(registry.folder, 'out') }, { signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  it('says that there is no registry where registry.yaml is broken', async () => {
    const registry = await testRegistry();
    const files = (await sampleFiles(registry)).set('registry.yaml', 'name: [');
    const folder = await writeIndex(join(registry.folder, 'index'), files);
    const building = build({ source: { folder }, out: join(registry.folder, 'out') });
    await expect(building).rejects.toMatchObject({ code: 'INDEX_UNREADABLE' });
  });
});

interface Broken {
  readonly title: string;
  readonly code: string;
  readonly breakIt: (files: Map<string, Uint8Array | string>) => unknown;
  /** Versions of @acme/audit that stay. */
  readonly left: readonly string[];
}

const BROKEN: readonly Broken[] = [
  {
    title: 'a record that is no YAML',
    code: 'YAML_SYNTAX',
    breakIt: (files) => files.set(version('1.1.0'), 'x: ['),
    left: ['1.0.0'],
  },
  {
    title: 'a version under the wrong path',
    code: 'RECORD_MISPLACED',
    breakIt: (files) => files.set(version('9.0.0'), String(files.get(version('1.1.0')))),
    left: ['1.1.0', '1.0.0'],
  },
  {
    title: 'a missing archive',
    code: 'ARCHIVE_MISSING',
    breakIt: (files) => files.delete(archiveFor(files, '1.1.0')),
    left: ['1.0.0'],
  },
  {
    title: 'a damaged archive',
    code: 'ARCHIVE_REFUSED',
    breakIt: (files) => files.set(archiveFor(files, '1.1.0'), 'damaged'),
    left: ['1.0.0'],
  },
  {
    title: 'a size that is not the archive’s',
    code: 'ARCHIVE_NOT_AS_RECORDED',
    breakIt: (files) => {
      const record = String(files.get(version('1.1.0')));
      files.set(version('1.1.0'), record.replace(/^( {2}size: ).*$/m, '$11'));
    },
    left: ['1.0.0'],
  },
  {
    title: 'a plugin without an owner',
    code: 'RECORD_MISSING',
    breakIt: (files) => files.delete('plugins/@acme/audit/plugin.yaml'),
    left: [],
  },
  {
    title: 'a plugin without an archive',
    code: 'ARCHIVE_MISSING',
    breakIt: (files) => ['1.0.0', '1.1.0'].map((one) => files.delete(archiveFor(files, one))),
    left: [],
  },
];

describe('one broken entry', () => {
  it.each(BROKEN)('$title is left out and reported, and stops nothing', async ({ code, breakIt, left }) => {
    const registry = await testRegistry();
    const files = await sampleFiles(registry);
    breakIt(files);
    const folder = await writeIndex(join(registry.folder, 'index'), files);
    const out = join(registry.folder, 'out');
    const { findings } = await build({ source: { folder }, out });
    expect(findings.map((found) => found.code)).toContain(code);
    const status = (await readJson(out, routes.status)) as StatusDocument;
    expect(status.excluded.map((excluded) => excluded.code)).toContain(code);
    const plugin = await readJson(out, routes.plugin('@acme/audit')).catch(() => undefined);
    expect(((plugin as PluginDocument | undefined)?.versions ?? []).map((entry) => entry.version)).toEqual(left);
    for (const one of ['1.0.0', '1.1.0']) {
      const published = await stat(join(out, routes.download('@acme/audit', one))).catch(() => undefined);
      expect(published !== undefined).toBe(left.includes(one));
    }
    expect(await readJson(out, routes.plugins)).toMatchObject({ total: left.length > 0 ? 3 : 2 });
  });

  it('leaves out a latest version whose archive cannot be opened, and takes the README of the one before', async () => {
    const registry = await testRegistry();
    const files = await sampleFiles(registry);
    const bytes = new TextEncoder().encode('no gzip at all');
    const integrity = integrityOf(bytes);
    const record = String(files.get(version('1.1.0')))
      .replace(/^( {2}tarball: ).*$/m, `$1store:${integrity}`)
      .replace(/^( {2}integrity: ).*$/m, `$1${integrity}`)
      .replace(/^( {2}size: ).*$/m, `$1${bytes.length}`);
    files.set(version('1.1.0'), record).set(`store/${archiveStorePath(integrity)}`, bytes);
    const folder = await writeIndex(join(registry.folder, 'index'), files);
    const out = join(registry.folder, 'out');
    const { findings } = await build({ source: { folder }, out });
    expect(findings.map(({ code }) => code)).toEqual(['ARCHIVE_REFUSED']);
    expect(await readFile(join(out, routes.readme('@acme/audit')), 'utf8')).toContain('Version 1.0.0');
    await expect(stat(join(out, routes.download('@acme/audit', '1.1.0')))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readJson(out, routes.plugin('@acme/audit'))).toMatchObject({ version: '1.0.0', versions: [{}] });
  });

  it('publishes no README that is too long', async () => {
    const registry = await testRegistry();
    const readme = { 'README.md': 'x'.repeat(600 * 1024) };
    const files = new Map([
      ...Object.entries(INDEX_FILES),
      ...(await registry.submission('@acme/audit', '1.0.0', { files: readme })),
    ]);
    const folder = await writeIndex(join(registry.folder, 'index'), files);
    const out = join(registry.folder, 'out');
    const { findings } = await build({ source: { folder }, out });
    expect(findings.map(({ code }) => code)).toEqual(['README_TOO_LARGE']);
    expect(await readJson(out, routes.plugin('@acme/audit'))).not.toHaveProperty('readme');
  });
});

describe('a static server of somebody else', () => {
  it('serves the canonical files', async ({ skip }) => {
    const python = await execa('python3', ['--version'], { reject: false });
    if (python.exitCode !== 0) skip('python3 is not installed');
    const registry = await testRegistry();
    const folder = await writeIndex(join(registry.folder, 'index'), await sampleFiles(registry));
    const out = join(registry.folder, 'out');
    await build({ source: { folder }, out });
    const server = spawn('python3', ['-u', '-m', 'http.server', '0', '--bind', '127.0.0.1'], { cwd: out });
    try {
      const port = await new Promise<string>((resolve) => {
        server.stdout.on('data', (text: Buffer) => {
          const found = / port (\d+)/.exec(text.toString())?.[1];
          if (found !== undefined) resolve(found);
        });
      });
      const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}/${path}`);
      expect(await (await get(routes.config)).json()).toMatchObject({ apiVersion: 'v1' });
      expect(await (await get(routes.plugin('@acme/audit'))).json()).toMatchObject({ version: '1.1.0' });
      const archive = await get(routes.download('@acme/audit', '1.1.0'));
      const stored = await readFile(join(folder, archiveFor(await filesOf(folder), '1.1.0')));
      expect(Buffer.from(await archive.arrayBuffer()).equals(stored)).toBe(true);
    } finally {
      server.kill();
    }
  });
});

function version(number: string): string {
  return `plugins/@acme/audit/versions/${number}.yaml`;
}

/** Path of the archive of a version of @acme/audit. */
function archiveFor(files: Files, number: string): string {
  const integrity = /store:(sha512-[A-Za-z0-9+/=]+)/.exec(String(files.get(version(number))))?.[1] ?? '';
  return `store/${archiveStorePath(integrity)}`;
}

async function filesOf(folder: string): Promise<Files> {
  return new Map([...(await contentOf(folder))].map(([path, content]) => [path.slice(1), content]));
}

const VALIDATORS: Readonly<Record<string, (value: unknown) => { readonly ok: boolean }>> = {
  [routes.config]: isConfig,
  [routes.status]: isStatus,
  [routes.search]: isSearchIndex,
  [routes.categories]: isCategories,
  [routes.tags]: isTags,
  [routes.changes]: isChanges,
  [routes.changesHead]: isChangesHead,
  [routes.advisories]: isAdvisories,
  [routes.statsTotals]: isStatsTotals,
  [routes.statsRegistry]: isStatsRegistry,
  [routes.ratings]: isRatings,
};

function validatorOf(path: string): (value: unknown) => { readonly ok: boolean } {
  const known = VALIDATORS[`api${path}`];
  if (known) return known;
  if (/@[^/]+\/[^/]+\/[^/]+\.json$/.test(path)) return isVersion;
  if (path.startsWith('/v1/plugins/page/')) return isPluginPage;
  return path.includes('@') ? isPlugin : isPluginList;
}
