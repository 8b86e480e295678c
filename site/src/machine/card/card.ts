/** Open Graph cards: the face plate of a plugin, as others show it beside a link. 1200 × 630. */
import type { PluginSummary } from '@ar-registry/schemas';
import { makeGlyph, type Socket } from '../../lib/glyph.ts';
import { createCanvas, disc, fill, lay, palette, printOf, ring, roundBox, type Canvas, type Print } from './canvas.ts';
import { createLetters, type Letters } from './letters.ts';
import { createPngEncoder } from './png.ts';

export interface CardFonts {
  readonly wide: Uint8Array;
  readonly text: Uint8Array;
  readonly mono: Uint8Array;
}

export interface Cards {
  /** @param plugin its texts are of its author: what the fonts have no letters for is left out */
  ofPlugin(plugin: Pick<PluginSummary, 'name' | 'type' | 'trust' | 'version' | 'description'>): Uint8Array<ArrayBuffer>;
  /** Of the registry itself. */
  ofRegistry(says: string): Uint8Array<ArrayBuffer>;
}

const WIDTH = 1200;
const HEIGHT = 630;
const LEFT = 96;
/** Up to the glyph. */
const COLUMN = 740;
const NAME_SIZES = [104, 84, 66, 50] as const;

/** @param title of the registry. Draws the letters of each size once: a few tenths of a second. */
export function createCards(fonts: CardFonts, title: string): Cards {
  const names = NAME_SIZES.map((size) => createLetters(fonts.wide, size, -0.015));
  const text = createLetters(fonts.text, 31);
  const mono = createLetters(fonts.mono, 25);
  const label = createLetters(fonts.mono, 21, 0.08);
  const plate = drawPlate(label, title);
  const canvas = createCanvas(WIDTH, HEIGHT);
  const sockets: Sockets = new Map();
  const encode = createPngEncoder(canvas, palette());
  const clear = (): void => canvas.pixels.set(plate.pixels);
  return {
    ofPlugin: ({ name, type, trust, version, description }) => {
      clear();
      const [scope = '', local = name] = name.split('/');
      label.draw(canvas, fit(`${type} · ${trust} · ${version}`.toUpperCase(), label, 540), {
        x: LEFT,
        y: 118,
        ink: 'soft',
      });
      const bottom = drawName(canvas, local, names);
      mono.draw(canvas, `${scope}/`, { x: LEFT, y: 172, ink: 'soft' });
      drawText(canvas, description, {
        letters: text,
        y: bottom + 62,
        lines: Math.max(1, Math.floor((500 - bottom - 62) / 42) + 1),
      });
      drawCommand(canvas, `ar plugin install ${name}`, mono);
      drawGlyph(canvas, name, sockets);
      return encode(canvas.pixels);
    },
    ofRegistry: (says) => {
      clear();
      const bottom = drawName(canvas, 'Patch it in.', names);
      drawText(canvas, says, { letters: text, y: bottom + 62, lines: 4 });
      drawCommand(canvas, 'ar plugin search', mono);
      drawGlyph(canvas, title, sockets);
      return encode(canvas.pixels);
    },
  };
}

/** Where the command stands. */
const STRIP = { x: LEFT, y: 515, width: WIDTH - 2 * LEFT, height: 50 } as const;

/** What all cards have: the panel with its screws, the strip, and whose it is. */
function drawPlate(label: Letters, title: string): Canvas {
  const canvas = createCanvas(WIDTH, HEIGHT);
  const outer = { x: 36, y: 36, width: WIDTH - 72, height: HEIGHT - 72 };
  const inner = { x: 41, y: 41, width: WIDTH - 82, height: HEIGHT - 82 };
  fill(canvas, roundBox(outer, 12), { within: outer, ink: 'ink' });
  fill(canvas, roundBox(inner, 8), { within: inner, ink: 'panel' });
  for (const x of [68, WIDTH - 68])
    fill(canvas, ring({ x, y: 68 }, 9, 3), { within: { x: x - 12, y: 56, width: 24, height: 24 }, ink: 'ink' });
  fill(canvas, roundBox(STRIP, 6), { within: STRIP, ink: 'ink' });
  const shown = fit(title.toUpperCase(), label, 420);
  label.draw(canvas, shown, { x: WIDTH - 96 - label.widthOf(shown), y: 118, ink: 'soft' });
  return canvas;
}

/** As large as it fits. @returns the base line of its last line */
function drawName(canvas: Canvas, name: string, sizes: readonly Letters[]): number {
  const [smallest] = sizes.slice(-1);
  const fitting = sizes.find((letters) => letters.widthOf(name) <= COLUMN);
  const letters = fitting ?? smallest;
  if (!letters) return 0;
  const lines = fitting ? [name] : breakName(name, letters);
  let y = 190;
  for (const line of lines) {
    y += letters.size;
    letters.draw(canvas, line, { x: LEFT - 4, y, ink: 'ink' });
  }
  return y;
}

