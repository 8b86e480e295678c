/**
 * Badges: small pictures for READMEs, of one line in two fields. Drawn with a font of one width, so that they are as wide
 * as their text without measuring it; what a browser has in its place is fitted by `textLength`.
 */
import { displayWidth } from '../width/index.ts';

export interface Badge {
  readonly label: string;
  readonly value: string;
  readonly tone: Tone;
}

/** What a value means, as everywhere on the site. */
export type Tone = 'signal' | 'official' | 'verified' | 'community' | 'quiet';

/** Every one has a contrast of more than 4.5 with the text. */
const FILL: Readonly<Record<Tone, string>> = {
  signal: '#b8330c',
  official: '#191713',
  verified: '#2d6232',
  community: '#1c3fae',
  quiet: '#5b564a',
};

/** Of a character, in units of the picture: 0.6 em at 11 px, as Menlo, DejaVu Sans Mono and most others have it. */
const COLUMN = 6.6;
const PADDING = 7;
const HEIGHT = 20;
const FONT = 'ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace';

/** An SVG picture with a title for those who cannot see it. Texts may be of anybody: they are escaped. */
export function drawBadge({ label, value, tone }: Badge): string {
  const [left, right] = [fieldWidth(label), fieldWidth(value)];
  const width = round(left + right);
  const title = escapeXml(`${label}: ${value}`);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label="${title}">`,
    `<title>${title}</title>`,
    `<rect x="1" y="1" width="${round(width - 2)}" height="${HEIGHT - 2}" rx="3" fill="#f8f5ec" stroke="#191713" stroke-width="2"/>`,
    `<path d="M${left} 1h${round(right - 4)}a3 3 0 0 1 3 3v12a3 3 0 0 1-3 3h-${round(right - 4)}z" fill="${FILL[tone]}" stroke="#191713" stroke-width="2"/>`,
    `<g font-family="${FONT}" font-size="11">`,
    text(label, PADDING, '#191713'),
    text(value, round(left + PADDING), '#f8f5ec'),
    '</g></svg>',
  ].join('')}\n`;
}

function text(value: string, x: number, fill: string): string {
  const length = round(displayWidth(value) * COLUMN);
  return `<text x="${x}" y="14" fill="${fill}" textLength="${length}" lengthAdjust="spacingAndGlyphs">${escapeXml(value)}</text>`;
}

function fieldWidth(value: string): number {
  return round(displayWidth(value) * COLUMN + 2 * PADDING);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** @source XML 1.0 §2.2, §2.4: nor are control characters of XML. */
function escapeXml(value: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this removes
  const clean = value.replaceAll(/[\u0000-\u001f\u007f-\u009f\ufffe\uffff]|\p{Cs}/gu, '');
  return clean.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
