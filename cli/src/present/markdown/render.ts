/**
 * A README for a terminal. Its text is hostile: its author wants to act on the terminal, to show a link as another one,
 * or to keep the program busy.
 *
 * So what comes out are lines of toned words, as from every presenter: control characters go when they are printed. The
 * address of a link stands beside its text. What is larger or nested deeper than anybody writes is shown as it is.
 *
 * @source CommonMark 0.31, with tables and strikethrough of GitHub Flavored Markdown
 */
import MarkdownIt, { type Token } from 'markdown-it';
import { type Page, textLines } from '../text.ts';
import { renderBlocks } from './blocks.ts';

const TEXT_LIMIT = 512 * 1024;
/** Links that name a long address once and use it often would make gigabytes out of kilobytes. */
const OUTPUT_LIMIT = 4 * 1024 * 1024;
/** Quotes in lists in quotes. */
const MAX_NESTING = 20;
/** Longer lines are hard to read, and on a terminal of unknown width every line is as long as it is. */
const WIDEST = 100;
const NARROWEST = 20;

/** @param width columns of the terminal */
export function renderMarkdown(text: string, width: number): Page {
  if (text.length > TEXT_LIMIT) return textLines(text);
  // Without `linkify` and `typographer` every rule is linear in the text. HTML is shown as it is written.
  const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false, maxNesting: MAX_NESTING });
  const tokens = markdown.parse(text, {});
  if (sizeOf(tokens) > OUTPUT_LIMIT) return textLines(text);
  return renderBlocks(tokens, Math.max(NARROWEST, Math.min(width, WIDEST)));
}

function sizeOf(tokens: readonly Token[]): number {
  return tokens.reduce((sum, { content, attrs, children }) => {
    const attributes = (attrs ?? []).reduce((total, [, value]) => total + String(value).length, 0);
    return sum + attributes + (children ? sizeOf(children) : content.length);
  }, 0);
}
