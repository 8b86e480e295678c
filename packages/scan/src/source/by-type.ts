import type { Node } from './tree.ts';

/** What to do with a node, by its type. New syntax that no table names is left to what the caller does by default. */
export type ByType<Context, Result> = {
  readonly [Type in Node['type']]?: (node: Extract<Node, { readonly type: Type }>, context: Context) => Result;
};

/** The answer of the table; undefined where it has none for nodes of this type. */
export function byType<Context, Result>(
  table: ByType<Context, Result>,
  node: Node,
  context: Context,
): Result | undefined {
  const answer = table[node.type] as ((node: Node, context: Context) => Result) | undefined;
  return answer?.(node, context);
}
