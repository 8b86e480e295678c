import type { PluginDocument, VersionDocument } from '@ar-registry/schemas';
import { describe, expect, it } from 'vitest';
import { hash, testIndex, type IndexBuilder } from '../../test/index-fixture.ts';
import { buildDocuments, toAdvisories } from '../api/index.ts';
import { npmPluginOf, toPackument } from './index.ts';

const AUDIT = '@acme/audit';
const BASE_URL = 'https://mirror.example.com';

/** What is made of the index, and of what is served of it. */
function bothWays(index: IndexBuilder) {
  const snapshot = index.snapshot();
  const { advisories } = toAdvisories(snapshot);
  const documents = [...buildDocuments(snapshot, { readmes: new Map(), findings: [] }, hash)];
  const parsed = (kind: string): readonly unknown[] =>
    documents.filter((each) => each.kind === kind).map(({ body }) => JSON.parse(body) as unknown);
  const plugin = (parsed('plugin') as PluginDocument[]).find(({ name }) => name === AUDIT);
  const versions = (parsed('version') as VersionDocument[]).filter(({ name }) => name === AUDIT);
  const own = snapshot.plugins.find(({ name }) => name === AUDIT);
  if (!plugin || !own) throw new Error('The index has no such plugin.');
  const parts = { baseUrl: BASE_URL, advisories };
  return { plugin, versions, parts, ofIndex: toPackument(own, parts) };
}

const index = (): IndexBuilder =>
  testIndex()
    .version(AUDIT, '1.0.0')
    .version(AUDIT, '1.1.0', { publishedAt: '2026-02-01T00:00:00Z' })
    .version(AUDIT, '2.0.0-rc.1', { publishedAt: '2026-03-01T00:00:00Z' });

describe('a plugin for npm’s clients, made of its documents', () => {
  it.each([
    ['as it is', index()],
    ['deprecated', index().status(AUDIT, { deprecated: { '1.0.0': 'Old.' } })],
    ['yanked in part', index().status(AUDIT, { yanked: { '1.1.0': 'Broken.' } })],
    ['with tags', index().status(AUDIT, { distTags: { latest: '1.0.0', beta: '2.0.0-rc.1' } })],
    ['revoked in part', index().advisory({ action: 'block-install' })],
    ['renamed', index().version('@acme/new', '1.0.0').plugin(AUDIT, { renamedTo: '@acme/new' })],
  ])('is what is made of the index: %s', (_what, given) => {
    const { plugin, versions, parts, ofIndex } = bothWays(given);
    expect(toPackument(npmPluginOf(plugin, versions), parts)).toEqual(ofIndex);
  });

  it('has no version whose document is not there, and no tag of it', () => {
    const { plugin, versions, parts } = bothWays(index().status(AUDIT, { distTags: { latest: '1.1.0' } }));
    const packument = toPackument(
      npmPluginOf(
        plugin,
        versions.filter(({ version }) => version !== '1.1.0'),
      ),
      parts,
    );
    expect(Object.keys(packument?.versions ?? {}).toSorted()).toEqual(['1.0.0', '2.0.0-rc.1']);
    expect(packument?.['dist-tags']).toEqual({ latest: '1.0.0' });
  });

  it('has the hash that the plugin’s document pins, whatever the version’s own says', () => {
    const { plugin, versions, parts, ofIndex } = bothWays(index());
    const lying = versions.map((each) => ({ ...each, dist: { ...each.dist, integrity: hash(new Uint8Array()) } }));
    expect(toPackument(npmPluginOf(plugin, lying), parts)).toEqual(ofIndex);
  });
});
