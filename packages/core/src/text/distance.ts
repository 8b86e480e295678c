/**
 * Edit distance with transpositions of neighbours (optimal string alignment), at most `limit` + 1.
 *
 * @source Damerau 1964; the bounded form returns early, since callers only ask whether two names are near.
 */
export function editDistance(a: string, b: string, limit: number): number {
  const tooFar = limit + 1;
  if (Math.abs(a.length - b.length) > limit) return tooFar;
  let beforeLast = new Uint32Array(b.length + 1);
  let last = Uint32Array.from({ length: b.length + 1 }, (_, column) => column);
  let current = new Uint32Array(b.length + 1);
  for (let row = 1; row <= a.length; row += 1) {
    if (fillRow(current, { a, b, row, last, beforeLast }) > limit) return tooFar;
    [beforeLast, last, current] = [last, current, beforeLast];
  }
  return Math.min(last[b.length] ?? tooFar, tooFar);
}

interface Table {
  readonly a: string;
  readonly b: string;
  readonly row: number;
  readonly last: Uint32Array;
  readonly beforeLast: Uint32Array;
}

/**
 * The distances of the first `row` characters of `a` from each beginning of `b`.
 *
 * Written for speed: a mistyped name is compared with every name of the registry.
 *
 * @returns the smallest of them
 */
function fillRow(current: Uint32Array, { a, b, row, last, beforeLast }: Table): number {
  const letter = a.charCodeAt(row - 1);
  const before = row > 1 ? a.charCodeAt(row - 2) : -1;
  let left = row;
  let smallest = row;
  let other = -1;
  current[0] = row;
  for (let column = 1; column <= b.length; column += 1) {
    const otherBefore = other;
    other = b.charCodeAt(column - 1);
    left = Math.min((last[column] ?? 0) + 1, left + 1, (last[column - 1] ?? 0) + (letter === other ? 0 : 1));
    if (letter === otherBefore && before === other) left = Math.min(left, (beforeLast[column - 2] ?? 0) + 1);
    current[column] = left;
    if (left < smallest) smallest = left;
  }
  return smallest;
}

const MAX_TYPOS = 3;

/** The candidates nearest to `text`, at most `count`, nearest first; only those a typo could explain. */
export function nearest(text: string, candidates: Iterable<string>, count = 1): readonly string[] {
  const limit = Math.min(MAX_TYPOS, Math.max(1, Math.floor(text.length / 3)));
  const wanted = text.toLowerCase();
  return [...candidates]
    .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase(), limit) }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, count)
    .map(({ candidate }) => candidate);
}
