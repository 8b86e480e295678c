import type { KeyPath } from '../yaml/index.ts';

/** Path of the first place where two plain values differ; the order of keys does not count. */
export function firstDifference(a: unknown, b: unknown, path: KeyPath = []): KeyPath | undefined {
  if (Object.is(a, b)) return undefined;
  if (!isContainer(a) || !isContainer(b)) return path;
  if (Array.isArray(a) !== Array.isArray(b)) return path;
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted();
  for (const key of keys) {
    const step = [...path, Array.isArray(a) ? Number(key) : key];
    if (Object.hasOwn(a, key) !== Object.hasOwn(b, key)) return step;
    const difference = firstDifference(a[key], b[key], step);
    if (difference) return difference;
  }
  return undefined;
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object';
}
