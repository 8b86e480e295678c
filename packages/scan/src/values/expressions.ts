/** The value of each kind of expression. */
import type { MemberExpression } from 'acorn';
import { hasProperty, isPlainAssignment, writesTo } from './fields.ts';
import type { Node } from '../source/tree.ts';
import { callValue, functionAround } from './calls.ts';
import { frameOf, type Evaluation, type Frame } from './evaluation.ts';
import { foldBinary } from './fold.ts';
import { elementOf, keyOf, memberOf } from './members.ts';
import { concatenate, plus } from './paths.ts';
import { globalNamed } from './platform.ts';
import { platformCall } from './platform-calls.ts';
import { isGlobalThis, sloppyFunctionAround, staticClassAround } from './this.ts';
import { alternatives, api, CALLABLE, constant, constantOf, either, textOf, UNKNOWN, type Value } from './value.ts';

interface Where {
  readonly frame: Frame;
  readonly evaluation: Evaluation;
}

type Evaluators = {
  readonly [Type in Node['type']]?: (node: Extract<Node, { readonly type: Type }>, where: Where) => Value;
};

const own = (node: Node, { frame }: Where): Value => ({ kind: 'own', node, source: frame.source });

const EVALUATORS: Evaluators = {
  Literal: (node, where) => (node.regex ? own(node, where) : constant(node.value as string | number | boolean | null)),
  ArrowFunctionExpression: own,
  FunctionExpression: own,
  FunctionDeclaration: own,
  ClassExpression: own,
  ClassDeclaration: own,
  ObjectExpression: own,
  ArrayExpression: (node, where) => {
    const { frame, evaluation } = where;
    const items: Value[] = [];
    for (const element of node.elements) {
      if (element?.type !== 'SpreadElement') {
        items.push(element ? evaluation.of(element, frame) : constant(undefined));
        continue;
      }
      const list = evaluation.of(element.argument, frame);
      if (list.kind === 'list') for (const each of list.items) items.push(each);
      else if (list.kind === 'constant' && typeof list.value === 'string')
        for (const each of Array.from(list.value, (char) => constant(char))) items.push(each);
      else return own(node, where);
    }
    return { kind: 'list', items };
  },
  Identifier: (node, { frame, evaluation }) => {
    const variable = frame.source.variableOf(node);
    // Outside of functions these are what Node gives a CommonJS module: exports, require, module.
    if (node.name === 'arguments' && !functionAround(frame.source, node)) return api('arguments');
    if (variable) return evaluation.variable(variable, frame);
    const path = frame.source.path;
    if (node.name === '__filename') return { kind: 'path', base: 'package', rest: path };
    if (node.name === '__dirname') return { kind: 'path', base: 'package', rest: folderOf(path) };
    return globalNamed(node.name);
  },
  TemplateLiteral: (node, { frame, evaluation }) => {
    const parts = node.quasis.flatMap((quasi, index) => {
      const expression = node.expressions[index];
      const text = constant(quasi.value.cooked ?? quasi.value.raw);
      return expression ? [text, evaluation.of(expression, frame)] : [text];
    });
    return concatenate(parts);
  },
  TaggedTemplateExpression: (node, { frame, evaluation }) => {
    const tag = evaluation.of(node.tag, frame);
    return tag.kind === 'api' && tag.path.join(' ') === 'String raw' ? evaluation.of(node.quasi, frame) : UNKNOWN;
  },
  BinaryExpression: (node, { frame, evaluation }) => {
    if (node.left.type === 'PrivateIdentifier') return UNKNOWN;
    const [left, right] = [evaluation.of(node.left, frame), evaluation.of(node.right, frame)];
    return node.operator === '+' ? plus(left, right) : foldBinary(node.operator, left, right);
  },
  LogicalExpression: (node, { frame, evaluation }) => {
    const [left, right] = [evaluation.of(node.left, frame), evaluation.of(node.right, frame)];
    const known = constantOf(left);
    if (known && node.operator === '??') return known.value === null || known.value === undefined ? right : left;
    return node.operator === '&&' ? right : either([left, right]);
  },
  ConditionalExpression: (node, { frame, evaluation }) =>
    either([evaluation.of(node.consequent, frame), evaluation.of(node.alternate, frame)]),
  AssignmentExpression: ({ operator, left, right }, { frame, evaluation }) => {
    if (operator === '=') return evaluation.of(right, frame);
    if (isPlainAssignment(operator)) return either([evaluation.of(left, frame), evaluation.of(right, frame)]);
    // The name may be all that is ever put into it; a field is unknown then.
    return left.type === 'Identifier' ? evaluation.of(left, frame) : UNKNOWN;
  },
  SequenceExpression: (node, { frame, evaluation }) => {
    const last = node.expressions.at(-1);
    return last ? evaluation.of(last, frame) : UNKNOWN;
  },
  AwaitExpression: (node, { frame, evaluation }) => evaluation.of(node.argument, frame),
  ChainExpression: (node, { frame, evaluation }) => evaluation.of(node.expression, frame),
  ParenthesizedExpression: (node, { frame, evaluation }) => evaluation.of(node.expression, frame),
  UnaryExpression: (node, { frame, evaluation }) => {
    const known = constantOf(evaluation.of(node.argument, frame));
    if (node.operator === 'void') return constant(undefined);
    if (node.operator === '!' && known) return constant(!known.value);
    if (typeof known?.value !== 'number') return UNKNOWN;
    if (node.operator === '~') return constant(~known.value);
    return node.operator === '-' ? constant(-known.value) : node.operator === '+' ? constant(known.value) : UNKNOWN;
  },
  MemberExpression: (node, where) => memberValue(node, where),
  CallExpression: (node, where) => callValue(node, where),
  NewExpression: (node, where) => callValue(node, where),
  ImportExpression: (node, where) => platformCall(['import'], [where.evaluation.of(node.source, where.frame)], where),
  MetaProperty: (node, { frame }) => {
    if (node.meta.name !== 'import') return CALLABLE;
    const here = { kind: 'path', base: 'package', rest: frame.source.path } as const;
    const folder = { kind: 'path', base: 'package', rest: folderOf(frame.source.path) } as const;
    return {
      kind: 'record',
      parts: new Map<string, Value>([
        ['url', here],
        ['filename', here],
        ['dirname', folder],
      ]),
    };
  },
  ThisExpression: (node, where) => {
    const owner = staticClassAround(node, where.frame.source);
    if (owner) return own(owner, where);
    return isGlobalThis(node, where.frame) ? api('this') : UNKNOWN;
  },
};

