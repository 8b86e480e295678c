/**
 * What the parts of the evaluator ask of each other.
 *
 * Nothing is run: an expression's value follows from its text, the names it uses, and what the other files of the plugin
 * export. Work is bounded by a number of steps, not by time, so that the same text always gives the same answer.
 */
import type { PluginSources } from '../package/sources.ts';
import type { Variable } from '../source/names.ts';
import type { SourceFile } from '../source/source-file.ts';
import type { Node } from '../source/tree.ts';
import type { Value } from './value.ts';

/** Where an expression stands: its file, and what the parameters are in the one call that is looked at. */
export interface Frame {
  readonly source: SourceFile;
  readonly bound: ReadonlyMap<Variable, Value>;
  readonly depth: number;
}

export interface Evaluation {
  readonly sources: PluginSources;
  readonly of: (node: Node, frame: Frame) => Value;
  /** What a file of the plugin exports under a name. */
  readonly exported: (source: SourceFile, name: string) => Value;
  /** What calling a value comes to. */
  readonly applied: (callee: Value, args: readonly Value[], frame: Frame) => Value;
  readonly variable: (variable: Variable, frame: Frame) => Value;
  /** Keeps what a member of an object, or an export of a file, was found to be; the same for circles. */
  readonly member: (owner: Node, key: string, compute: () => Value) => Value;
  /** What a function is called with, in any call of the plugin; undefined where that cannot be told. */
  readonly argumentsOf: (fn: Node, source: SourceFile) => CallSites | undefined;
  /** Whether every `dataDir` that the plugin itself writes is one it was given. */
  readonly trustsDataDir: () => boolean;
  /** Whether there was more to evaluate than may be: what was not evaluated is unknown. */
  readonly isExhausted: () => boolean;
}

export interface CallSites {
  readonly calls: readonly { readonly source: SourceFile; readonly args: readonly Node[] }[];
  /** Whether others may call it too, with anything. */
  readonly isOpen: boolean;
}

export const MAX_CALL_DEPTH = 6;

export function frameOf(source: SourceFile): Frame {
  return { source, bound: new Map(), depth: 0 };
}
