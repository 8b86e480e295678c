import type { SourceFile } from '../source/source-file.ts';
import type { Node } from '../source/tree.ts';
import { candidatePaths } from './sources.ts';

/** Files in the package that `source` loads by a text that is written out, whichever way. */
export function requiredPaths(source: SourceFile): readonly string[] {
  return source.nodes.flatMap((node) => {
    const specifier = specifierIn(node);
    return specifier === undefined ? [] : candidatePaths(specifier, source.path);
  });
}

/** Any text that looks like a path is taken for one: it may reach `require` under another name. */
function specifierIn(node: Node): string | undefined {
  return node.type === 'Literal' &&
    typeof node.value === 'string' &&
    /^\.{1,2}\//.test(node.value) &&
    node.value.length < 300
    ? node.value
    : undefined;
}
