import type {
  AdvisoriesDocument,
  PluginDocument,
  PluginListDocument,
  PluginPageDocument,
  StatusDocument,
  SearchIndexDocument,
} from '@ar-registry/schemas';
import { validator as isChanges } from '@ar-registry/schemas/validators/api/changes';
import { validator as isChangesHead } from '@ar-registry/schemas/validators/api/changes-head';
import { validator as isChangesPart } from '@ar-registry/schemas/validators/api/changes-part';
import { validator as isCategories } from '@ar-registry/schemas/validators/api/categories';
import { validator as isConfig } from '@ar-registry/schemas/validators/api/config';
import { validator as isPluginList } from '@ar-registry/schemas/validators/api/plugin-list';
import { validator as isPluginPage } from '@ar-registry/schemas/validators/api/plugin-page';
import { validator as isPackument } from '@ar-registry/schemas/validators/api/npm-packument';
import { validator as isPlugin } from '@ar-registry/schemas/validators/api/plugin';
import { validator as isRatings } from '@ar-registry/schemas/validators/api/ratings';
import { validator as isReviews } from '@ar-registry/schemas/validators/api/reviews';
import { validator as isSearchIndex } from '@ar-registry/schemas/validators/api/search-index';
import { validator as isStatsDownloads } from '@ar-registry/schemas/validators/api/stats-downloads';
import { validator as isStatsPlugin } from '@ar-registry/schemas/validators/api/stats-plugin';
import { validator as isStatsRegistry } from '@ar-registry/schemas/validators/api/stats-registry';
import { validator as isStatsTotals } from '@ar-registry/schemas/validators/api/stats-totals';
import { validator as isStatus } from '@ar-registry/schemas/validators/api/status';
import { validator as isAdvisories } from '@ar-registry/schemas/validators/api/advisories';
import { validator as isAdvisory } from '@ar-registry/schemas/validators/api/advisory';
import { validator as isTags } from '@ar-registry/schemas/validators/api/tags';
import { validator as isVersion } from '@ar-registry/schemas/validators/api/version';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ADA, hash, integrity, snapshotOf, testIndex, type IndexBuilder } from '../../test/index-fixture.ts';
import { finding } from '../findings/index.ts';
import { routes } from '../layout/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import { buildDocuments, excludeVersions, type ApiDocument, type BuildInputs } from './index.ts';

const NOTHING: BuildInputs = { readmes: new Map(), findings: [] };

function sample(): IndexBuilder {
  return testIndex()
    .plugin('@ar/slack-bridge', { trust: 'official', featured: true, aliases: ['@ar/slack'] })
    .version('@ar/slack-bridge', '1.0.0', { publishedAt: '2026-01-01T00:00:00Z' })
    .version('@ar/slack-bridge', '1.10.0', {
      publishedAt: '2026-03-01T00:00:00Z',
      manifest: { homepage: 'https://example.com/slack', minVersion: '1.3.0' },
    })
    .version('@ar/slack-bridge', '2.0.0-beta.1', { publishedAt: '2026-02-01T00:00:00Z', fixes: ['AR-2026-0001'] })
    .status('@ar/slack-bridge', {
      distTags: { latest: '1.10.0', beta: '2.0.0-beta.1' },
      deprecated: { '1.10.0': 'Old.' },
      yanked: { '1.0.0': 'Broken.' },
    })
    .version('@acme/audit', '0.1.0', { manifest: { tags: ['audit', 'chat'], category: 'compliance' } })
    .plugin('@acme/old', { renamedTo: '@acme/audit' })
    .version('@acme/old', '0.1.0')
    .file('stats/downloads.json', JSON.stringify({ schemaVersion: 1, downloads: { '@acme/audit': 7 } }));
}

