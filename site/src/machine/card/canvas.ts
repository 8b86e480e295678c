/**
 * A picture of sixteen colours: panel to ink in nine steps, panel to signal in four, the ground. Shapes and letters are
 * laid on it by how much of each pixel they cover, so that a card is drawn in a few milliseconds and takes a few kilobytes.
 */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Index of a colour for each pixel, row by row. */
  readonly pixels: Uint8Array;
}

export type Ink = 'ink' | 'soft' | 'signal' | 'light';

/** How much of a pixel: 0 to 1. @param x and y of its centre */
export type Shape = (x: number, y: number) => number;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const INK_STEPS = 8;
const SIGNAL = 9;
const SIGNAL_STEPS = 4;
const GROUND = 13;

const PANEL_COLOUR = [0xf8, 0xf5, 0xec] as const;
const INK_COLOUR = [0x19, 0x17, 0x13] as const;
const SIGNAL_COLOUR = [0xb8, 0x33, 0x0c] as const;
const GROUND_COLOUR = [0xef, 0xea, 0xde] as const;

/** Red, green and blue of each index. */
export function palette(): readonly (readonly [number, number, number])[] {
  const inks = Array.from({ length: INK_STEPS + 1 }, (_, step) => mix(INK_COLOUR, step / INK_STEPS));
  const signals = Array.from({ length: SIGNAL_STEPS }, (_, step) => mix(SIGNAL_COLOUR, (step + 1) / SIGNAL_STEPS));
  return [...inks, ...signals, GROUND_COLOUR, GROUND_COLOUR, GROUND_COLOUR];
}

function mix(colour: readonly [number, number, number], part: number): readonly [number, number, number] {
  const of = (index: 0 | 1 | 2): number =>
    Math.round(PANEL_COLOUR[index] + (colour[index] - PANEL_COLOUR[index]) * part);
  return [of(0), of(1), of(2)];
}

export function createCanvas(width: number, height: number): Canvas {
  return { width, height, pixels: new Uint8Array(width * height).fill(GROUND) };
}

/** What is on a pixel when ink is laid on what was there. @param coverage how much of it, above 0 and at most 1 */
export function blend(before: number, ink: Ink, coverage: number): number {
  const level = Math.round(coverage * INK_STEPS);
  if (level === 0) return before;
  if (ink === 'light') return Math.min(before, INK_STEPS - level);
  if (ink === 'signal') return blendSignal(before, coverage);
  return Math.max(before < SIGNAL ? before : 0, ink === 'soft' ? Math.round(level * 0.72) : level);
}

/** On ink its edge is sharp: there are no colours between the two. */
function blendSignal(before: number, coverage: number): number {
  const own = SIGNAL + Math.ceil(coverage * SIGNAL_STEPS) - 1;
  if (before >= SIGNAL) return Math.max(before, own);
  return before === 0 || coverage > 0.5 ? own : before;
}

/** Fills a shape. @param within nothing of it lies outside */
export function fill(
  canvas: Canvas,
  shape: Shape,
  { within, ink }: { readonly within: Box; readonly ink: Ink | 'panel' },
): void {
  const right = Math.min(canvas.width, Math.ceil(within.x + within.width));
  const bottom = Math.min(canvas.height, Math.ceil(within.y + within.height));
  for (let y = Math.max(0, Math.floor(within.y)); y < bottom; y += 1)
    for (let x = Math.max(0, Math.floor(within.x)); x < right; x += 1) {
      const coverage = shape(x + 0.5, y + 0.5);
      if (ink === 'panel') {
        if (coverage >= 0.5) canvas.pixels[y * canvas.width + x] = 0;
      } else if (coverage > 0) {
        const at = y * canvas.width + x;
        canvas.pixels[at] = blend(canvas.pixels[at] ?? 0, ink, coverage);
      }
    }
}

/** What a shape covers, ready to be laid on any canvas of the same width: pixel and coverage in turn. */
export type Print = Float64Array;

/** @param within nothing of the shape lies outside; it lies in the canvas */
export function printOf({ width }: Pick<Canvas, 'width'>, shape: Shape, within: Box): Print {
  const covered: number[] = [];
  for (let y = Math.floor(within.y); y < within.y + within.height; y += 1)
    for (let x = Math.floor(within.x); x < within.x + within.width; x += 1) {
      const coverage = shape(x + 0.5, y + 0.5);
      if (coverage > 0) covered.push(y * width + x, coverage);
    }
  return Float64Array.from(covered);
}

/** As `fill` does with the shape that it was made of. */
export function lay({ pixels }: Canvas, print: Print, ink: Ink): void {
  for (let index = 0; index < print.length; index += 2) {
    const at = print[index] ?? 0;
    pixels[at] = blend(pixels[at] ?? 0, ink, print[index + 1] ?? 0);
  }
}

/** `Math.hypot` minds numbers that there are none of here, and takes ten times as long. */
const distance = (x: number, y: number): number => Math.sqrt(x * x + y * y);
const clamp = (value: number): number => Math.min(1, Math.max(0, value));

/** A ring of this radius, to the middle of its line; a disc where the line is as wide as twice the radius. */
export function ring(centre: { readonly x: number; readonly y: number }, radius: number, line: number): Shape {
  return (x, y) => clamp(0.5 + line / 2 - Math.abs(distance(x - centre.x, y - centre.y) - radius));
}

export function disc(cx: number, cy: number, radius: number): Shape {
  return (x, y) => clamp(0.5 + radius - distance(x - cx, y - cy));
}

/** A box with round corners. */
export function roundBox({ x: left, y: top, width, height }: Box, radius: number): Shape {
  return (x, y) => {
    const dx = Math.abs(x - left - width / 2) - width / 2 + radius;
    const dy = Math.abs(y - top - height / 2) - height / 2 + radius;
    const outside = distance(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
    return clamp(0.5 - outside);
  };
}
