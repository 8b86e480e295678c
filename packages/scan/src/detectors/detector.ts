/** What a detector gets and what it tells. One file each; they neither read files nor decide what is declared. */
import type { FindingCode, FindingFacts } from '@ar-registry/core/findings';
import type { SourceFile } from '../source/source-file.ts';
import type { Node } from '../source/tree.ts';
import type { Use } from '../uses/index.ts';
import type { Evaluation } from '../values/evaluation.ts';

export type Category =
  | 'dynamic-code'
  | 'process'
  | 'worker'
  | 'native'
  | 'filesystem'
  | 'network'
  | 'environment'
  | 'obfuscation'
  | 'install-script'
  | 'prototype';

/** Something that the code needs a permission for. A `name` of undefined is one that the code does not tell. */
export type Need =
  | { readonly kind: 'codeGeneration' | 'workers' | 'nativeAddons'; readonly what: string }
  | {
      readonly kind: 'network' | 'listen' | 'childProcess' | 'env' | 'read' | 'write';
      readonly name: string | undefined;
    };

export interface Report {
  readonly finding: <Code extends FindingCode>(code: Code, node: Node, facts: FindingFacts[Code]) => void;
  readonly need: (need: Need, node: Node) => void;
}

export interface DetectorInput {
  readonly source: SourceFile;
  readonly uses: readonly Use[];
  readonly evaluation: Evaluation;
  readonly report: Report;
}

export interface Detector {
  /** What it looks for, in a few words; the documentation lists them. */
  readonly about: string;
  readonly check: (input: DetectorInput) => void;
}

/** The path of a use as people write it. */
export function nameOf(path: readonly string[]): string {
  return path.length === 0
    ? 'the global object'
    : path
        .join('.')
        .replace(/^this$/, 'the global object')
        .replace('.*', '[…]')
        .replace(/^\*/, '(…)');
}
