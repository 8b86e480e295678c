export { buildFeeds, type FeedContent, type FeedEntry } from './feeds.ts';
