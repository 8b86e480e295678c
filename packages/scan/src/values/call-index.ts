/** Which calls reach which function of the plugin. A function that is handed on may be called by anybody. */
import type { PluginSources } from '../package/sources.ts';
import type { SourceFile } from '../source/source-file.ts';
import type { Node } from '../source/tree.ts';
import { frameOf, type CallSites, type Evaluation } from './evaluation.ts';
import { isFunctionLike } from './members.ts';
import { alternatives } from './value.ts';

export type CallIndex = ReadonlyMap<Node, CallSites>;

interface Site {
  readonly calls: { readonly source: SourceFile; readonly args: readonly Node[] }[];
  isOpen: boolean;
}

/** What is called from everywhere is given everything; what matters is told at the calls then. */
const MAX_CALLS = 8;

/** Half an index, of an evaluation that was exhausted, would be wrong: who uses it asks first. */
export function indexCalls({ files }: PluginSources, evaluation: Evaluation): CallIndex {
  const index = new Map<Node, Site>();
  const siteOf = (fn: Node): Site => {
    const known = index.get(fn) ?? { calls: [], isOpen: false };
    index.set(fn, known);
    return known;
  };
  for (const source of files)
    for (const node of source.nodes) {
      if (isFunctionLike(node) && isHandedOn(node, source)) siteOf(node).isOpen = true;
      const callee = calleeOf(node, source);
      for (const fn of callee === 'none' ? [] : functionsIn(node, source, evaluation)) {
        if (callee === 'value') siteOf(fn).isOpen = true;
        else if (callee !== 'none') siteOf(fn).calls.push({ source, args: callee.args });
      }
    }
  for (const site of index.values()) bound(site);
  return index;
}

function functionsIn(node: Node, source: SourceFile, evaluation: Evaluation): readonly Node[] {
  return alternatives(evaluation.of(node, frameOf(source))).flatMap((value) =>
    value.kind === 'own' && isFunctionLike(value.node) ? [value.node] : [],
  );
}

function bound(site: Site): void {
  if (site.calls.length <= MAX_CALLS) return;
  site.calls.length = 0;
  site.isOpen = true;
}

/** Functions that stand anywhere but in a declaration, or right before their call. */
function isHandedOn(fn: Node, source: SourceFile): boolean {
  if (fn.type === 'FunctionDeclaration') return false;
  const parent = source.parentOf(fn);
  if (parent?.type === 'VariableDeclarator') return parent.id.type !== 'Identifier';
  return !(parent?.type === 'CallExpression' && parent.callee === fn);
}

type Callee = 'none' | 'value' | { readonly args: readonly Node[] };

function calleeOf(node: Node, source: SourceFile): Callee {
  const parent = source.parentOf(node);
  const isFunction = isFunctionLike(node);
  if (!parent || !(isFunction || isName(node, source))) return 'none';
  if (parent.type === 'CallExpression' || parent.type === 'NewExpression')
    return parent.callee === node ? { args: parent.arguments } : 'value';
  // `fn.call(…)` reaches the function in a way that is not followed.
  return isFunction || isNaming(node, parent) ? 'none' : 'value';
}

function isName(node: Node, source: SourceFile): boolean {
  return node.type === 'MemberExpression' || (node.type === 'Identifier' && source.isReference(node));
}

function isNaming(node: Node, parent: Node): boolean {
  return parent.type === 'ExportSpecifier' || (parent.type === 'VariableDeclarator' && parent.id === node);
}
