/** What a name stands for: all that is ever put into its variable. */
import type { Reference, Variable } from '../source/names.ts';
import type { SourceFile } from '../source/source-file.ts';
import type { Node } from '../source/tree.ts';
import { moduleValue } from '../package/exports.ts';
import { frameOf, type Evaluation } from './evaluation.ts';
import { elementOf, memberOf, propertyKeys } from './members.ts';
import { accumulated, isBuiltUpon } from './accumulated.ts';
import { stepsTo, type Step } from './patterns.ts';
import { alternatives, constant, either, UNKNOWN, type Value } from './value.ts';

type Definition = Variable['defs'][number];

/** The value of a variable of `source`. */
export function variableValue(variable: Variable, source: SourceFile, evaluation: Evaluation): Value {
  const where = { source, evaluation };
  if (variable.defs.length === 0) return UNKNOWN;
  const defined = variable.defs.flatMap((definition) => definedValues(definition, where));
  const writes = source.referencesTo(variable).filter((reference) => reference.isWrite() && !reference.init);
  if (writes.some((write) => isBuiltUpon(variable, write, source)))
    return accumulated(variable, { defined, writes }, { ...where, valueOf: (write) => writtenValue(write, where) });
  return either([...defined, ...writes.map((write) => writtenValue(write, where))]);
}

interface Where {
  readonly source: SourceFile;
  readonly evaluation: Evaluation;
}

function definedValues(definition: Definition, where: Where): readonly Value[] {
  const node = definition.node as unknown as Node;
  const name = definition.name as unknown as Node;
  const define = DEFINITIONS[definition.type];
  return define ? define(node, name, where) : [UNKNOWN];
}

type Define = (node: Node, name: Node, where: Where) => readonly Value[];

const itself: Define = (node, _name, { source }) => [{ kind: 'own', node, source }];

const DEFINITIONS: { readonly [Type in Definition['type']]?: Define } = {
  FunctionName: itself,
  ClassName: itself,
  Variable: declaredValues,
  Parameter: parameterValues,
  ImportBinding: (node, _name, where) => [importedValue(node, where)],
};

function declaredValues(declarator: Node, name: Node, where: Where): readonly Value[] {
  if (declarator.type !== 'VariableDeclarator') return [UNKNOWN];
  const { source, evaluation } = where;
  const steps = stepsTo(declarator.id, name);
  const loop = loopOf(declarator, source);
  if (loop?.type === 'ForOfStatement') {
    const list = evaluation.of(loop.right, frameOf(source));
    return list.kind === 'list' ? list.items.map((item) => follow(item, steps, where)) : [UNKNOWN];
  }
  if (loop) return [UNKNOWN];
  return declarator.init ? [follow(evaluation.of(declarator.init, frameOf(source)), steps, where)] : [];
}

/** The loop that gives the name its values. */
function loopOf(declarator: Node, source: SourceFile) {
  const declaration = source.parentOf(declarator);
  const loop = declaration && source.parentOf(declaration);
  const isLoop = loop?.type === 'ForOfStatement' || loop?.type === 'ForInStatement';
  return isLoop && loop.left === declaration ? loop : undefined;
}

/** Follows a pattern's way into a value. */
export function follow(value: Value, steps: readonly Step[] | undefined, where: Where): Value {
  if (!steps) return UNKNOWN;
  return steps.reduce((current, step) => followStep(current, step, where), value);
}

function followStep(value: Value, step: Step, { source, evaluation }: Where): Value {
  const frame = frameOf(source);
  switch (step.kind) {
    case 'rest':
      // What is left over may hold anything that the whole does.
      return value.kind === 'api' ? value : UNKNOWN;
    case 'index':
      return memberOf(value, String(step.index), evaluation);
    case 'default': {
      const given = alternatives(value).filter((single) => single.kind !== 'constant' || single.value !== undefined);
      return either([...given, evaluation.of(step.value, frame)]);
    }
    case 'key': {
      if (step.computed) return elementOf(value, evaluation.of(step.key, frame), evaluation);
      const keys = propertyKeys(step, frame, evaluation);
      return keys ? either(keys.map((key) => memberOf(value, key, evaluation))) : UNKNOWN;
    }
  }
}

