/**
 * A README as HTML that a page may include. The text is hostile: its author wants to run scripts, to be followed by
 * search engines, to learn who reads the page, or to keep the builder busy.
 *
 * No HTML of the author's passes, links lead to web pages and mail only, nothing is loaded from elsewhere (an image
 * becomes a link to it), and work and output are bounded. What is beyond the bounds is shown as plain text.
 */
import MarkdownIt, { type MarkdownIt as Markdown, type Token } from 'markdown-it';

/** A README longer than this is not rendered, and not published as text either. */
export const README_LIMIT_BYTES = 512 * 1024;

/** Links that name a long address once and use it often would make gigabytes out of kilobytes. */
const OUTPUT_LIMIT = 4 * 1024 * 1024;

/** Quotes in lists in quotes: deeper than anybody writes. */
const MAX_NESTING = 20;

const ALLOWED_LINK = /^(?:https?:\/\/|mailto:)/i;

/** Makes what renders one README after another. */
export function createReadmeRenderer(): (text: string) => string {
  // `html: false` escapes tags; without `linkify` and `typographer` every rule is linear in the text.
  const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false, maxNesting: MAX_NESTING });
  return (text) => renderReadme(text, markdown);
}

/** An HTML fragment, the same for the same text. */
function renderReadme(text: string, markdown: Markdown): string {
  if (text.length > README_LIMIT_BYTES) return asPlainText(text.slice(0, README_LIMIT_BYTES));
  const tokens = markdown.parse(text, {}).map(harmless);
  if (sizeOf(tokens) > OUTPUT_LIMIT) return asPlainText(text);
  return markdown.renderer.render(tokens, markdown.options, {});
}

/** Text that shows as itself. */
function asPlainText(text: string): string {
  return `<pre>${escapeHtml(text)}</pre>\n`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** One block token, its links and images made safe. Tokens are of our own parse, so they are changed in place. */
function harmless(token: Token): Token {
  if (token.children) token.children = safeInline(token.children);
  // Alignment comes as a style attribute, which a strict content security policy refuses.
  const style = token.attrGet('style');
  if (style !== null) {
    token.attrs = [['class', String(style).replace('text-align:', 'align-')]];
  }
  return token;
}

function safeInline(tokens: readonly Token[]): Token[] {
  const safe: Token[] = [];
  const open: boolean[] = [];
  for (const token of tokens) {
    if (token.type === 'link_open') {
      open.push(allowLink(token));
      if (open.at(-1)) safe.push(token);
    } else if (token.type === 'link_close') {
      if (open.pop()) safe.push(token);
    } else if (token.type === 'image') safe.push(...linkToImage(token, open.includes(true)));
    else safe.push(token);
  }
  return safe;
}

/** Whether the link stays one. Relative addresses and fragments lead nowhere from a registry's page. */
function allowLink(token: Token): boolean {
  const href = String(token.attrGet('href') ?? '');
  const title = token.attrGet('title');
  if (!ALLOWED_LINK.test(href)) return false;
  token.attrs = [
    ['href', href],
    ...(title === null ? [] : [['title', String(title)] satisfies [string, string]]),
    ['rel', 'nofollow ugc noopener'],
  ];
  return true;
}

/** An image would tell a third party who reads the page. Inside a link its text is enough. */
function linkToImage(image: Token, insideLink: boolean): readonly Token[] {
  const text = createToken(image, 'text', 0);
  text.content = image.content === '' ? 'image' : image.content;
  const href = String(image.attrGet('src') ?? '');
  if (insideLink || !ALLOWED_LINK.test(href)) return [text];
  const start = createToken(image, 'link_open', 1);
  start.attrs = [['href', href]];
  allowLink(start);
  return [start, text, createToken(image, 'link_close', -1)];
}

function createToken(like: Token, type: string, nesting: -1 | 0 | 1): Token {
  const Constructor = like.constructor as new (type: string, tag: string, nesting: -1 | 0 | 1) => Token;
  return new Constructor(type, type === 'text' ? '' : 'a', nesting);
}

function sizeOf(tokens: readonly Token[]): number {
  return tokens.reduce((sum, { content, attrs, children, info }) => {
    const attributes = (attrs ?? []).reduce((total, [key, value]) => total + key.length + String(value).length, 0);
    return sum + 20 + attributes + (children ? sizeOf(children) : content.length + info.length);
  }, 0);
}
