/**
 * The ranges that are in nearly every file of ours, `1.2.3` and `^1.2.3`, for versions without a prerelease: to load
 * `semver` for them takes a tenth of a start of Node.js.
 *
 * @source https://github.com/npm/node-semver#caret-ranges-123-025-004
 */
const PLAIN = /^(\^?)(0|[1-9]\d{0,14})\.(0|[1-9]\d{0,14})\.(0|[1-9]\d{0,14})$/;

/** Whether it is one of these; others may be ranges all the same. */
export function isPlainRange(text: string): boolean {
  return PLAIN.test(text);
}

/** Whether a version is in a range; undefined for what only `semver` can tell. */
export function inPlainRange(version: string, range: string): boolean | undefined {
  const [, isRange, ...found] = PLAIN.exec(version) ?? [];
  const [, caret, ...wanted] = PLAIN.exec(range) ?? [];
  if (isRange !== '' || caret === undefined) return undefined;
  const order = compare(found.map(Number), wanted.map(Number));
  if (caret === '') return order === 0;
  // What may not change: all up to the first number that is not zero.
  const first = wanted.findIndex((part) => part !== '0');
  const fixed = first === -1 ? wanted.length : first + 1;
  return order >= 0 && wanted.slice(0, fixed).every((part, index) => part === found[index]);
}

function compare(a: readonly number[], b: readonly number[]): number {
  return a.map((part, index) => part - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
