/** Bounds on the tree that a README became, kept without recursion: what is too deep is what would exhaust the stack. */
import { text, type Element, type Root } from './tree.ts';

const MAX_DEPTH = 60;
const MAX_NODES = 150_000;

type Parent = Root | Element;

/**
 * Elements below `MAX_DEPTH` are replaced by the text that is in them. Changes the tree in place; it is of our own parse.
 *
 * @returns whether it may be gone through: not where it has too many nodes
 */
export function flatten(root: Root): boolean {
  let nodes = 0;
  const pending: { readonly node: Parent; readonly depth: number }[] = [{ node: root, depth: 0 }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, depth } = next;
    nodes += node.children.length;
    if (nodes > MAX_NODES) return false;
    if (depth >= MAX_DEPTH) node.children = [text(textIn(node))];
    for (const child of node.children) if (child.type === 'element') pending.push({ node: child, depth: depth + 1 });
  }
  return true;
}

function textIn(node: Parent): string {
  const found: string[] = [];
  const pending: Root['children'] = node.children.toReversed();
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (next.type === 'text') found.push(next.value);
    // A loop and not a spread: there may be more than a call can have arguments.
    else if (next.type === 'element' && !HIDDEN.has(next.tagName))
      for (const child of next.children.toReversed()) pending.push(child);
  }
  return found.join('');
}

/** Their content is no text for readers. */
const HIDDEN: ReadonlySet<string> = new Set([
  'script',
  'style',
  'template',
  'title',
  'svg',
  'math',
  'noscript',
  'iframe',
]);
