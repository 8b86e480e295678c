/** A syntax tree as a list in document order, with the way back up. Built without recursion: depth is attacker-controlled. */
import type { AnyNode, Program } from 'acorn';

export type Node = AnyNode;

export interface Tree {
  /** All nodes, in document order, parents first. */
  readonly nodes: readonly Node[];
  readonly parentOf: (node: Node) => Node | undefined;
}

/** How deep a tree may be: what follows is recursive. Hand-written code stays below 100, bundles below 400. */
const MAX_DEPTH = 800;

/** Undefined for a tree that is nested too deeply. */
export function buildTree(program: Program): Tree | undefined {
  const nodes: Node[] = [];
  const parents = new Map<Node, Node>();
  const open: { readonly node: Node; readonly depth: number }[] = [{ node: program, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, depth } = next;
    if (depth > MAX_DEPTH) return undefined;
    nodes.push(node);
    const children = childrenOf(node);
    for (const child of children) parents.set(child, node);
    for (const child of children.toReversed()) open.push({ node: child, depth: depth + 1 });
  }
  return { nodes, parentOf: (node) => parents.get(node) };
}

function childrenOf(node: Node): readonly Node[] {
  const children: Node[] = [];
  for (const value of Object.values(node) as unknown[]) {
    if (Array.isArray(value)) for (const each of value.filter(isNode)) children.push(each);
    else if (isNode(value)) children.push(value);
  }
  // A shorthand property has one node for its key and its value.
  return [...new Set(children)];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