function build(index: IndexBuilder, inputs: BuildInputs = NOTHING): readonly ApiDocument[] {
  return [...buildDocuments(index.snapshot(), inputs, hash)];
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the schema test says what each path holds
function at<T>(documents: readonly ApiDocument[], path: string): T {
  const found = documents.find((document) => document.path === path);
  if (!found) throw new Error(`No ${path}`);
  return JSON.parse(found.body) as T;
}

/** config.json of the sample, with that in its registry.yaml. */
function config(registry: Partial<Snapshot['registry']>): unknown {
  const snapshot = sample().snapshot();
  const changed = { ...snapshot, registry: { ...snapshot.registry, ...registry } };
  return at([...buildDocuments(changed, NOTHING, hash)], routes.config);
}

function listed(documents: readonly ApiDocument[], path: string): readonly string[] {
  return at<PluginListDocument>(documents, path).plugins.map(({ name }) => name);
}

const VALIDATORS: Readonly<Record<string, (value: unknown) => { readonly ok: boolean }>> = {
  [routes.config]: isConfig,
  [routes.status]: isStatus,
  [routes.search]: isSearchIndex,
  [routes.categories]: isCategories,
  [routes.tags]: isTags,
  [routes.changes]: isChanges,
  [routes.changesHead]: isChangesHead,
};

function isValid({ kind, path, body }: ApiDocument): boolean {
  if (kind === 'badge') return body.startsWith('<svg ');
  if (kind === 'table') return /^(?:[^\r\n]+\r\n)+$/.test(body);
  const value: unknown = JSON.parse(body);
  const known = VALIDATORS[path];
  if (known) return known(value).ok;
  if (path.startsWith('npm/')) return isPackument(value).ok;
  if (path.startsWith('api/v1/changes/')) return isChangesPart(value).ok;
  if (path.startsWith('api/v1/advisories')) return isValidAdvisory(path, value);
  if (path.startsWith('api/v1/stats/')) return isValidStats(path, value);
  if (/@[^/]+\/[^/]+\/[^/]+\.json$/.test(path)) return isVersion(value).ok;
  return path.includes('@') ? isPlugin(value).ok : isValidList(path, value);
}

function isValidList(path: string, value: unknown): boolean {
  return path.startsWith('api/v1/plugins/page/') ? isPluginPage(value).ok : isPluginList(value).ok;
}

function isValidAdvisory(path: string, value: unknown): boolean {
  return path === routes.advisories ? isAdvisories(value).ok : isAdvisory(value).ok;
}

function isValidStats(path: string, value: unknown): boolean {
  if (path === routes.statsTotals) return isStatsTotals(value).ok;
  if (path === routes.statsRegistry) return isStatsRegistry(value).ok;
  if (path === routes.ratings) return isRatings(value).ok;
  if (path.includes('/reviews/')) return isReviews(value).ok;
  return path.includes('/downloads/') ? isStatsDownloads(value).ok : isStatsPlugin(value).ok;
}

describe('buildDocuments', () => {
  it('makes documents that fit their schemas', () => {
    const readmes = new Map([['@acme/audit', { integrity: integrity('r'), size: 5 }]]);
    const documents = build(sample(), { readmes, findings: [], commit: 'a'.repeat(40), baseUrl: 'https://x.test' });
    expect(documents.filter((document) => !isValid(document)).map(({ path }) => path)).toEqual([]);
    expect(documents.map(({ path }) => path)).toEqual([...new Set(documents.map(({ path }) => path))]);
  });

  it('counts by days where there are any, not by the file of other programs', () => {
    const downloads = { '@acme/audit': { '0.1.0': 12 }, '@acme/gone': { '1.0.0': 5 } };
    const day = { schemaVersion: 1, day: '2026-11-20', downloads, ciDownloads: {}, events: {} };
    const documents = build(sample().file('stats/daily/2026-11-20.json', JSON.stringify(day)));
    expect(documents.filter((document) => !isValid(document))).toEqual([]);
    expect(at<SearchIndexDocument>(documents, routes.search).plugins.map(({ downloads: count }) => count)).toEqual([
      12, 0,
    ]);
    expect(at<object>(documents, routes.statsPlugin('@acme/audit'))).toMatchObject({ total: 12 });
    expect(documents.filter(({ path }) => path.includes('@acme/gone'))).toEqual([]);
  });

  it('makes digests of documents in each of their forms', () => {
    const forms = [
      { inHead: 9, inIndex: 9, inWhole: 9 },
      { inHead: 1, inIndex: 9, inWhole: 9 },
      { inHead: 1, inIndex: 2, inWhole: 9 },
      { inHead: 1, inIndex: 2, inWhole: 2 },
    ];
    const made = forms.map((delta) => build(sample(), { ...NOTHING, delta }));
    expect(made.flat().filter((document) => !isValid(document))).toEqual([]);
    const files = made.map((documents) => documents.filter(({ path }) => path.startsWith('api/v1/changes/')).length);
    expect(files[0]).toBe(1);
    expect(files[1]).toBe(2);
    // The head, the index, the whole, a file for each of three plugins, and one for all bins that have none.
    expect(files[2]).toBe(7);
    expect(files[3]).toBe(6);
  });

  it('makes documents of an index without plugins', () => {
    const documents = build(testIndex());
    expect(documents.filter((document) => !isValid(document))).toEqual([]);
    expect(at<PluginListDocument>(documents, routes.plugins)).toMatchObject({ total: 0, page: 1, pages: 1 });
  });

  it('gives leaves before what names them', () => {
    const kinds = build(sample()).map(({ kind }) => kind);
    const order = [
      'version',
      'plugin',
      'npm',
      'table',
      'stats',
      'badge',
      'list',
      'search',
      'status',
      'config',
    ] as const;
    expect(kinds).toEqual(kinds.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
    expect(kinds.at(-1)).toBe('config');
  });

  it('gives the same bytes whatever the order of the files', () => {
    const files = [...sample().files()];
    const expected = build(sample());
    fc.assert(
      fc.property(fc.shuffledSubarray(files, { minLength: files.length }), (shuffled) => {
        expect([...buildDocuments(snapshotOf(new Map(shuffled)), NOTHING, hash)]).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('writes compact JSON that ends in one line feed', () => {
    const documents = build(sample()).filter(({ kind }) => kind !== 'badge' && kind !== 'table');
    for (const { body } of documents) expect(body).toBe(`${JSON.stringify(JSON.parse(body))}\n`);
  });

  it('lists versions highest first, each with its state and the hash of its document', () => {
    const documents = build(sample());
    const { versions } = at<PluginDocument>(documents, routes.plugin('@ar/slack-bridge'));
    expect(versions.map(({ version, yanked, deprecated }) => [version, yanked, deprecated])).toEqual([
      ['2.0.0-beta.1', undefined, undefined],
      ['1.10.0', undefined, 'Old.'],
      ['1.0.0', 'Broken.', undefined],
    ]);
    for (const { version, document } of versions) {
      const path = routes.version('@ar/slack-bridge', version);
      const body = documents.find((one) => one.path === path)?.body ?? '';
      expect(document).toBe(hash(new TextEncoder().encode(body)));
    }
  });

  it('publishes advisories whole, and lists those that are in force', () => {
    const withdrawn = '2026-05-02T00:00:00Z';
    const documents = build(sample().advisory().advisory({ id: 'AR-2026-0002', withdrawn }));
    expect(documents.filter((document) => !isValid(document))).toEqual([]);
    const { advisories } = at<AdvisoriesDocument>(documents, routes.advisories);
    expect(advisories.map(({ id, plugin, action }) => [id, plugin, action])).toEqual([
      ['AR-2026-0001', '@acme/audit', 'block-load'],
    ]);
    expect(at<object>(documents, routes.advisory('AR-2026-0002'))).toMatchObject({ withdrawn, action: 'block-load' });
  });

  it('tells in config.json what the search index is', () => {
    const documents = build(sample());
    const bytes = new TextEncoder().encode(documents.find(({ path }) => path === routes.search)?.body);
    expect(at(documents, routes.config)).toMatchObject({
      search: { format: 'compact', entries: 2, integrity: hash(bytes), size: bytes.length },
    });
  });

  it.each([
    [undefined, undefined],
    [false, undefined],
    [true, 't/v1/'],
    ['https://count.example.org', 'https://count.example.org/'],
    ['https://count.example.org/t/v1/', 'https://count.example.org/t/v1/'],
  ])('tells in config.json where it wants to be told something: %s', (telemetry, telemetryUrl) => {
    const document = config(telemetry === undefined ? {} : { telemetry });
    expect(document).toEqual(Object.assign({}, config({}), telemetryUrl === undefined ? {} : { telemetryUrl }));
  });

  it('tells in config.json where submissions go, if the registry says so', () => {
    const repository = 'https://example.com/index.git';
    expect(config({})).not.toHaveProperty('submissions');
    expect(config({ repository })).toMatchObject({ submissions: { repository, uploads: 'index' } });
    expect(config({ repository, uploads: 'release', github: { clientId: 'abc' } })).toMatchObject({
      submissions: { repository, uploads: 'release', githubClientId: 'abc' },
    });
  });

  it('shows a plugin by its dist-tag latest', () => {
    const plugin = at<PluginDocument>(build(sample()), routes.plugin('@ar/slack-bridge'));
    expect(plugin).toMatchObject({
      version: '1.10.0',
      deprecated: 'Old.',
      homepage: 'https://example.com/slack',
      publishedAt: '2026-01-01T00:00:00Z',
      updatedAt: '2026-03-01T00:00:00Z',
      owners: [ADA],
      featured: true,
    });
  });

  it.each([
    ['the highest release', {}, '1.10.0'],
    ['the highest release when latest is yanked', { yanked: { '1.10.0': 'x' } }, '1.0.0'],
    ['a prerelease when no release is left', { yanked: { '1.10.0': 'x', '1.0.0': 'x' } }, '2.0.0-beta.1'],
  ])('falls back to %s', (_title, changes, version) => {
    const distTags: Readonly<Record<string, string>> = 'yanked' in changes ? { latest: '1.10.0' } : {};
    const index = sample().status('@ar/slack-bridge', { distTags, ...changes });
    expect(at<PluginDocument>(build(index), routes.plugin('@ar/slack-bridge')).version).toBe(version);
  });

  it('keeps a renamed plugin readable and lists it nowhere', () => {
    const documents = build(sample());
    expect(at<PluginDocument>(documents, routes.plugin('@acme/old')).renamedTo).toBe('@acme/audit');
    for (const path of [routes.plugins, routes.search, routes.popular])
      expect(listed(documents, path)).not.toContain('@acme/old');
  });

  it('does not list a plugin of which every version is yanked', () => {
    const index = sample().status('@acme/audit', { distTags: {}, yanked: { '0.1.0': 'x' } });
    expect(listed(build(index), routes.plugins)).toEqual(['@ar/slack-bridge']);
  });

  it('cuts the list into pages, the first plugin of the registry first, and counts them in one document alone', () => {
    const index = sample()
      .registry({ pageSize: 1 })
      .version('@acme/audit', '0.1.0', { publishedAt: '2026-01-02T00:00:00Z' });
    const documents = build(index);
    const [first, second, third] = [1, 2, 3].map((page) => at<PluginPageDocument>(documents, routes.pluginsPage(page)));
    expect(Object.keys(first ?? {})).toEqual(['schemaVersion', 'page', 'plugins']);
    // The place of the one that has another name now.
    expect([first?.plugins, first?.page]).toEqual([[], 1]);
    expect([second?.plugins.map(({ name }) => name), second?.page]).toEqual([['@ar/slack-bridge'], 2]);
    expect([third?.plugins.map(({ name }) => name), third?.page]).toEqual([['@acme/audit'], 3]);
    expect(at(documents, routes.plugins)).toEqual({ ...first, total: 2, pages: 3 });
    const paths = documents.map(({ path }) => path);
    expect(paths.indexOf(routes.plugins)).toBeGreaterThan(paths.indexOf(routes.pluginsPage(3)));
  });

  it('puts the most downloaded plugin first among the popular', () => {
    expect(listed(build(sample()), routes.popular)).toEqual(['@acme/audit', '@ar/slack-bridge']);
  });

  it('puts the more trusted one first where downloads are equal', () => {
    const index = sample().file('stats/downloads.json', undefined);
    expect(listed(build(index), routes.popular)).toEqual(['@ar/slack-bridge', '@acme/audit']);
  });

  it('counts categories of the registry in its order, and tags by name', () => {
    const documents = build(sample());
    expect(at(documents, routes.categories)).toMatchObject({ categories: [{ id: 'communication', count: 1 }] });
    expect(at(documents, routes.tags)).toMatchObject({
      tags: [
        { id: 'audit', count: 1 },
        { id: 'chat', count: 2 },
      ],
    });
  });

  it('names the counters in lists nowhere', () => {
    expect(JSON.stringify(at(build(sample()), routes.plugins))).not.toContain('downloads');
  });

  it('tells in status.json what was left out, cleaned of control characters', () => {
    const findings = [
      finding('VERSION_INVALID', { file: 'b' }, { version: '\u001b[31mx\n' }),
      finding('ARCHIVE_REMOTE', { file: 'a' }, { url: 'https://x' }),
    ];
    const status = at<StatusDocument>(build(sample(), { ...NOTHING, findings, commit: 'c' }), routes.status);
    expect(status).toMatchObject({
      commit: 'c',
      plugins: 3,
      versions: 5,
      excluded: [{ file: 'b', code: 'VERSION_INVALID' }],
    });
    // oxlint-disable-next-line no-control-regex -- controls are what must not be there
    expect(status.excluded[0]?.message).not.toMatch(/[\u0000-\u001f]/);
  });

  it('gives a README where there is one', () => {
    const readmes = new Map([['@acme/audit', { integrity: integrity('r'), size: 5 }]]);
    const documents = build(sample(), { readmes, findings: [] });
    expect(at<PluginDocument>(documents, routes.plugin('@acme/audit')).readme).toEqual({
      integrity: integrity('r'),
      size: 5,
    });
    expect(at<PluginDocument>(documents, routes.plugin('@acme/old')).readme).toBeUndefined();
  });

  it('names the folder in the repository only while the reviewed repository is the manifest’s', () => {
    const own = { type: 'git', url: 'https://example.com/acme/audit', directory: 'plugins/audit' };
    const same = testIndex().version('@acme/audit', '1.0.0', { manifest: { repository: own } });
    const moved = testIndex().version('@acme/audit', '1.0.0', {
      manifest: { repository: { ...own, url: 'https://example.com/other' } },
    });
    const [first, second] = [same, moved].map((index) =>
      at<PluginDocument>(build(index), routes.plugin('@acme/audit')),
    );
    expect(first?.repository).toEqual(own);
    expect(second?.repository).toEqual({ type: 'git', url: own.url });
  });

  it('takes a version named like a property of every object for what it is', () => {
    const index = sample().status('@acme/audit', { distTags: { latest: '0.1.0', constructor: '0.1.0' } });
    expect(at<PluginDocument>(build(index), routes.plugin('@acme/audit')).distTags).toEqual({
      constructor: '0.1.0',
      latest: '0.1.0',
    });
  });
});

describe('excludeVersions', () => {
  it('leaves out a version and the dist-tags that named it', () => {
    const snapshot = excludeVersions(
      sample().snapshot(),
      (name, version) => name === '@ar/slack-bridge' && version === '1.10.0',
    );
    const plugin = snapshot.plugins.find(({ name }) => name === '@ar/slack-bridge');
    expect(plugin?.versions.map(({ manifest }) => manifest.version)).toEqual(['2.0.0-beta.1', '1.0.0']);
    expect(plugin?.status.distTags).toEqual({ beta: '2.0.0-beta.1' });
  });

  it('leaves out a plugin of which nothing is left, and no other', () => {
    const snapshot = excludeVersions(sample().snapshot(), (name) => name === '@acme/audit');
    expect(snapshot.plugins.map(({ name }) => name)).toEqual(['@acme/old', '@ar/slack-bridge']);
  });
});
