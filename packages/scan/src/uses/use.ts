import type { SourceFile } from '../source/source-file.ts';
import type { Node } from '../source/tree.ts';
import type { Evaluation } from '../values/evaluation.ts';
import type { Value } from '../values/value.ts';

/** One place where a plugin touches the platform. */
export interface Use {
  /** What is used; `[]` is the global object. Without a last `call`, `apply` or `bind`; a last `*` is a member that is not told. */
  readonly path: readonly string[];
  readonly node: Node;
  readonly source: SourceFile;
  /** `kept` in a name that is followed, `passed` to where nobody looks, `element`: a member that is not told. */
  readonly how: 'called' | 'written' | 'tested' | 'passed' | 'kept' | 'element';
  /** Of a call; undefined where they cannot be told. */
  readonly args: readonly Value[] | undefined;
  /** The nodes of the same arguments, where they are written there. */
  readonly argNodes: readonly Node[];
  /** Whether the name of it stands here, and not that of a variable which holds it. */
  readonly isOrigin: boolean;
}

export interface Where {
  readonly source: SourceFile;
  readonly evaluation: Evaluation;
}

/** A use that stands where the name of it does, and is no call. */
export function originUse(use: Pick<Use, 'path' | 'node' | 'source' | 'how'>): Use {
  return { ...use, isOrigin: true, args: undefined, argNodes: [] };
}

const PASSING_ON = /^(?:call|apply|bind)$/;

/** How the function at the end of `path` is called, if by a method of its own. */
export function callMethodOf(path: readonly string[]): string | undefined {
  const last = path.length > 1 && path[0] !== 'Reflect' ? path.at(-1) : undefined;
  return last !== undefined && PASSING_ON.test(last) ? last : undefined;
}

export function withoutCallMethod(path: readonly string[]): readonly string[] {
  return callMethodOf(path) === undefined ? path : path.slice(0, -1);
}
