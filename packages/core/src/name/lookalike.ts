/**
 * Whether two names can be mistaken for each other.
 *
 * Two tests: the visual skeleton, which folds characters that look alike in common fonts (UTS #39 §4, reduced to the
 * alphabet that names may use), and the edit distance, which finds typos.
 */
import type { PluginName, ScopeName } from '@ar-registry/schemas';
import { editDistance } from '../text/index.ts';
import { splitName } from './name.ts';

/** Single characters first: `c1` must meet `cl` before that pair becomes `d`. */
const FOLDS: readonly (readonly [RegExp, string])[] = [
  [/-/g, ''],
  [/[1i]/g, 'l'],
  [/0/g, 'o'],
  [/5/g, 's'],
  [/2/g, 'z'],
  [/8/g, 'b'],
  [/9/g, 'g'],
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/cl/g, 'd'],
];

/** Equal for names that look alike: `sIack` and `slack`, `ar-relay` and `arrelay`. */
export function skeleton(part: string): string {
  return FOLDS.reduce((text, [pattern, replacement]) => text.replaceAll(pattern, replacement), part);
}

/** True if `scope` is one of `reserved`, or looks like one. */
export function isReservedScope(scope: ScopeName, reserved: Iterable<ScopeName>): boolean {
  return [...reserved].some((other) => scope === other || resembles(scope, other, 5));
}

/** The first of `existing` that `name` could be mistaken for; never `name` itself. */
export function findLookalike(name: PluginName, existing: Iterable<PluginName>): PluginName | undefined {
  for (const other of existing) if (other !== name && isLookalike(name, other)) return other;
  return undefined;
}

function isLookalike(a: PluginName, b: PluginName): boolean {
  const left = splitName(a);
  const right = splitName(b);
  // An owner may name siblings alike (`store-a`, `store-b`); a stranger may not.
  if (left.scope === right.scope) return skeleton(left.base) === skeleton(right.base);
  // Two publishers may well have a plugin of the same name. A name that is nearly the other's is a slip, or a trap.
  if (left.base === right.base) return resembles(left.scope, right.scope, 4);
  if (resembles(left.base, right.base, 6)) return true;
  return resembles(left.scope, right.scope, 5) && resembles(left.base, right.base, 5);
}

/**
 * Short words are one letter apart by nature: `ar` and `as` are not confused, `agentrelay` and `agentrelai` are.
 *
 * @param atLeast from how many letters on one of them counts
 */
function resembles(a: string, b: string, atLeast: number): boolean {
  if (skeleton(a) === skeleton(b)) return true;
  return Math.min(a.length, b.length) >= atLeast && editDistance(a, b, 1) <= 1;
}
