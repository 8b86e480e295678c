/**
 * A README as HTML that a page may include. The text is hostile: its author wants to run scripts, to be followed by
 * search engines, to learn who reads the page, to take the page’s place, or to keep the builder busy.
 *
 * Markdown with HTML in it, by GitHub’s rules (`schema.ts`). Links lead to web pages and mail only, nothing is loaded from
 * elsewhere (an image becomes a link to it, unless the archive has it), ids have a prefix, and work and output are bounded; what is beyond the bounds
 * is shown as plain text. Where to look for what it makes: docs/readme-html.md.
 */
import { sanitize } from 'hast-util-sanitize';
import { toHtml } from 'hast-util-to-html';
import { markdownToHast } from 'satteri';
import type { ReadmePlace } from './address.ts';
import { cleanText } from './clean-text.ts';
import { dress } from './dress.ts';
import { flatten } from './flatten.ts';
import { README_LIMIT_BYTES, excessIn } from './limits.ts';
import { createHighlighter } from './highlight.ts';
import type { Pictures } from './images/index.ts';
import { modernise } from './modernise.ts';
import { README_SCHEMA } from './schema.ts';
import type { Root } from './tree.ts';

/** A README may not become a multiple of itself without end. */
const OUTPUT_LIMIT = 2 * 1024 * 1024;

/** Which rendering this is: raised with every change of what it makes, so that no page keeps what an older one made. */
export const README_RENDERING = '3';

/** @returns an HTML fragment, the same for the same text, place and pictures */
export type RenderReadme = (text: string, place: ReadmePlace | undefined, pictures?: Pictures) => string;

/** Makes what renders one README after another. It may take long over a hostile one: `renderer.ts` bounds the time. */
export function createRenderReadme(): RenderReadme {
  const highlighter = createHighlighter();
  return (text, place, pictures) => renderReadme(text, { place, pictures, highlight: highlighter() });
}

function renderReadme(text: string, context: Parameters<typeof dress>[1]): string {
  if (excessIn(text) !== undefined) return asPlainText(text);
  const parsed: unknown = markdownToHast(text, {
    features: { rawHtml: true, gfm: { footnotes: { clobberPrefix: '' } } },
  });
  const root = parsed as Root;
  if (!flatten(root)) return asPlainText(text);
  modernise(root);
  const safe = sanitize(root, README_SCHEMA);
  const html = toHtml(dress(safe.type === 'root' ? safe : { type: 'root', children: [] }, context));
  return html.length > OUTPUT_LIMIT ? asPlainText(text) : `${html.trim()}\n`;
}

/** Text that shows as itself. */
export function asPlainText(text: string): string {
  const shown = cleanText(text.slice(0, README_LIMIT_BYTES));
  const escaped = shown
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  return `<pre tabindex="0">${escaped}</pre>\n`;
}
