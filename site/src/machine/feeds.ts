import { site } from '../data/site.ts';

export interface FeedLink {
  readonly title: string;
  readonly href: string;
  readonly type: 'application/atom+xml' | 'application/feed+json';
}

/** The feeds of a route, for `<Base feeds>`: none where the pipeline made none. @param route `feeds/plugins/@acme/audit` */
export function feedsOf(route: string, title: string): readonly FeedLink[] {
  if (!site.has(`${route}.atom`)) return [];
  return [
    { title: `${title} (Atom)`, href: `/${route}.atom`, type: 'application/atom+xml' },
    { title: `${title} (JSON)`, href: `/${route}.json`, type: 'application/feed+json' },
  ];
}