/** The value of `node`. */
export function expressionValue(node: Node, where: Where): Value {
  const evaluate = EVALUATORS[node.type] as ((node: Node, where: Where) => Value) | undefined;
  return evaluate ? evaluate(node, where) : UNKNOWN;
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

function memberValue(node: MemberExpression, where: Where): Value {
  const { frame, evaluation } = where;
  const { object, computed, property } = node;
  const value = object.type === 'Super' ? superValue(node, where) : evaluation.of(object, frame);
  const isField = object.type === 'ThisExpression' && value.kind === 'unknown';
  if (!computed) {
    const [key = ''] = keyOf(node, frame, evaluation) ?? [];
    return isField ? fieldValue(node, key, where) : memberOf(value, key, evaluation);
  }
  const named = evaluation.of(property, frame);
  if (!isField) return elementOf(value, named, evaluation);
  return either(
    alternatives(named).map((single) => {
      const key = textOf(single);
      return key === undefined ? UNKNOWN : fieldValue(node, key, where);
    }),
  );
}

/** In what belongs to a class itself, what it extends, or else what all functions are made of. */
function superValue(node: Node, { frame, evaluation }: Where): Value {
  const owner = staticClassAround(node, frame.source);
  if (!owner) return UNKNOWN;
  const FUNCTIONS = api('Function', 'prototype');
  return owner.superClass ? either([evaluation.of(owner.superClass, frame), FUNCTIONS]) : FUNCTIONS;
}

/** `this.key`: a method of the class, or what the file puts into fields of that name. */
function fieldValue(node: Node, key: string, { frame, evaluation }: Where): Value {
  const { source } = frame;
  const method = methodNamed(node, key, frame);
  if (method) return { kind: 'own', node: method, source };
  const written = writesTo(source, key);
  if (!written) return UNKNOWN;
  if (written.length > 0) return either(written.map((value) => evaluation.of(value, frameOf(source))));
  // Nothing of the file is called so: in sloppy code it can only be a global.
  const isGlobal = sloppyFunctionAround(node, source) !== undefined && !hasProperty(source, key);
  return memberOf(isGlobal ? either([UNKNOWN, api()]) : UNKNOWN, key, evaluation);
}

function methodNamed(node: Node, key: string, { source }: Frame): Node | undefined {
  for (let fn = functionAround(source, node); fn; fn = functionAround(source, fn)) {
    const body = source.parentOf(source.parentOf(fn) ?? fn);
    if (body?.type !== 'ClassBody') continue;
    const found = body.body.find(
      (item) =>
        item.type === 'MethodDefinition' &&
        item.kind !== 'constructor' &&
        item.key.type === 'Identifier' &&
        item.key.name === key,
    );
    return found?.type === 'MethodDefinition' ? found.value : undefined;
  }
  return undefined;
}
