/** The tree of an HTML fragment, as the libraries here pass it on (hast). */
import type { sanitize } from 'hast-util-sanitize';

export type Nodes = ReturnType<typeof sanitize>;
export type Root = Extract<Nodes, { readonly type: 'root' }>;
export type Element = Extract<Nodes, { readonly type: 'element' }>;
export type Child = Element['children'][number];
export type Properties = Element['properties'];

/** An element that is made here. */
export function element(tagName: string, properties: Properties, children: readonly Child[]): Element {
  return { type: 'element', tagName, properties, children: [...children] };
}

export function text(value: string): Child {
  return { type: 'text', value };
}

/** All text in it. Trees are flat enough for recursion once they went through `flatten`. */
export function textOf(node: Nodes): string {
  if (node.type === 'text') return node.value;
  return 'children' in node ? node.children.map(textOf).join('') : '';
}

/** The text of an attribute; of a list of words, those words. */
export function attribute(node: Element, name: string): string | undefined {
  const value = node.properties[name];
  if (Array.isArray(value)) return value.join(' ');
  return value === undefined || value === null || typeof value === 'boolean' ? undefined : String(value);
}