/** After hyphens where there are some, else anywhere. */
function breakName(name: string, letters: Letters): readonly string[] {
  const lines = [''];
  for (const part of name
    .split(/(?<=-)/)
    .flatMap((piece) => (letters.widthOf(piece) > COLUMN ? Array.from(piece) : [piece]))) {
    const line = lines.at(-1) ?? '';
    if (letters.widthOf(line + part) > COLUMN) lines.push(part);
    else lines[lines.length - 1] = line + part;
  }
  return lines.slice(0, 3);
}

/** A description in a script that the fonts do not have is left out: half of a sentence says something else. */
function drawText(
  canvas: Canvas,
  says: string,
  { letters, y, lines }: { readonly letters: Letters; readonly y: number; readonly lines: number },
): void {
  const characters = Array.from(says.replaceAll(/\s+/g, ' ').trim()).slice(0, 400);
  const known = characters.filter((character) => letters.has(character));
  if (known.length < characters.length * 0.9) return;
  const wrapped = wrap(known.join(''), letters);
  const shown = wrapped.slice(0, lines);
  if (wrapped.length > lines) shown[lines - 1] = fit(`${shown.at(-1) ?? ''} …${'x'.repeat(99)}`, letters, COLUMN);
  for (const [index, line] of shown.entries()) letters.draw(canvas, line, { x: LEFT, y: y + index * 42, ink: 'soft' });
}

function wrap(text: string, letters: Letters): string[] {
  const lines = [''];
  for (const word of text.split(' ').map((part) => fit(part, letters, COLUMN))) {
    const line = lines.at(-1) ?? '';
    const longer = line === '' ? word : `${line} ${word}`;
    if (letters.widthOf(longer) > COLUMN) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

function fit(text: string, letters: Letters, width: number): string {
  if (letters.widthOf(text) <= width) return text;
  const characters = Array.from(text);
  while (characters.length > 0 && letters.widthOf(`${characters.join('')}…`) > width) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

function drawCommand(canvas: Canvas, command: string, letters: Letters): void {
  letters.draw(canvas, fit(command, letters, STRIP.width - 40), { x: STRIP.x + 20, y: STRIP.y + 33, ink: 'light' });
}

/** The field of sockets is 100 units wide. */
const FIELD = { x: 870, y: 170, scale: 2.5 } as const;
const RADII = { ring: [7, 2.4], small: [4, 2.4], dot: [2.2, 4.4], hot: [7.5, 3.4] } as const;

/** Discs that a cable is drawn of: close enough that its edge is smooth. */
const CABLE_STEPS = 100;

/** The same few in all glyphs. */
type Sockets = Map<string, Print>;

function drawGlyph(canvas: Canvas, name: string, known: Sockets): void {
  const { sockets, cable } = makeGlyph(name);
  for (const socket of sockets) {
    const key = `${socket.x} ${socket.y} ${socket.kind}`;
    const print = known.get(key) ?? printSocket(canvas, socket);
    known.set(key, print);
    lay(canvas, print, socket.kind === 'hot' ? 'signal' : 'ink');
  }
  const numbers = (cable.match(/[\d.]+/g) ?? []).map(Number);
  for (let step = 0; step <= CABLE_STEPS; step += 1) {
    const [x, y] = inField(bend(numbers, 0, step / CABLE_STEPS), bend(numbers, 1, step / CABLE_STEPS));
    fill(canvas, disc(x, y, 6.5), { within: { x: x - 8, y: y - 8, width: 16, height: 16 }, ink: 'signal' });
  }
}

function printSocket(canvas: Canvas, { x, y, kind }: Socket): Print {
  const [cx, cy] = inField(x, y);
  const [radius, line] = RADII[kind];
  const reach = (radius + line) * FIELD.scale;
  const within = { x: cx - reach, y: cy - reach, width: 2 * reach, height: 2 * reach };
  return printOf(canvas, ring({ x: cx, y: cy }, radius * FIELD.scale, line * FIELD.scale), within);
}

function inField(x: number, y: number): readonly [number, number] {
  return [FIELD.x + x * FIELD.scale, FIELD.y + y * FIELD.scale];
}

/** A point of a quadratic Bézier curve. @param numbers three points, x and y in turn @param axis 0 for x, 1 for y */
function bend(numbers: readonly number[], axis: 0 | 1, t: number): number {
  const at = (point: number): number => numbers[point * 2 + axis] ?? 0;
  return (1 - t) ** 2 * at(0) + 2 * (1 - t) * t * at(1) + t ** 2 * at(2);
}
