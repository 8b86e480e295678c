import type { FeedContent } from '@ar-registry/core/feeds';
import { describe, expect, it } from 'vitest';
import { renderFeed } from './render-feed.ts';

const PLACE = { registry: 'test', siteUrl: 'https://registry.example.com' };
const CONTENT: FeedContent = {
  route: 'feeds/plugins/@acme/audit',
  title: '@acme/audit · Test',
  description: 'Versions.',
  path: '/plugins/@acme/audit/',
  entries: [
    {
      id: 'plugin.published:@acme/audit',
      title: '@acme/audit 1.0.0',
      summary: ']]><script>alert(1)</script>\u0000\u0008 &amp; "x"',
      path: '/plugins/@acme/audit/v/1.0.0/',
      at: '2026-01-02T03:04:05Z',
    },
  ],
};

describe('a feed', () => {
  it('is the same for the same data, and its ids do not change with its address', () => {
    expect(renderFeed(CONTENT, PLACE)).toEqual(renderFeed(CONTENT, PLACE));
    const ids = (siteUrl: string): readonly string[] => [
      ...(renderFeed(CONTENT, { ...PLACE, siteUrl }).atom.match(/<id>.*<\/id>/g) ?? []),
    ];
    expect(ids('https://other.example')).toEqual(ids('http://127.0.0.1/registry'));
    expect(ids('https://other.example')[1]).toMatch(
      /^<id>urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}<\/id>$/,
    );
  });

  it('has the times of the data, and none of its own', () => {
    const { atom } = renderFeed(CONTENT, PLACE);
    expect(new Set(atom.match(/(?<=<updated>)[^<]+/g))).toEqual(new Set(['2026-01-02T03:04:05.000Z']));
    expect(renderFeed({ ...CONTENT, entries: [] }, PLACE).atom).toContain(
      '<updated>1970-01-01T00:00:00.000Z</updated>',
    );
  });

  it('escapes what authors wrote, so that it is text in every reader', () => {
    const { atom, json } = renderFeed(CONTENT, PLACE);
    expect(atom).toContain('<![CDATA[<p>]]&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp; &quot;x&quot;</p>]]>');
    expect(json).not.toContain('<script');
    // oxlint-disable-next-line no-control-regex -- XML has no such characters
    expect(atom).not.toMatch(/[\u0000-\u0008]/);
  });

  it('links to the site and to itself', () => {
    const { atom, json } = renderFeed(CONTENT, PLACE);
    expect(atom).toContain('<link rel="self" href="https://registry.example.com/feeds/plugins/@acme/audit.atom"/>');
    expect(JSON.parse(json)).toMatchObject({
      feed_url: 'https://registry.example.com/feeds/plugins/@acme/audit.json',
      items: [{ url: 'https://registry.example.com/plugins/@acme/audit/v/1.0.0/' }],
    });
  });
});
