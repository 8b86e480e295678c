import { assembleSnapshot, type Snapshot } from '@ar-registry/core/snapshot';
import { validator } from '@ar-registry/schemas/validators/normalized-manifest';
import { describe, expect, it } from 'vitest';
import { parseManifest } from '@ar-registry/core/manifest';
import { TEST_OWNER, testIndex, testManifest, testManifestText, type TestIndex } from './index.ts';

function snapshotOf(index: TestIndex): Snapshot {
  const assembled = assembleSnapshot(index.files());
  expect(assembled.findings).toEqual([]);
  if (!assembled.ok) throw new Error('no snapshot');
  return assembled.snapshot;
}

describe('testIndex', () => {
  it('is valid without plugins, and with them', () => {
    expect(snapshotOf(testIndex()).plugins).toEqual([]);
    const index = testIndex()
      .plugin('@acme/hello')
      .version('1.0.0')
      .version('1.1.0-beta.1')
      .plugin('@other/audit')
      .version('2.0.0');
    const { plugins, scopes } = snapshotOf(index);
    expect(plugins.map(({ name, status }) => [name, status.distTags])).toEqual([
      ['@acme/hello', { latest: '1.0.0' }],
      ['@other/audit', { latest: '2.0.0' }],
    ]);
    expect([...scopes.keys()]).toEqual(['acme', 'other']);
  });

  it('takes other values for each record', () => {
    const index = testIndex()
      .registry({ title: 'Mine' })
      .scope('acme', { level: 'official' })
      .plugin('@acme/hello', { record: { trust: 'official', featured: true }, distTags: { beta: '1.0.0' } })
      .version('1.0.0', { yanked: 'broken', deprecated: 'old', manifest: { license: 'ISC' }, record: { fixes: [] } });
    const { registry, plugins } = snapshotOf(index);
    expect(registry.title).toBe('Mine');
    expect(plugins[0]).toMatchObject({
      record: { trust: 'official', featured: true, owners: [TEST_OWNER] },
      status: { distTags: { beta: '1.0.0' }, yanked: { '1.0.0': 'broken' }, deprecated: { '1.0.0': 'old' } },
      versions: [{ manifest: { version: '1.0.0', license: 'ISC' }, fixes: [] }],
    });
  });

  it('has another archive for every version', () => {
    const [plugin] = snapshotOf(testIndex().plugin('@acme/hello').version('1.0.0').version('1.0.1')).plugins;
    expect(new Set(plugin?.versions.map(({ dist }) => dist.integrity)).size).toBe(2);
  });

  it('stays as it is when more is built on it', () => {
    const base = testIndex().plugin('@acme/hello').version('1.0.0');
    base.version('2.0.0').file('README.md', 'x').without('registry.yaml');
    expect(snapshotOf(base).plugins[0]?.versions).toHaveLength(1);
    expect(base.files().has('README.md')).toBe(false);
  });

  it('can be broken where a test wants it', () => {
    const index = testIndex()
      .plugin('@acme/hello')
      .version('1.0.0')
      .file('scopes/acme.yaml', 'a: [')
      .without('categories.yaml');
    expect(assembleSnapshot(index.files()).findings.map(({ code }) => code)).toContain('YAML_SYNTAX');
  });
});

describe('testManifest', () => {
  it.each(['bridge', 'storage', 'memory', 'policy', 'hook', 'widget'] as const)('is valid for %s', (type) => {
    expect(validator(testManifest({ type })).ok).toBe(true);
    expect(parseManifest(testManifestText({ type }), 'x').findings).toEqual([]);
  });

  it('takes the fields of its type, and leaves out what is undefined', () => {
    expect(testManifest({ type: 'hook', hooks: [{ onMessage: true }] })).toMatchObject({ hooks: { onMessage: true } });
    expect(testManifestText({ license: undefined })).not.toContain('license');
  });
});
