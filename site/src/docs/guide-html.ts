/** A guide as HTML for a page of the site. Guides are ours: nothing in them is hostile. */
import path from 'node:path';

export interface GuidePlace {
  /** Of the guide: `guides/users`. */
  readonly slug: string;
  /** Whether there is a page of the documentation for a slug. */
  readonly has: (slug: string) => boolean;
  /** Site path → address. */
  readonly href: (sitePath: string) => string;
}

export interface Heading {
  readonly id: string;
  readonly text: string;
}

/** @param html of the whole guide, which begins with its `h1`: the page has that already */
export function guideHtml(html: string, place: GuidePlace): string {
  const body = html
    .replace(/^\s*(?:<!--[\s\S]*?-->\s*)?<h1[^>]*>[\s\S]*?<\/h1>/, '')
    .replaceAll(/<!--[\s\S]*?-->/g, '');
  return (
    addCodes(body)
      .replaceAll(/<a href="([^"]*)">([\s\S]*?)<\/a>/g, (_all, href: string, text: string) => link(href, text, place))
      .replaceAll(
        /<h([2-4]) id="([^"]*)">([\s\S]*?)<\/h\1>/g,
        '<h$1 id="$2">$3 <a class="anchor" href="#$2" aria-hidden="true" tabindex="-1">#</a></h$1>',
      )
      .replaceAll(/<pre(?: [^>]*)?>/g, '<pre tabindex="0">')
      // The policy of the pages lets no style stand in an element.
      .replaceAll(/<(t[hd]) style="text-align: ?(left|center|right);?">/g, '<$1 class="align-$2">')
      .replaceAll('<table>', '<div class="table-scroll" tabindex="0"><table>')
      .replaceAll('</table>', '</table></div>')
      .trim()
  );
}

/** The sections of a page, for its table of contents. @param html as `guideHtml` makes it */
export function headingsIn(html: string): readonly Heading[] {
  return [...html.matchAll(/<h2 id="([^"]*)">([\s\S]*?) <a class="anchor"/g)].map(([, id = '', text = '']) => ({
    id,
    text: text.replaceAll(/<[^>]*>/g, ''),
  }));
}

/** Catalogues: each code is a row that can be linked to, as the command line does it. */
function addCodes(html: string): string {
  return html.replaceAll(
    /<tr>\s*<td><code>([A-Z][A-Z0-9_]+)<\/code><\/td>/g,
    '<tr id="$1"><td><a href="#$1"><code>$1</code></a></td>',
  );
}

/** Links between guides are links between pages; what the site does not have is its text. */
function link(href: string, text: string, place: GuidePlace): string {
  // What stands for an address in a sentence (`https://…`) is none.
  if (/^https?:/.test(href) && !URL.canParse(href)) return text;
  if (/^(?:https?:|mailto:|#)/.test(href)) return `<a href="${href}">${text}</a>`;
  const [target = '', fragment] = href.split('#');
  const file = path.posix.join('docs', path.posix.dirname(place.slug), target);
  const at = fragment === undefined ? '' : `#${fragment}`;
  if (/^schemas\/v1\/.*\.schema\.json$/.test(file)) return `<a href="${place.href(`/${file}`)}">${text}</a>`;
  const slug = /^docs\/(.*)\.md$/.exec(file)?.[1];
  return slug !== undefined && place.has(slug) ? `<a href="${place.href(`/docs/${slug}/`)}${at}">${text}</a>` : text;
}
