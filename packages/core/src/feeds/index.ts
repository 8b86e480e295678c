export {
  GROUP_ENTRIES,
  categoryFeed,
  groupFeeds,
  pluginFeed,
  registryFeed,
  scopeFeed,
  type FeedRegistry,
  type FeedContent,
  type FeedEntry,
} from './feeds.ts';
