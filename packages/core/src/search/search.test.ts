import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLAIN_ENTRY } from '../../test/plain-entry.ts';
import { searchPlugins, type SearchEntry, type SearchQuery } from './index.ts';
import { cpuMs } from '../../test/cpu-time.ts';

function entry(name: string, rest: Partial<SearchEntry> = {}): SearchEntry {
  return { ...PLAIN_ENTRY, name, ...rest };
}

const ENTRIES: readonly SearchEntry[] = [
  entry('@ar/slack-bridge', {
    description: 'Connect Slack to Agent Relay',
    tags: ['slack', 'chat', 'team'],
    category: 'communication',
    trust: 'official',
    downloads: 500,
  }),
  entry('@acme/chatops', {
    description: 'Run commands from Slack, Discord and Teams',
    tags: ['slack'],
    downloads: 9000,
  }),
  entry('@acme/notifier', { type: 'hook', description: 'Sends Slack messages', downloads: 90_000 }),
  entry('@ar/postgres-storage', {
    type: 'storage',
    description: 'PostgreSQL storage adapter',
    tags: ['postgres', 'sql'],
    category: 'database',
    trust: 'official',
    updatedAt: '2026-03-01T00:00:00Z',
  }),
  entry('@data/redis-store', {
    type: 'storage',
    description: 'Keeps messages in Redis',
    category: 'database',
    trust: 'verified',
    downloads: 10,
    aliases: ['@data/valkey-store'],
  }),
  entry('@yama/日本語-unused'.replace('日本語-', ''), { description: '日本語の通知を送る' }),
];

function names(query: SearchQuery): readonly string[] {
  return searchPlugins(ENTRIES, query).plugins.map(({ name }) => name);
}

