import type { SearchEntry } from '../src/search/index.ts';

/** A plugin with nothing that anything could be found by, for tests to say what it has. */
export const PLAIN_ENTRY: SearchEntry = {
  name: '',
  version: '1.0.0',
  type: 'bridge',
  description: '',
  tags: [],
  trust: 'community',
  license: 'MIT',
  author: 'A',
  publishedAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  downloads: 0,
};
