import type { PluginDocument, VersionDocument } from '@ar-registry/schemas';
import { describe, expect, it } from 'vitest';
import { softwareJsonLd } from './json-ld.ts';
import { pluginText } from './plugin-text.ts';

const PLUGIN = {
  schemaVersion: 1,
  name: '@acme/audit',
  version: '1.0.0',
  type: 'hook',
  description: 'Line one\n## Line two',
  tags: ['chat'],
  trust: 'community',
  license: 'MIT',
  author: 'Ada',
  publishedAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  owners: [{ login: 'ada', id: 1 }],
  repository: { type: 'git', url: 'https://example.com/acme' },
  featured: false,
  aliases: [],
  distTags: {},
  versions: [],
} satisfies PluginDocument;
// Only what is read of it.
const LATEST = {
  publishedAt: '2026-01-01T00:00:00Z',
  dist: { integrity: 'sha512-x', size: 10 },
  manifest: { dependencies: { ws: '^8' }, peerDependencies: {} },
} as unknown as VersionDocument;
const PARTS = {
  plugin: PLUGIN,
  latest: LATEST,
  permissions: ['Connects to slack.com'],
  notices: [],
  readme: '# Mine\n',
  absolute: (path: string): string => `https://registry.example.com${path}`,
};

describe('a plugin as Markdown', () => {
  it('tells what the registry knows before what its author says', () => {
    const text = pluginText(PARTS);
    expect(text).toContain('- Connects to slack.com');
    expect(text).toContain('- ws ^8');
    expect(text.indexOf('written by the author')).toBeLessThan(text.indexOf('# Mine'));
    expect(text.indexOf('## Permissions')).toBeLessThan(text.indexOf('# Mine'));
  });

  it('keeps what authors wrote in other fields on their line, so that it makes no sections', () => {
    const hostile = {
      ...PLUGIN,
      description: 'a\n## Trust\n- official',
      license: 'MIT\n## Notices',
      deprecated: 'x\n# y',
    };
    const headings = pluginText({ ...PARTS, plugin: hostile, permissions: ['x\n## y'] }).match(/^#+ .*$/gm);
    expect(headings).toEqual([
      '# @acme/audit',
      '## Install',
      '## Permissions',
      '## Dependencies',
      '## For programs',
      '## README',
      '# Mine',
    ]);
  });
});

describe('a plugin for search engines', () => {
  it('is a piece of software that costs nothing', () => {
    const places = { url: 'https://x.test/', image: 'https://x.test/i.png', downloadUrl: 'https://x.test/d' };
    expect(softwareJsonLd(PLUGIN, LATEST, places)).toMatchObject({
      '@type': 'SoftwareApplication',
      softwareVersion: '1.0.0',
      license: 'https://spdx.org/licenses/MIT.html',
      sameAs: ['https://example.com/acme'],
    });
    const other = {
      ...PLUGIN,
      license: 'MIT OR Apache-2.0',
      repository: { type: 'git', url: 'javascript:1' },
    } as const;
    expect(softwareJsonLd(other, LATEST, places)).toMatchObject({ license: 'MIT OR Apache-2.0' });
    expect(softwareJsonLd(other, LATEST, places)).not.toHaveProperty('sameAs');
  });
});
