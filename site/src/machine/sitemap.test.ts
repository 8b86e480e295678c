import type { PluginSummary } from '@ar-registry/schemas';
import { describe, expect, it } from 'vitest';
import { SITEMAP_SIZE, escapeXml, sitemapCount, sitemapEntries, sitemapIndexXml, sitemapXml } from './sitemap.ts';

const absolute = (path: string): string => `https://registry.example.com${path}`;
const plugin = (name: string, updatedAt: string): PluginSummary => ({
  name,
  version: '1.0.0',
  type: 'hook',
  description: '',
  tags: [],
  trust: 'community',
  license: 'MIT',
  author: 'Ada',
  publishedAt: '2026-01-01T00:00:00Z',
  updatedAt,
});
const PLUGINS = [plugin('@acme/a', '2026-01-02T00:00:00Z'), plugin('@acme/b', '2026-03-01T00:00:00.5Z')];

describe('a sitemap', () => {
  it('has the times of the data: of a plugin its own, of a list the newest in it', () => {
    const entries = sitemapEntries(PLUGINS, [{ kind: 'tags', id: 'chat', plugins: PLUGINS }], ['/', '/docs/']);
    expect(entries).toEqual([
      { path: '/', at: '2026-03-01T00:00:00.5Z' },
      { path: '/docs/' },
      { path: '/tags/chat/', at: '2026-03-01T00:00:00.5Z' },
      { path: '/plugins/@acme/a/', at: '2026-01-02T00:00:00Z' },
      { path: '/plugins/@acme/b/', at: '2026-03-01T00:00:00.5Z' },
    ]);
  });

  it('is split where the protocol has its limit, and loses nothing', () => {
    const entries = Array.from({ length: SITEMAP_SIZE + 1 }, (_, index) => ({ path: `/${index}/` }));
    expect(sitemapCount(entries.length)).toBe(2);
    expect(sitemapXml(entries, 1, absolute).match(/<url>/g)).toHaveLength(SITEMAP_SIZE);
    expect(sitemapXml(entries, 2, absolute)).toContain(`<loc>https://registry.example.com/${SITEMAP_SIZE}/</loc>`);
    expect(sitemapIndexXml(2, absolute).match(/<sitemap>/g)).toHaveLength(2);
  });

  it('is one, and empty, for nothing', () => {
    expect(sitemapCount(0)).toBe(1);
  });
});

describe('text in XML', () => {
  it('is escaped, without what XML has no characters for', () => {
    expect(escapeXml('<a href="x">&\u0000\u000b\ud800\uffff')).toBe('&lt;a href=&quot;x&quot;&gt;&amp;');
  });
});
