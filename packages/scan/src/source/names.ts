/** Which name means what: scope analysis, with the questions that the scan asks of it. */
import type { Identifier, Program } from 'acorn';
import { analyze, type Reference, type Variable } from 'eslint-scope';
import type { SourceMode } from './parse.ts';
import type { Node } from './tree.ts';

export type { Reference, Variable };

export interface Names {
  /** What a name refers to; undefined if it is free, or no reference at all. */
  readonly variableOf: (identifier: Node) => Variable | undefined;
  readonly isReference: (identifier: Node) => boolean;
  /** All uses of a variable, its initialization included. */
  readonly referencesTo: (variable: Variable) => readonly Reference[];
  /** The variable that a name in a pattern or parameter list declares. */
  readonly declaredBy: (identifier: Node) => Variable | undefined;
}

/** @throws RangeError where the tree is deeper than the stack */
export function analyzeNames(program: Program, mode: SourceMode): Names {
  const { scopes, globalScope } = analyze(program as never, {
    ecmaVersion: 2026,
    sourceType: mode,
    fallback: 'iteration',
    // What eval might declare does not matter: the reference to eval is told.
    ignoreEval: true,
  });
  const resolve = (reference: Reference): Variable | undefined => {
    // Names that a script declares at its top are not resolved by the analysis: other scripts might share them.
    const shared = globalScope?.set.get(reference.identifier.name);
    return reference.resolved ?? (shared && shared.defs.length > 0 ? shared : undefined);
  };
  const byIdentifier = new Map<Node, Variable | undefined>();
  const byVariable = new Map<Variable, Reference[]>();
  for (const reference of scopes.flatMap((scope) => scope.references)) {
    const variable = resolve(reference);
    byIdentifier.set(reference.identifier as Identifier, variable);
    if (variable) append(byVariable, variable, reference);
  }
  const declared = new Map<Node, Variable>();
  for (const variable of scopes.flatMap((scope) => scope.variables))
    for (const { name } of variable.defs) declared.set(name as Node, variable);
  return {
    variableOf: (identifier) => byIdentifier.get(identifier),
    isReference: (identifier) => byIdentifier.has(identifier),
    referencesTo: (variable) => byVariable.get(variable) ?? [],
    declaredBy: (identifier) => declared.get(identifier),
  };
}

function append(map: Map<Variable, Reference[]>, variable: Variable, reference: Reference): void {
  const list = map.get(variable);
  if (list) list.push(reference);
  else map.set(variable, [reference]);
}
