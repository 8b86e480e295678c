export {
  GROUP_ENTRIES,
  buildFeeds,
  categoryFeed,
  pluginFeed,
  registryFeed,
  scopeFeed,
  type FeedRegistry,
  type FeedContent,
  type FeedEntry,
} from './feeds.ts';
