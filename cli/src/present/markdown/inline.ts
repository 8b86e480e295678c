/** What stands in one line of Markdown, as toned words. */
import type { Token } from 'markdown-it';
import { cleanWord, quiet, type Span, type Tone, toned } from '../text.ts';

/** A hard line break among words: cleaned text holds no line feed. */
export const BREAK = '\n';

export type Piece = string | Span;

const TONES: Readonly<Record<string, Tone>> = {
  strong_open: 'strong',
  em_open: 'emphasis',
  s_open: 'quiet',
  link_open: 'link',
};

interface State {
  readonly pieces: Piece[];
  /** The innermost tone is the last one. */
  readonly tones: (Tone | undefined)[];
  /** Links that are open: where they lead, and where in `pieces` their text begins. */
  readonly links: { readonly href: string; readonly from: number }[];
}

/** @param base what text is toned in where nothing else says so, as in a heading */
export function renderInline(tokens: readonly Token[], base?: Tone): readonly Piece[] {
  const state: State = { pieces: [], tones: [base], links: [] };
  for (const token of tokens) {
    if (token.nesting === 1) open(token, state);
    else if (token.nesting === -1) close(token, state);
    else state.pieces.push(...leaf(token, state));
  }
  return state.pieces;
}

function open(token: Token, { pieces, tones, links }: State): void {
  tones.push(TONES[token.type] ?? tones.at(-1));
  if (token.type === 'link_open') links.push({ href: attribute(token, 'href'), from: pieces.length });
}

function close({ type }: Token, { pieces, tones, links }: State): void {
  tones.pop();
  const link = type === 'link_close' ? links.pop() : undefined;
  if (link) pieces.push(...target(link.href, textOf(pieces.slice(link.from))));
}

function leaf(token: Token, { tones, links }: State): readonly Piece[] {
  switch (token.type) {
    case 'code_inline':
      return [toned(cleanWord(token.content), 'name')];
    case 'hardbreak':
      return [BREAK];
    case 'image':
      return image(token, links.length > 0);
    case 'softbreak':
      return [' '];
    default:
      return [inTone(cleanWord(token.content), tones.at(-1))];
  }
}

function inTone(text: string, tone: Tone | undefined): Piece {
  return tone === undefined ? text : toned(text, tone);
}

function attribute(token: Token, name: string): string {
  return cleanWord(String(token.attrGet(name) ?? ''));
}

/** Where a link leads, unless its text says so: what a person sees is where he would go. */
function target(href: string, text: string): readonly Piece[] {
  if (href === '' || href.startsWith('#') || href === text || href === `mailto:${text}`) return [];
  return [' ', quiet(`(${href})`)];
}

function image(token: Token, isInLink: boolean): readonly Piece[] {
  const text = cleanWord(token.content) || 'image';
  return [quiet(`[${text}]`), ...(isInLink ? [] : target(attribute(token, 'src'), text))];
}

export function textOf(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : piece.text)).join('');
}
