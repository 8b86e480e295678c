import type { SourceFile } from '../source/source-file.ts';
import type { Node } from '../source/tree.ts';

const writes = new WeakMap<SourceFile, ReadonlyMap<string, readonly Node[]>>();

/** In minified code hundreds of fields share a name, which then says nothing. */
const MAX_WRITES = 8;

/**
 * What is assigned to members of that name in a file: `this.file = x` and `state.file = x` are both of `file`.
 * Undefined where that is too much to be of use: anything may be in such a field.
 */
export function writesTo(source: SourceFile, name: string): readonly Node[] | undefined {
  const found = fieldWrites(source).get(name) ?? [];
  return found.length <= MAX_WRITES ? found : undefined;
}

/** Whether an object or class of the file has a property of that name. */
export function hasProperty(source: SourceFile, name: string): boolean {
  return source.nodes.some(
    (node) => (node.type === 'Property' || node.type === 'MethodDefinition') && memberName(node.key) === name,
  );
}

function fieldWrites(source: SourceFile): ReadonlyMap<string, readonly Node[]> {
  const known = writes.get(source);
  if (known) return known;
  const found = new Map<string, Node[]>();
  for (const node of source.nodes) {
    const [name, value] = writeOf(node) ?? [];
    if (name === undefined || !value) continue;
    const list = found.get(name);
    if (list) list.push(value);
    else found.set(name, [value]);
  }
  writes.set(source, found);
  return found;
}

function writeOf(node: Node): readonly [string | undefined, Node] | undefined {
  if (node.type === 'PropertyDefinition')
    return node.static || node.computed || !node.value ? undefined : [memberName(node.key), node.value];
  if (node.type === 'UpdateExpression') return fieldWrite(node.argument, node);
  if (node.type !== 'AssignmentExpression') return undefined;
  // What `+=` makes of a field is unknown, as is the expression itself.
  return fieldWrite(node.left, isPlainAssignment(node.operator) ? node.right : node);
}

/** Whether what stands on the right becomes the value, as it is: `=`, `??=`, `||=`, `&&=`. */
export function isPlainAssignment(operator: string): boolean {
  return /^(?:=|\?\?=|\|\|=|&&=)$/.test(operator);
}

function fieldWrite(target: Node, value: Node): readonly [string | undefined, Node] | undefined {
  if (target.type !== 'MemberExpression') return undefined;
  return [target.computed ? literalName(target.property) : memberName(target.property), value];
}

function literalName(node: Node): string | undefined {
  return node.type === 'Literal' ? String(node.value) : undefined;
}

function memberName(node: Node): string | undefined {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'PrivateIdentifier' ? `#${node.name}` : literalName(node);
}
