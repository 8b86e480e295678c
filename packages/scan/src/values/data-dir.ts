import type { PluginSources } from '../package/sources.ts';
import type { SourceFile } from '../source/source-file.ts';
import type { Node } from '../source/tree.ts';
import { frameOf, type Evaluation } from './evaluation.ts';
import { alternatives } from './value.ts';

/**
 * Whether `x.dataDir` of something unknown is the folder that the host gives.
 *
 * It is not if the plugin itself puts anything else under that name, anywhere.
 */
export function createDataDirCheck(sources: PluginSources, evaluation: () => Evaluation): () => boolean {
  let answer: boolean | undefined;
  return () => {
    if (answer !== undefined) return answer;
    answer = true; // while it is being found out
    answer = sources.files.every((source) =>
      source.nodes.every((node) => {
        const value = writtenDataDir(node, source);
        return !value || alternatives(evaluation().of(value, frameOf(source))).every(isHarmless);
      }),
    );
    return answer;
  };
}

function isHarmless(value: { readonly kind: string; readonly value?: unknown; readonly base?: string }): boolean {
  return value.kind === 'path'
    ? value.base === 'data'
    : value.kind === 'constant' && (value.value === undefined || value.value === null);
}

function writtenDataDir(node: Node, source: SourceFile): Node | undefined {
  if (node.type === 'AssignmentExpression')
    return node.left.type === 'MemberExpression' && isDataDir(node.left.property) ? node.right : undefined;
  const isWritten = node.type === 'PropertyDefinition' || isProperty(node, source);
  return isWritten && isDataDir(node.key) ? (node.value ?? undefined) : undefined;
}

/** Of an object: a pattern reads. */
function isProperty(node: Node, source: SourceFile): node is Extract<Node, { type: 'Property' }> {
  return node.type === 'Property' && source.parentOf(node)?.type === 'ObjectExpression';
}

function isDataDir(key: Node): boolean {
  return (key.type === 'Identifier' && key.name === 'dataDir') || (key.type === 'Literal' && key.value === 'dataDir');
}
