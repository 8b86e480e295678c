/**
 * Edit distance with transpositions of neighbours (optimal string alignment), at most `limit` + 1.
 *
 * @source Damerau 1964; the bounded form returns early, since callers only ask whether two names are near.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1)
      current.push(cell({ a, b, row, column }, { beforeLast, last, current }));
    if (Math.min(...current) > limit) return limit + 1;
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? limit + 1;
}

interface Position {
  readonly a: string;
  readonly b: string;
  readonly row: number;
  readonly column: number;
}

interface Rows {
  readonly beforeLast: readonly number[];
  readonly last: readonly number[];
  readonly current: readonly number[];
}

function cell({ a, b, row, column }: Position, { beforeLast, last, current }: Rows): number {
  const cost = a[row - 1] === b[column - 1] ? 0 : 1;
  const best = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + cost);
  const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
  return swapped ? Math.min(best, at(beforeLast, column - 2) + 1) : best;
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}

/** The candidates nearest to `text`, at most `count`, nearest first; only those a typo could explain. */
export function nearest(text: string, candidates: Iterable<string>, count = 1): readonly string[] {
  const limit = Math.max(1, Math.floor(text.length / 3));
  return [...candidates]
    .map((candidate) => ({ candidate, distance: editDistance(text.toLowerCase(), candidate.toLowerCase(), limit) }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, count)
    .map(({ candidate }) => candidate);
}
