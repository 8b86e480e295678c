import { describe, expect, it } from 'vitest';
import { testIndex } from '../../test/index-fixture.ts';
import { toOverview } from '../api/index.ts';
import { changesIn } from '../changes/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import { groupFeeds, pluginFeed, type FeedContent } from './index.ts';

const at = (publishedAt: string): { readonly publishedAt: string } => ({ publishedAt });

/** Those of groups, the registry's first, and those of each plugin. */
function buildFeeds(snapshot: Snapshot): readonly FeedContent[] {
  const changes = changesIn(snapshot);
  const { plugins } = toOverview(snapshot);
  const own = plugins.flatMap(({ name, entry }) =>
    entry
      ? pluginFeed(
          snapshot.registry,
          name,
          changes.filter(({ plugin }) => plugin === name),
        )
      : [],
  );
  return [...groupFeeds(toOverview(snapshot)), ...own];
}

describe('feeds', () => {
  it('are of the registry, and of each plugin, scope and category that something is in', () => {
    const index = testIndex().version('@acme/audit', '1.0.0').version('@ar/chat', '1.0.0');
    const feeds = buildFeeds(index.snapshot());
    expect(feeds.map(({ route }) => route)).toEqual([
      'feed',
      'feeds/scopes/@acme',
      'feeds/scopes/@ar',
      'feeds/categories/communication',
      'feeds/plugins/@acme/audit',
      'feeds/plugins/@ar/chat',
    ]);
    expect(feeds.map(({ entries }) => entries.length)).toEqual([2, 1, 1, 2, 1, 1]);
  });

  it('are bounded, with the newest first', () => {
    const index = testIndex();
    for (let minute = 10; minute < 60; minute += 1)
      index.version('@acme/audit', `1.${minute}.0`, at(`2026-01-01T00:${minute}:00Z`));
    index.version('@acme/audit', '2.0.0', at('2026-02-01T00:00:00Z'));
    const feeds = buildFeeds(index.snapshot());
    const [registry, plugin] = [feeds[0], feeds.at(-1)];
    expect(registry?.entries).toHaveLength(50);
    expect(plugin?.entries).toHaveLength(20);
    expect(plugin?.entries[0]).toMatchObject({
      title: '@acme/audit 2.0.0',
      path: '/plugins/@acme/audit/v/2.0.0/',
      at: '2026-02-01T00:00:00Z',
    });
  });

  it('say what an advisory says, on one line', () => {
    const index = testIndex().version('@acme/audit', '1.0.0').advisory();
    const [registry] = buildFeeds(index.snapshot());
    expect(registry?.entries.map(({ title }) => title)).toEqual([
      '@acme/audit: AR-2026-0001',
      '@acme/audit: versions revoked by AR-2026-0001',
      '@acme/audit 1.0.0',
    ]);
  });

  it('are none of a plugin that goes by another name, and of a registry without plugins its own', () => {
    const index = testIndex().version('@acme/old', '1.0.0').plugin('@acme/old', { renamedTo: '@acme/new' });
    expect(buildFeeds(index.snapshot()).map(({ route }) => route)).not.toContain('feeds/plugins/@acme/old');
    expect(buildFeeds(testIndex().snapshot()).map(({ route }) => route)).toEqual(['feed']);
  });
});
