/** What `this` and `super` stand for, where the text alone tells. */
import type { SourceFile } from '../source/source-file.ts';
import type { Node } from '../source/tree.ts';
import { functionAround } from './calls.ts';
import type { Frame } from './evaluation.ts';

/** The class that `this` is, in what belongs to the class itself: static fields, static blocks, static methods. */
export function staticClassAround(node: Node, source: SourceFile): ClassNode | undefined {
  const part = classPartAround(node, source);
  if (!part || ('static' in part && !part.static)) return undefined;
  const body = source.parentOf(part);
  const owner = body && source.parentOf(body);
  return owner?.type === 'ClassDeclaration' || owner?.type === 'ClassExpression' ? owner : undefined;
}

type ClassNode = Extract<Node, { type: 'ClassDeclaration' | 'ClassExpression' }>;
type ClassPart = Extract<Node, { type: 'StaticBlock' | 'PropertyDefinition' | 'MethodDefinition' }>;

/** The part of a class whose `this` it is. Keys in brackets and what is extended have that of the code around. */
function classPartAround(node: Node, source: SourceFile): ClassPart | undefined {
  let child = node;
  for (let around = source.parentOf(node); around; around = source.parentOf(around)) {
    if (around.type === 'StaticBlock' || (around.type === 'PropertyDefinition' && around.value === child))
      return around;
    if (around.type === 'FunctionExpression' || around.type === 'FunctionDeclaration') {
      const parent = source.parentOf(around);
      return parent?.type === 'MethodDefinition' && parent.value === around ? parent : undefined;
    }
    child = around;
  }
  return undefined;
}

/** Whether `this` is the global object: in sloppy code, in a function that is called plainly. */
export function isGlobalThis(node: Node, { source }: Frame): boolean {
  const fn = sloppyFunctionAround(node, source);
  if (!fn) return false;
  if (isPlainCallee(fn, source)) return true;
  const parent = source.parentOf(fn);
  const name =
    fn.type === 'FunctionDeclaration' ? fn.id : parent?.type === 'VariableDeclarator' ? parent.id : undefined;
  const variable = name ? source.declaredBy(name) : undefined;
  const references = variable ? source.referencesTo(variable) : [];
  return references.some(({ identifier }) => isPlainCallee(identifier as unknown as Node, source));
}

/** The function whose `this` it is, if its code is sloppy and it is no method. */
export function sloppyFunctionAround(node: Node, source: SourceFile): Node | undefined {
  if (source.isStrict || classPartAround(node, source)) return undefined;
  let fn = functionAround(source, node);
  while (fn?.type === 'ArrowFunctionExpression') fn = functionAround(source, fn);
  return fn && !isStrictFunction(fn, source) ? fn : undefined;
}

function isStrictFunction(fn: Node, source: SourceFile): boolean {
  for (let around: Node | undefined = fn; around; around = source.parentOf(around))
    if (around.type === 'ClassBody' || startsStrict(around)) return true;
  return false;
}

function startsStrict(node: Node): boolean {
  const body = 'body' in node ? node.body : undefined;
  if (!body || Array.isArray(body) || body.type !== 'BlockStatement') return false;
  const [first] = body.body;
  return first?.type === 'ExpressionStatement' && first.directive === 'use strict';
}

/** Called without an object: `f()`, `(0, f)()`. */
function isPlainCallee(node: Node, source: SourceFile): boolean {
  const parent = source.parentOf(node);
  if (parent?.type === 'SequenceExpression' || parent?.type === 'ParenthesizedExpression')
    return isPlainCallee(parent, source);
  return parent?.type === 'CallExpression' && parent.callee === node;
}