describe('searchPlugins', () => {
  it('takes any of several values of a filter, and all filters together', () => {
    expect(names({ type: ['storage', 'hook'] }).toSorted()).toEqual([
      '@acme/notifier',
      '@ar/postgres-storage',
      '@data/redis-store',
    ]);
    expect(names({ type: ['storage', 'hook'], trust: ['official', 'community'] }).toSorted()).toEqual([
      '@acme/notifier',
      '@ar/postgres-storage',
    ]);
    expect(names({ license: 'MIT' })).toHaveLength(ENTRIES.length);
    expect(names({ license: ['ISC'] })).toEqual([]);
    expect(names({ text: 'slack', type: [] })).toEqual(names({ text: 'slack' }));
  });

  it('puts plugins with a rank first, and counts facets of all that it finds', () => {
    const ranks = new Map([
      ['@acme/notifier', 3],
      ['@acme/chatops', 4],
      ['@data/redis-store', 5],
    ]);
    expect(names({ text: 'slack', ranks })).toEqual(['@acme/chatops', '@acme/notifier', '@ar/slack-bridge']);
    const { facets } = searchPlugins(ENTRIES, { text: 'slack', countsFacets: true, limit: 1 });
    expect(facets).toEqual({
      type: { bridge: 2, hook: 1 },
      category: { communication: 1 },
      trust: { official: 1, community: 2 },
      tag: { slack: 2, chat: 1, team: 1 },
      license: { MIT: 3 },
    });
  });

  it('puts the plugin whose name has the word before those that mention it', () => {
    expect(names({ text: 'slack' })).toEqual(['@ar/slack-bridge', '@acme/chatops', '@acme/notifier']);
  });

  it.each(['@ar/slack-bridge', 'slack-bridge', 'slackbridge', 'Slack  Bridge', 'SLACK_BRIDGE', 'ｓｌａｃｋ-bridge'])(
    'finds a plugin by its name written as %s',
    (text) => {
      expect(names({ text })[0]).toBe('@ar/slack-bridge');
    },
  );

  it('finds what the last word begins', () => {
    expect(names({ text: 'sla' })[0]).toBe('@ar/slack-bridge');
    expect(names({ text: 'storage post' })).toEqual(['@ar/postgres-storage']);
  });

  it('puts names that have the words side by side first, and of those the ones that begin with them', () => {
    const same = ['@a/react-native-csv', '@b/react-csv-reader', '@c/fast-react-csv'].map((name) => entry(name));
    const found = (text: string) => searchPlugins(same, { text }).plugins.map(({ name }) => name);
    expect(found('react csv')).toEqual(['@b/react-csv-reader', '@c/fast-react-csv', '@a/react-native-csv']);
    expect(found('csv')[0]).toBe('@b/react-csv-reader');
  });

  it('takes a beginning for a word only at the end of the query', () => {
    expect(names({ text: 'post slack' })).not.toContain('@ar/postgres-storage');
  });

  it.each(['slakc', 'slck', 'slaack', 'slbck'])('forgives the typo %s in a name', (text) => {
    expect(names({ text })).toEqual(['@ar/slack-bridge']);
  });

  it('forgives no typo outside of names', () => {
    expect(names({ text: 'discrod' })).toEqual([]);
  });

  it('asks for every word where a plugin has them all', () => {
    expect(names({ text: 'slack discord' })).toEqual(['@acme/chatops']);
  });

  it('settles for most of the words where none has them all', () => {
    expect(names({ text: 'redis kubernetes' })).toEqual(['@data/redis-store']);
  });

  it('settles for them among what passes the filters', () => {
    expect(names({ text: 'slack teams', type: 'hook' })).toEqual(['@acme/notifier']);
  });

  it('finds a plugin by its earlier name', () => {
    expect(names({ text: 'valkey' })).toEqual(['@data/redis-store']);
  });

  it('finds a pair of characters inside Japanese text', () => {
    expect(names({ text: '通知' })).toEqual(['@yama/unused']);
    expect(names({ text: '日本語' })).toEqual(['@yama/unused']);
  });

  it.each([
    ['İSTANBUL', 'Saatler: istanbul'],
    ['strasse', 'Karten der Straße'],
    ['cafe', 'Le café'],
    ['cafe\u0301', 'Le caf\u00e9'],
    ['แชท', 'บอทแชทสำหรับทีม'],
    ['알림', '새로운 알림 보내기'],
    ['احمد', 'مكتبة أحمد'],
    ['サーバ', 'ｻｰﾊﾞｰを見る'],
    ['ＱＵＥＵＥ', 'A queue 🚀'],
  ])('finds %s in %j', (text, description) => {
    const others = ['⚙️ Other', 'Другой', 'その他'].map((other, at) => entry(`@o/n${at}`, { description: other }));
    const found = searchPlugins([...others, entry('@a/x', { description })], { text });
    expect(found.plugins.map(({ name }) => name)).toEqual(['@a/x']);
  });

  it('finds nothing for an emoji, and not everything that has one', () => {
    expect(searchPlugins([entry('@a/x', { description: '⚙️ Settings' })], { text: '❤️' }).total).toBe(
      searchPlugins([entry('@a/x')], { text: '🚀' }).total,
    );
  });

  it('filters by type, category, tag and trust', () => {
    expect(names({ type: 'storage' })).toEqual(['@data/redis-store', '@ar/postgres-storage']);
    expect(names({ category: 'communication' })).toEqual(['@ar/slack-bridge']);
    expect(names({ tag: 'slack', sort: 'name' })).toEqual(['@acme/chatops', '@ar/slack-bridge']);
    expect(names({ trust: 'verified' })).toEqual(['@data/redis-store']);
    expect(names({ text: 'slack', type: 'hook' })).toEqual(['@acme/notifier']);
  });

  it('sorts by downloads, update or name', () => {
    expect(names({ sort: 'downloads' })[0]).toBe('@acme/notifier');
    expect(names({ sort: 'updated' })[0]).toBe('@ar/postgres-storage');
    expect(names({ sort: 'name' })[0]).toBe('@acme/chatops');
  });

  it('orders equal matches by downloads, then trust, then name', () => {
    const same = [
      entry('@b/mail'),
      entry('@a/mail'),
      entry('@c/mail', { downloads: 5 }),
      entry('@d/mail', { trust: 'verified' }),
    ];
    const found = searchPlugins(same, { text: 'mail' }).plugins.map(({ name }) => name);
    expect(found).toEqual(['@d/mail', '@c/mail', '@a/mail', '@b/mail']);
  });

  it('returns a page and how many there are in all', () => {
    const { total, plugins } = searchPlugins(ENTRIES, { sort: 'name', limit: 2, offset: 1 });
    expect(total).toBe(ENTRIES.length);
    expect(plugins.map(({ name }) => name)).toEqual(['@acme/notifier', '@ar/postgres-storage']);
  });

  it('finds nothing beyond the end', () => {
    expect(searchPlugins(ENTRIES, { offset: 100, limit: 10 })).toEqual({ total: ENTRIES.length, plugins: [] });
  });

  it('is bounded for a query of any length', () => {
    const before = cpuMs();
    searchPlugins(ENTRIES, { text: `${'slack-'.repeat(200_000)}x` });
    expect(cpuMs() - before).toBeLessThan(500);
  });

  it('never throws, and does not depend on the order of the entries', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.shuffledSubarray([...ENTRIES], { minLength: ENTRIES.length }),
        (text, shuffled) => {
          expect(searchPlugins(shuffled, { text })).toEqual(searchPlugins(ENTRIES, { text }));
        },
      ),
    );
  });

  it('finds every plugin first by its exact name', () => {
    for (const { name } of ENTRIES) expect(names({ text: name })[0]).toBe(name);
  });
});
