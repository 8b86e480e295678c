/** Numbers that look like chance and are the same every time. */
export interface Random {
  /** 0 to 1, without 1. */
  next(): number;
  /** A whole number from 0, below `end`. */
  below(end: number): number;
}

/**
 * @param seed any text; another one gives other numbers
 * @source FNV-1a for the seed, Mulberry32 for the numbers: both in the public domain
 */
export function createRandom(seed: string): Random {
  let state = 0x811c9dc5;
  for (let index = 0; index < seed.length; index += 1)
    state = Math.imul(state ^ seed.charCodeAt(index), 0x01000193) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, below: (end) => Math.floor(next() * end) };
}
