/** The blocks of a Markdown text, one below the other: headings, paragraphs, lists, quotes, code, tables. */
import type { Token } from 'markdown-it';
import { type Line, type Page, quiet, type Span, textLines, toned } from '../text.ts';
import { type Piece, renderInline } from './inline.ts';
import { type Cell, renderTable } from './table.ts';
import { wrap } from './wrap.ts';

/** Deep in lists there is no room left, and lines become longer than the terminal is wide. */
const NARROWEST = 20;

/** A block with what is in it. */
interface Block {
  readonly open: Token;
  readonly children: readonly Token[];
}

/**
 * @param tokens of a whole text, or of what is inside one block
 * @param isTight no empty lines between
 */
export function renderBlocks(tokens: readonly Token[], width: number, isTight = false): Page {
  const lines: Line[] = [];
  for (const block of blocksOf(tokens)) {
    const rendered = renderBlock(block, Math.max(NARROWEST, width));
    if (lines.length > 0 && !isTight) lines.push('');
    // Spread as arguments, a long block would be more than the stack holds.
    for (const line of rendered) lines.push(line);
  }
  return lines;
}

/** Parts a flat list of tokens by what belongs to each block at its top. */
function blocksOf(tokens: readonly Token[]): readonly Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const open = tokens[at];
    if (!open) break;
    let depth = open.nesting;
    const from = at + 1;
    while (depth > 0 && at + 1 < tokens.length) {
      at += 1;
      depth += tokens[at]?.nesting ?? 0;
    }
    blocks.push({ open, children: open.nesting === 1 ? tokens.slice(from, at) : [] });
  }
  return blocks;
}

const RENDERERS: Readonly<Record<string, (block: Block, width: number) => Page>> = {
  heading_open: heading,
  paragraph_open: ({ children }, width) => inlineLines(children, width),
  inline: ({ open }, width) => wrap(renderInline(open.children ?? []), width),
  bullet_list_open: list,
  ordered_list_open: list,
  blockquote_open: ({ children }, width) => prefixed(renderBlocks(children, width - 2), quiet('│ ')),
  fence: code,
  code_block: code,
  hr: (_block, width) => [quiet('─'.repeat(width))],
  table_open: ({ children }, width) => renderTable(rowsOf(children), width),
};

function renderBlock(block: Block, width: number): Page {
  const render = Object.hasOwn(RENDERERS, block.open.type) ? RENDERERS[block.open.type] : undefined;
  return render ? render(block, width) : textLines(block.open.content);
}

function inlineLines(children: readonly Token[], width: number): Page {
  return wrap(
    children.flatMap((child) => renderInline(child.children ?? [])),
    width,
  );
}

/** The signs stay: without colours nothing else says that it is one, and of which level. */
function heading({ open, children }: Block, width: number): Page {
  const sign = `${open.markup === '=' ? '#' : open.markup === '-' ? '##' : open.markup} `;
  const pieces = children.flatMap((child) => renderInline(child.children ?? [], 'strong'));
  return hanging(wrap(pieces, width - sign.length), { first: quiet(sign), rest: ' '.repeat(sign.length) });
}

function code({ open }: Block): Page {
  return textLines(open.content).map((line): Line => ['    ', toned(lineText(line), 'name')]);
}

function lineText(line: Line): string {
  return typeof line === 'string' ? line : '';
}

function list({ open, children }: Block, width: number): Page {
  const items = blocksOf(children);
  const start = Number(open.attrGet('start') ?? 1);
  const isTight = !items.some((item) => item.children.some(({ type, hidden }) => type === 'paragraph_open' && !hidden));
  const lines: Line[] = [];
  for (const [index, item] of items.entries()) {
    const sign = open.type === 'ordered_list_open' ? `${start + index}. ` : '• ';
    const first: Line = ['  ', sign, ...takeBox(item.children)];
    const inside = renderBlocks(item.children, width - sign.length - 2, isTight);
    if (!isTight && index > 0) lines.push('');
    for (const line of hanging(inside, { first, rest: ' '.repeat(sign.length + 2) })) lines.push(line);
  }
  return lines;
}

/** @source GitHub Flavored Markdown 0.29, §5.3 (task list items) */
const BOX = /^\[([ xX])\] /;

/** The box of a task, and its sign taken out of the text: tokens are of our own parse. */
function takeBox(tokens: readonly Token[]): readonly (string | Span)[] {
  const text = firstText(tokens);
  const box = BOX.exec(text?.content ?? '')?.[1];
  if (!text || box === undefined) return [];
  text.content = text.content.slice(4);
  return [box === ' ' ? '☐ ' : toned('☑ ', 'good')];
}

function firstText([paragraph, inline]: readonly Token[]): Token | undefined {
  if (paragraph?.type !== 'paragraph_open') return undefined;
  const first = inline?.children?.[0];
  return first?.type === 'text' ? first : undefined;
}

function rowsOf(tokens: readonly Token[]): readonly (readonly Cell[])[] {
  const rows = blocksOf(tokens).flatMap(({ children }) => blocksOf(children));
  return rows.map(({ open, children }) =>
    open.type === 'tr_open'
      ? blocksOf(children).map((cell) => cell.children.flatMap((child) => renderInline(child.children ?? [])))
      : [],
  );
}

interface Prefixes {
  readonly first: Line;
  readonly rest: string;
}

function hanging(lines: Page, { first, rest }: Prefixes): Page {
  const [line = '', ...others] = lines;
  return [joined(first, line), ...others.map((other) => joined(rest, other))];
}

function prefixed(lines: Page, prefix: Span): Page {
  return lines.map((line) => joined(prefix, line));
}

function joined(start: Line, line: Line): Line {
  return [...spans(start), ...spans(line)];
}

function spans(line: Line): readonly Piece[] {
  return Array.isArray(line) ? (line as readonly Piece[]) : [line as Piece];
}
