/**
 * Whether one inserted, left out, wrong or swapped character makes `a` of `b`; false for equal words.
 *
 * The question that `editDistance` answers as well, without a table: a search asks it of every word of every name.
 */
export function isOneEdit(a: string, b: string): boolean {
  const difference = a.length - b.length;
  if (a === b || difference < -1 || difference > 1) return false;
  const start = commonPrefix(a, b);
  const restA = a.slice(start);
  const restB = b.slice(start);
  if (difference === 1) return restA.slice(1) === restB;
  if (difference === -1) return restB.slice(1) === restA;
  if (restA.slice(1) === restB.slice(1)) return true;
  return restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
}

function commonPrefix(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let index = 0;
  while (index < length && a.charCodeAt(index) === b.charCodeAt(index)) index += 1;
  return index;
}
