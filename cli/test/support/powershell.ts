/** What PowerShell's grammar says of a script, where there is no PowerShell to ask. */
import { createRequire } from 'node:module';
import treeSitter, { type Node } from '@vscode/tree-sitter-wasm';

/** What of the script is not PowerShell, as `line: text`, or `line: what is missing`; empty for a script that is. */
export async function powershellFaults(script: string): Promise<readonly string[]> {
  const grammar = createRequire(import.meta.url).resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-powershell.wasm');
  await treeSitter.Parser.init();
  const parser = new treeSitter.Parser();
  parser.setLanguage(await treeSitter.Language.load(grammar));
  const tree = parser.parse(script);
  if (!tree) throw new Error('The grammar of PowerShell gave no tree');
  return faultsIn(tree.rootNode);
}

function faultsIn(node: Node): readonly string[] {
  const line = node.startPosition.row + 1;
  if (node.isMissing) return [`${line}: ${node.type}`];
  if (node.isError) return [`${line}: ${node.text}`];
  return node.hasError ? node.children.flatMap((child) => (child ? faultsIn(child) : [])) : [];
}
