import type { SourceFile } from '../source/source-file.ts';
import type { Node } from '../source/tree.ts';
import { candidatePaths } from './sources.ts';

/** Files that `source` may load. What is `certain` is code, and must be readable as such. */
export interface RequiredPaths {
  readonly certain: readonly string[];
  readonly possible: readonly string[];
}

/** Files in the package that `source` names by a text that is written out. */
export function requiredPaths(source: SourceFile): RequiredPaths {
  const named = source.nodes.filter(isPath);
  const certain = named.filter((node) => isLoaded(node, source));
  const pathsOf = (node: Node): readonly string[] =>
    node.type === 'Literal' ? candidatePaths(String(node.value), source.path) : [];
  // Any text that looks like a path may reach `require` under another name.
  return { certain: certain.flatMap(pathsOf), possible: named.flatMap(pathsOf) };
}

function isPath(node: Node): boolean {
  return (
    node.type === 'Literal' &&
    typeof node.value === 'string' &&
    /^\.{1,2}\//.test(node.value) &&
    node.value.length < 300
  );
}

function isLoaded(node: Node, source: SourceFile): boolean {
  const parent = source.parentOf(node);
  if (parent?.type === 'CallExpression') return parent.arguments[0] === node && parent.callee.type === 'Identifier';
  return parent !== undefined && /^(?:Import|Export)/.test(parent.type);
}
