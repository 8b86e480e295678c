/**
 * The face of a plugin: a field of sockets with one cable, made from its name alone. The same name gives the same glyph
 * wherever it is drawn.
 */

export interface Socket {
  readonly x: number;
  readonly y: number;
  readonly kind: 'ring' | 'small' | 'dot' | 'hot';
}

export interface Glyph {
  /** Sixteen, row by row, in a square of 100 × 100. */
  readonly sockets: readonly Socket[];
  /** SVG path data. */
  readonly cable: string;
}

const STEP = 22;
const FIRST = 17;

export function makeGlyph(name: string): Glyph {
  const next = numbersOf(name);
  const [start, middle, end] = threeOf(next);
  const sockets = Array.from({ length: 16 }, (_, index): Socket => {
    const kinds = ['ring', 'ring', 'small', 'small', 'dot'] as const;
    const kind = kinds[next() % kinds.length] ?? 'ring';
    return { ...at(index), kind: index === start || index === end ? 'hot' : kind };
  });
  const [a, b, c] = [at(start), at(middle), at(end)];
  // A cable hangs: its bend lies below the socket it passes.
  return { sockets, cable: `M${a.x} ${a.y}Q${b.x} ${Math.min(b.y + 26, 96)} ${c.x} ${c.y}` };
}

function at(index: number): { readonly x: number; readonly y: number } {
  return { x: FIRST + (index % 4) * STEP, y: FIRST + Math.floor(index / 4) * STEP };
}

/** Ends in different columns, so that the cable crosses the field. */
function threeOf(next: () => number): readonly [number, number, number] {
  const start = (next() % 4) * 4 + (next() % 2);
  const end = (next() % 4) * 4 + 2 + (next() % 2);
  return [start, next() % 16, end];
}

/** @source the FNV-1a hash and the mulberry32 generator: small, and the same in every language */
function numbersOf(name: string): () => number {
  let state = 0x811c9dc5;
  for (const character of name) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