function parameterValues(fn: Node, name: Node, where: Where): readonly Value[] {
  if (!('params' in fn)) return [UNKNOWN];
  const index = fn.params.findIndex((param) => stepsTo(param, name) !== undefined);
  const param = fn.params[index];
  if (!param || param.type === 'RestElement') return [UNKNOWN];
  return [follow(parameterValue(fn, index, where), stepsTo(param, name), where)];
}

/** What a function is given at `index`, in any of its calls. */
export function parameterValue(fn: Node, index: number, where: Where): Value {
  const { source, evaluation } = where;
  const sites = evaluation.argumentsOf(fn, source);
  const given = (sites?.calls ?? []).map(({ source: from, args }) =>
    argumentAt(args, index, { source: from, evaluation }),
  );
  return either([...given, ...(!sites || sites.isOpen ? [callbackArgument(fn, index, where)] : [])]);
}

function argumentAt(args: readonly Node[], index: number, { source, evaluation }: Where): Value {
  const before = args.slice(0, index + 1);
  if (before.some(({ type }) => type === 'SpreadElement')) return UNKNOWN;
  const arg = before.at(index);
  return arg ? evaluation.of(arg, frameOf(source)) : constant(undefined);
}

/** `import('x').then((x) => …)`, `['a'].forEach((a) => …)`. */
function callbackArgument(fn: Node, index: number, { source, evaluation }: Where): Value {
  const called = index === 0 ? methodGiven(fn, source) : undefined;
  if (!called) return UNKNOWN;
  const value = evaluation.of(called.object, frameOf(source));
  if (called.method === 'then') return value;
  return value.kind === 'list' && EACH.test(called.method) ? either(value.items) : UNKNOWN;
}

const EACH = /^(?:map|forEach|filter|find|some|every|flatMap)$/;

/** The method that gets the function as its first argument. */
function methodGiven(fn: Node, source: SourceFile): { readonly object: Node; readonly method: string } | undefined {
  const call = source.parentOf(fn);
  if (call?.type !== 'CallExpression' || call.arguments[0] !== fn) return undefined;
  const { callee } = call;
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return undefined;
  return { object: callee.object, method: callee.property.name };
}

function importedValue(specifier: Node, { source, evaluation }: Where): Value {
  const declaration = source.parentOf(specifier);
  if (declaration?.type !== 'ImportDeclaration') return UNKNOWN;
  const module = moduleValue(String(declaration.source.value), source, evaluation);
  if (specifier.type === 'ImportDefaultSpecifier') return memberOf(module, 'default', evaluation);
  if (specifier.type !== 'ImportSpecifier') return module;
  const { imported } = specifier;
  return memberOf(module, imported.type === 'Identifier' ? imported.name : String(imported.value), evaluation);
}

/** The value that a write gives its name, whatever the pattern is. */
function writtenValue({ identifier }: Reference, where: Where): Value {
  const { source, evaluation } = where;
  let node = identifier as unknown as Node;
  for (let parent = source.parentOf(node); parent; parent = source.parentOf(node)) {
    if (parent.type === 'AssignmentExpression' && parent.left === node) {
      if (!/^(?:=|\?\?=|\|\|=|&&=)$/.test(parent.operator)) return UNKNOWN;
      return follow(
        evaluation.of(parent.right, frameOf(source)),
        stepsTo(parent.left, identifier as unknown as Node),
        where,
      );
    }
    if (!/Pattern|Property|RestElement/.test(parent.type)) return UNKNOWN;
    node = parent;
  }
  return UNKNOWN;
}
