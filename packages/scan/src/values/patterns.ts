/** Destructuring: which part of a value a name in a pattern is. */
import { byType, type ByType } from '../source/by-type.ts';
import type { Node } from '../source/tree.ts';

export type Step =
  | { readonly kind: 'key'; readonly key: Node; readonly computed: boolean }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'default'; readonly value: Node }
  | { readonly kind: 'rest' };

/** The way from `pattern` down to `target`; undefined if it is not in it. */
export function stepsTo(pattern: Node, target: Node): readonly Step[] | undefined {
  return pattern === target ? [] : byType(PATTERNS, pattern, target);
}

const PATTERNS: ByType<Node, readonly Step[] | undefined> = {
  ObjectPattern: ({ properties }, target) =>
    firstOf(properties, (part) => {
      if (part.type === 'RestElement') return prefixed({ kind: 'rest' }, stepsTo(part.argument, target));
      return prefixed({ kind: 'key', key: part.key, computed: part.computed }, stepsTo(part.value, target));
    }),
  ArrayPattern: ({ elements }, target) =>
    firstOf(elements, (part, index) => {
      if (part?.type === 'RestElement') return prefixed({ kind: 'rest' }, stepsTo(part.argument, target));
      return part ? prefixed({ kind: 'index', index }, stepsTo(part, target)) : undefined;
    }),
  AssignmentPattern: ({ left, right }, target) => prefixed({ kind: 'default', value: right }, stepsTo(left, target)),
};

function prefixed(step: Step, rest: readonly Step[] | undefined): readonly Step[] | undefined {
  return rest && [step, ...rest];
}

function firstOf<Item>(
  items: readonly Item[],
  find: (item: Item, index: number) => readonly Step[] | undefined,
): readonly Step[] | undefined {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found) return found;
  }
  return undefined;
}
