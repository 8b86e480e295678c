/** A feed as Atom and as JSON Feed. The same input gives the same bytes; all texts of authors are escaped or plain. */
import { createHash } from 'node:crypto';
import type { FeedContent, FeedEntry } from '@ar-registry/core/feeds';
import { Feed } from 'feed';

export interface FeedPlace {
  /** The name of the registry: what ids are made of, so that they stay when it moves. */
  readonly registry: string;
  /** Where the site is, without a slash at the end. */
  readonly siteUrl: string;
}

export interface RenderedFeed {
  readonly atom: string;
  readonly json: string;
}

/** Of a registry without any plugin: Atom wants a time, and none is true. */
const BEGINNING = '1970-01-01T00:00:00Z';

/** @source RFC 4287; JSON Feed 1 */
export function renderFeed(content: FeedContent, place: FeedPlace): RenderedFeed {
  return {
    atom: `${makeFeed(content, place, 'atom').atom1()}\n`,
    json: `${JSON.stringify(JSON.parse(makeFeed(content, place, 'json').json1()))}\n`,
  };
}

function makeFeed(content: FeedContent, place: FeedPlace, ending: 'atom' | 'json'): Feed {
  const { route, title, description, path, entries } = content;
  const own = `${place.siteUrl}/${route}.${ending}`;
  const feed = new Feed({
    id: uuidOf(place.registry, route),
    title,
    description,
    link: place.siteUrl + path,
    feed: own,
    feedLinks: { [ending]: own },
    updated: new Date(entries[0]?.at ?? BEGINNING),
    generator: false,
    author: { name: title },
  });
  for (const entry of entries) feed.addItem(toItem(entry, place));
  return feed;
}

function toItem(
  { id, title, summary, path, at }: FeedEntry,
  { registry, siteUrl }: FeedPlace,
): Parameters<Feed['addItem']>[0] {
  return {
    id: uuidOf(registry, id),
    title: escapeHtml(title),
    link: siteUrl + path,
    date: new Date(at),
    // Escaped, so that it is no markup to any reader, and cannot end the section of XML that it is put into.
    content: `<p>${escapeHtml(summary)}</p>`,
  };
}

function escapeHtml(text: string): string {
  // oxlint-disable-next-line no-control-regex -- XML 1.0 §2.2 has no such characters
  const clean = text.replaceAll(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|\p{Cs}/gu, '');
  return clean.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** An id that names no host. @source RFC 9562 §5.8: version 8, from a hash of ours */
function uuidOf(registry: string, id: string): string {
  const hex = createHash('sha256').update(`${registry}\n${id}`).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
