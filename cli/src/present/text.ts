/**
 * Text on its way to a terminal: lines of words, some of them toned.
 *
 * Descriptions, names and messages come from manifests, registries and servers and are attacker-controlled. So no
 * presenter writes an escape sequence: it says which words are toned, and `renderPage` removes every control
 * character from every word before it adds its own.
 */
import { stripControl } from '@ar-registry/core/text';

export type Tone = 'strong' | 'emphasis' | 'link' | 'quiet' | 'name' | 'good' | 'warning' | 'bad';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

export type Line = string | Span | readonly (string | Span)[];
export type Page = readonly Line[];

/** @source ECMA-48 §8.3.117 (SGR) */
const SGR: Readonly<Record<Tone, string>> = {
  strong: '1',
  quiet: '2',
  emphasis: '3',
  link: '4',
  name: '36',
  good: '32',
  warning: '33',
  bad: '31',
};

export function toned(text: string, tone: Tone): Span {
  return { text, tone };
}

export function strong(text: string): Span {
  return toned(text, 'strong');
}

export function quiet(text: string): Span {
  return toned(text, 'quiet');
}

/** A word as it may be printed: on one line, without control characters; spaces stay. */
export function cleanWord(text: string): string {
  return stripControl(text).replaceAll(/[\t\n]/g, ' ');
}

/** Text of several lines as a page, each line cleaned on its own. */
export function textLines(text: string): Page {
  return stripControl(text).replace(/\n+$/, '').replaceAll('\t', '  ').split('\n');
}

/** The bytes for a terminal or a file: cleaned, each line ended by a line feed. */
export function renderPage(page: Page, { color }: { readonly color: boolean }): string {
  return page.map((line) => `${renderLine(line, color)}\n`).join('');
}

function renderLine(line: Line, color: boolean): string {
  const spans = Array.isArray(line) ? (line as readonly (string | Span)[]) : [line as string | Span];
  return spans
    .map((span) => renderSpan(span, color))
    .join('')
    .trimEnd();
}

function renderSpan(span: string | Span, color: boolean): string {
  if (typeof span === 'string') return cleanWord(span);
  const text = cleanWord(span.text);
  return color && text !== '' ? `\u001b[${SGR[span.tone]}m${text}\u001b[0m` : text;
}
