/** Letters as pictures: a font at one size is drawn once, when it is needed, and then only laid on cards. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { advancesOf } from './advances.ts';
import { blend, type Canvas, type Ink } from './canvas.ts';

export interface Letters {
  readonly size: number;
  /** In pixels; characters that the font has not are nothing. */
  widthOf(text: string): number;
  /** Whether the font has it. */
  has(character: string): boolean;
  /** @param x of the start and y of the base line @returns where it ends */
  draw(canvas: Canvas, text: string, place: { readonly x: number; readonly y: number; readonly ink: Ink }): number;
}

const CHARACTERS = [
  ...Array.from({ length: 0xff - 0x20 + 1 }, (_, index) => String.fromCodePoint(0x20 + index)),
  ...Array.from('–—‘’“”…·'),
].filter((character) => !/\p{Cc}|\u00ad/u.test(character));

const COLUMNS = 16;

/** @param font TrueType @param tracking between characters, in parts of the size */
export function createLetters(font: Uint8Array, size: number, tracking = 0): Letters {
  const advances = advancesOf(font, CHARACTERS);
  const cell = Math.ceil(size * 1.6);
  const known = CHARACTERS.filter((character) => advances.has(character));
  // When the first of them is drawn: a name is set in one of four sizes.
  let sheet: Sheet | undefined;
  const places = new Map(known.map((character, index) => [character, index]));
  const drawings = new Map<string, Drawn>();
  const drawnOf = (character: string): Drawn => {
    const index = places.get(character);
    if (index === undefined) return NOTHING;
    sheet ??= drawSheet(font, size, { known, cell });
    const drawn =
      drawings.get(character) ??
      cut(sheet, { x: (index % COLUMNS) * cell, y: Math.floor(index / COLUMNS) * cell, size: cell });
    drawings.set(character, drawn);
    return drawn;
  };
  const advance = (character: string): number => ((advances.get(character) ?? -tracking) + tracking) * size;
  return {
    size,
    has: (character) => places.has(character),
    widthOf: (text) => Array.from(text).reduce((sum, character) => sum + advance(character), 0),
    draw: (canvas, text, { x, y, ink }) => {
      let left = x;
      for (const character of text) {
        lay(canvas, drawnOf(character), { x: Math.round(left - OFFSET * cell), y: Math.round(y - BASE * cell), ink });
        left += advance(character);
      }
      return left;
    },
  };
}

/** @param x and y of the corner of its cell; what lies outside of the canvas is cut off */
function lay(
  { width, height, pixels }: Canvas,
  drawn: Drawn,
  { x, y, ink }: { readonly x: number; readonly y: number; readonly ink: Ink },
): void {
  for (let index = 0; index < drawn.length; index += 3) {
    const column = x + (drawn[index] ?? 0);
    const row = y + (drawn[index + 1] ?? 0);
    if (column < 0 || row < 0 || column >= width || row >= height) continue;
    const at = row * width + column;
    pixels[at] = blend(pixels[at] ?? 0, ink, (drawn[index + 2] ?? 0) / 255);
  }
}

/** The pixels of a letter, three numbers for each: column and row in its cell, and how much is covered, to 255. */
type Drawn = Int16Array;

function cut(
  { width, coverage }: Sheet,
  { x, y, size }: { readonly x: number; readonly y: number; readonly size: number },
): Drawn {
  const drawn: number[] = [];
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < size; column += 1) {
      const covered = coverage[(y + row) * width + x + column] ?? 0;
      if (covered > 0) drawn.push(column, row, covered);
    }
  return Int16Array.from(drawn);
}

const NOTHING: Drawn = new Int16Array();

interface Sheet {
  readonly width: number;
  /** 0 to 255 for each pixel. */
  readonly coverage: Uint8Array;
}

/** Where in its cell a letter starts, and its base line is. */
const OFFSET = 0.2;
const BASE = 0.7;

function drawSheet(
  font: Uint8Array,
  size: number,
  { known, cell }: { readonly known: readonly string[]; readonly cell: number },
): Sheet {
  const [width, height] = [COLUMNS * cell, Math.ceil(known.length / COLUMNS) * cell];
  const texts = known.map((character, index) => {
    const x = (index % COLUMNS) * cell + OFFSET * cell;
    const y = Math.floor(index / COLUMNS) * cell + BASE * cell;
    return `<text x="${Math.round(x)}" y="${Math.round(y)}">&#${character.codePointAt(0) ?? 0};</text>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#000"/><g fill="#fff" font-size="${size}">${texts.join('')}</g></svg>`;
  const folder = mkdtempSync(path.join(tmpdir(), 'ar-registry-card-'));
  try {
    const file = path.join(folder, 'font.ttf');
    writeFileSync(file, font);
    const { pixels } = new Resvg(svg, { font: { loadSystemFonts: false, fontFiles: [file] } }).render();
    return { width, coverage: everyFourth(pixels) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The red of each pixel: white on black, so that it is how much is covered. */
function everyFourth(pixels: Uint8Array): Uint8Array {
  const reds = new Uint8Array(pixels.length / 4);
  for (let index = 0; index < reds.length; index += 1) reds[index] = pixels[index * 4] ?? 0;
  return reds;
}
