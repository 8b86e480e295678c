import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createCards } from './card.ts';
import { createPngEncoder } from './png.ts';

const font = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`fonts/${name}.ttf`, import.meta.url)));
const cards = createCards({ wide: font('wide'), text: font('text'), mono: font('mono') }, 'Test registry');
const PLUGIN = {
  name: '@acme/audit',
  type: 'hook',
  trust: 'community',
  version: '1.0.0',
  description: 'Audits.',
} as const;

/** Width, height, and the indices of the colours of all pixels. */
function decode(png: Uint8Array): {
  readonly width: number;
  readonly height: number;
  readonly pixels: readonly number[];
} {
  const bytes = Buffer.from(png);
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const start = bytes.indexOf('IDAT');
  const data = inflateSync(bytes.subarray(start + 4, start + 4 + bytes.readUInt32BE(start - 4)));
  const row = Math.ceil(width / 2) + 1;
  const pixels = Array.from({ length: width * height }, (_, index) => {
    const [x, y] = [index % width, Math.floor(index / width)];
    const byte = data[y * row + 1 + (x >> 1)] ?? 0;
    return x % 2 === 0 ? byte >> 4 : byte & 15;
  });
  return { width, height, pixels };
}

describe('an Open Graph card', () => {
  it('is a picture of the size that is asked for, of a few kilobytes', () => {
    const png = cards.ofPlugin(PLUGIN);
    expect(decode(png)).toMatchObject({ width: 1200, height: 630 });
    expect(png.length).toBeLessThan(20_000);
    expect(cards.ofRegistry('Plugins.').length).toBeLessThan(20_000);
  });

  it('is the same for the same plugin, and another for another one', () => {
    expect(cards.ofPlugin(PLUGIN)).toEqual(cards.ofPlugin(PLUGIN));
    for (const other of [
      { name: '@acme/audit2' },
      { version: '1.0.1' },
      { trust: 'official' },
      { description: 'B.' },
    ] as const)
      expect(cards.ofPlugin({ ...PLUGIN, ...other })).not.toEqual(cards.ofPlugin(PLUGIN));
  });

  it.each([
    ['the longest name', { name: `@${'w'.repeat(63)}/${'m'.repeat(63)}` }],
    ['a name of many parts', { name: `@a/${'ab-'.repeat(20)}c` }],
    ['a script that the fonts do not have', { description: '日本語の説明。とても長い。' }],
    ['markup', { description: '<svg onload=x>&amp;</svg>' }],
    ['a word without end', { description: 'x'.repeat(10_000) }],
    ['controls and halves of characters', { description: '\u0000\u202e\ud800 a' }],
    ['nothing', { description: '' }],
    ['a long version', { version: `1.0.0-${'a'.repeat(58)}` }],
  ])('stays within its frame with %s', (_title, changes) => {
    const { pixels } = decode(cards.ofPlugin({ ...PLUGIN, ...changes }));
    const [edge] = pixels;
    const margin = pixels.filter((_, index) => index % 1200 < 30 || index % 1200 >= 1170 || index < 30 * 1200);
    expect(new Set(margin)).toEqual(new Set([edge]));
  });
});

describe('PNG', () => {
  it('keeps every pixel, of odd widths too', () => {
    const pixels = Uint8Array.from({ length: 15 }, (_, index) => index);
    const colours = Array.from({ length: 16 }, (_, index) => [index, index, index] as const);
    expect(decode(createPngEncoder({ width: 5, height: 3 }, colours)(pixels)).pixels).toEqual([...pixels]);
  });
});
