/** What a call comes to: of the platform, of a constant's method, or of a function of the plugin. */
import type { CallExpression, NewExpression } from 'acorn';
import type { Variable } from '../source/names.ts';
import type { SourceFile } from '../source/source-file.ts';
import type { Node } from '../source/tree.ts';
import { MAX_CALL_DEPTH, type Evaluation, type Frame } from './evaluation.ts';
import { foldListMethod, foldTextMethod } from './fold.ts';
import { isFunctionLike, keyOf } from './members.ts';
import { stepsTo } from './patterns.ts';
import { BYTES, decodeBytes, platformCall } from './platform-calls.ts';
import { isSanitizer, plainPattern, type Regex } from './regexes.ts';
import {
  constant,
  constantOf,
  either,
  mapValue,
  textOf,
  UNKNOWN,
  type Constant,
  type SingleValue,
  type Value,
} from './value.ts';

export interface Where {
  readonly frame: Frame;
  readonly evaluation: Evaluation;
}

type Own = Extract<SingleValue, { readonly kind: 'own' }>;

/** The value of a call or of `new`. */
export function callValue(node: CallExpression | NewExpression, where: Where): Value {
  const { evaluation, frame } = where;
  const { callee } = node;
  const args = argumentValues(node.arguments, where);
  const interop = isInterop(callee) ? interopValue(args[0]) : undefined;
  if (interop) return interop;
  if (callee.type !== 'MemberExpression') return applyValue(evaluation.of(callee, frame), args, where);
  const [key] = keyOf(callee, frame, evaluation) ?? [];
  const object = callee.object.type === 'Super' ? UNKNOWN : evaluation.of(callee.object, frame);
  const folded = key === undefined ? undefined : methodValue(object, key, { node, args, where });
  return folded ?? applyValue(evaluation.of(callee, frame), args, where);
}

const INTEROP =
  /^(?:__importStar|__importDefault|__toESM|_?interopRequire(?:Wildcard|Default)\d*|_interop(?:Namespace|Default)\w*)$/;

/** What compilers put around `require` of a module; the default export of one of Node’s is the module itself. */
export function isInterop(callee: Node): boolean {
  if (callee.type === 'ParenthesizedExpression') return isInterop(callee.expression);
  if (callee.type === 'SequenceExpression') return callee.expressions.slice(-1).some(isInterop);
  const name = callee.type === 'MemberExpression' && !callee.computed ? callee.property : callee;
  return name.type === 'Identifier' && INTEROP.test(name.name);
}

function interopValue(module: Value | undefined): Value | undefined {
  if (module?.kind === 'exports') return either([module, { kind: 'record', parts: new Map([['default', module]]) }]);
  return module?.kind === 'api' && /^(?:node|npm):/.test(module.path[0] ?? '') ? module : undefined;
}

/** Arguments, lists spread out; what follows a list that is not known is left out. */
export function argumentValues(nodes: readonly Node[], { frame, evaluation }: Where): readonly Value[] {
  const values: Value[] = [];
  for (const node of nodes) {
    if (node.type !== 'SpreadElement') {
      values.push(evaluation.of(node, frame));
      continue;
    }
    const list = evaluation.of(node.argument, frame);
    if (list.kind !== 'list') break;
    for (const each of list.items) values.push(each);
  }
  return values;
}

interface Method {
  readonly node: CallExpression | NewExpression;
  readonly args: readonly Value[];
  readonly where: Where;
}

/** What a method makes of a value that is known; undefined where the method itself has to be looked at. */
function methodValue(object: Value, key: string, method: Method): Value | undefined {
  if (isFunctionValue(object)) return functionMethod(object, key, method);
  if (/^replace(?:All)?$/.test(key)) return replaceValue(object, key, method);
  const { args, where } = method;
  const [first] = args;
  if (key === 'then' && first) return applyValue(first, [object], where);
  if (object.kind === 'record') return key === 'toString' ? bytesText(object.parts.get(BYTES), first) : undefined;
  if (object.kind === 'list') return listMethod(object.items, key, method);
  return object.kind === 'constant' ? textMethod(object.value, key, args) : numberText(key, first);
}

function textMethod(text: Constant, key: string, args: readonly Value[]): Value | undefined {
  return typeof text === 'string' ? foldTextMethod(text, key, args) : undefined;
}

/** With a radix it is a number, mostly: there is no separator in it. */
function numberText(key: string, radix: Value | undefined): Value | undefined {
  const isNumber = key === 'toString' && typeof (radix && constantOf(radix)?.value) === 'number';
  return isNumber ? { kind: 'segment' } : undefined;
}

function functionMethod(object: Value, key: string, { args, where }: Method): Value | undefined {
  const path = object.kind === 'api' ? object.path : [];
  // `Reflect.apply` is a function of its own.
  if (path[0] === 'Reflect') return undefined;
  if (key === 'call') return applyValue(object, args.slice(1), where);
  if (key === 'apply') return applyValue(object, args[1]?.kind === 'list' ? args[1].items : [], where);
  return key === 'bind' ? boundValue(object, path.at(-1), args) : undefined;
}

/** `Function.call.bind(f)` is f, which then takes its `this` first. */
function boundValue(object: Value, last: string | undefined, args: readonly Value[]): Value | undefined {
  if (last === 'call' || last === 'apply') return args[0];
  return args.length <= 1 ? object : undefined;
}

function bytesText(bytes: Value | undefined, encoding: Value | undefined): Value {
  return bytes?.kind === 'constant' ? decodeBytes(String(bytes.value), encoding) : UNKNOWN;
}

function isFunctionValue(value: Value): boolean {
  if (value.kind === 'either') return value.values.some((single) => isFunctionValue(single));
  return value.kind === 'api' || value.kind === 'callable' || (value.kind === 'own' && isFunctionLike(value.node));
}

/** Patterns are not run: one of plain letters is a text, one that names what may stay makes a safe name. */
function replaceValue(object: Value, key: string, { node, args: [from, by] }: Method): Value | undefined {
  if (!from || !by) return undefined;
  const [pattern] = node.arguments;
  const text = textOf(object);
  if (pattern?.type === 'Literal' && pattern.regex) return replaceRegex(text, pattern.regex, by);
  return text === undefined ? undefined : foldTextMethod(text, key, [from, by]);
}

function replaceRegex(text: string | undefined, regex: Regex, by: Value): Value {
  const plain = text === undefined ? undefined : plainPattern(regex);
  if (text === undefined || !plain) return isSanitizer(regex, by) ? { kind: 'segment' } : UNKNOWN;
  return foldTextMethod(text, plain.all ? 'replaceAll' : 'replace', [constant(plain.text), by]);
}

function listMethod(items: readonly Value[], key: string, { args, where }: Method): Value {
  const [callback] = args;
  if (key === 'map' && callback && items.length <= 1000)
    return { kind: 'list', items: items.map((item, index) => applyValue(callback, [item, constant(index)], where)) };
  return foldListMethod(items, key, args);
}

/** What calling `callee` with `args` comes to. */
export function applyValue(callee: Value, args: readonly Value[], where: Where): Value {
  return mapValue(callee, (single) => {
    if (single.kind === 'api') return platformCall(single.path, args, where);
    return single.kind === 'own' ? functionResult(single, args, where) : UNKNOWN;
  });
}

/** What a function of the plugin returns. */
function functionResult({ node, source }: Own, args: readonly Value[], { frame, evaluation }: Where): Value {
  if (
    node.type !== 'ArrowFunctionExpression' &&
    node.type !== 'FunctionExpression' &&
    node.type !== 'FunctionDeclaration'
  )
    return UNKNOWN;
  if (node.generator || frame.depth >= MAX_CALL_DEPTH) return UNKNOWN;
  const results = node.body.type === 'BlockStatement' ? returnsOf(source, node) : [node.body];
  const bound = new Map(source === frame.source ? frame.bound : []);
  node.params.forEach((param, index) =>
    bind(param, args[index] ?? constant(undefined), { source, bound, evaluation, node }),
  );
  return either(results.map((result) => evaluation.of(result, { source, bound, depth: frame.depth + 1 })));
}

interface Binding {
  readonly source: SourceFile;
  readonly bound: Map<Variable, Value>;
  readonly evaluation: Evaluation;
  readonly node: Node;
}

/** Only plain parameters that are never written are bound to what this one call gives them. */
function bind(param: Node, value: Value, { source, bound }: Binding): void {
  if (param.type !== 'Identifier' || stepsTo(param, param) === undefined) return;
  const variable = source.declaredBy(param);
  if (variable && source.referencesTo(variable).every((reference) => !reference.isWrite())) bound.set(variable, value);
}

const returns = new WeakMap<SourceFile, Map<Node, Node[]>>();

function returnsOf(source: SourceFile, fn: Node): readonly Node[] {
  let found = returns.get(source);
  if (!found) {
    found = new Map();
    for (const node of source.nodes) {
      if (node.type !== 'ReturnStatement' || !node.argument) continue;
      const owner = functionAround(source, node);
      if (owner) found.set(owner, [...(found.get(owner) ?? []), node.argument]);
    }
    returns.set(source, found);
  }
  return found.get(fn) ?? [];
}

/** The function that `node` is in. */
export function functionAround(source: SourceFile, node: Node): Node | undefined {
  for (let around = source.parentOf(node); around; around = source.parentOf(around))
    if (/^(?:Arrow)?Function/.test(around.type)) return around;
  return undefined;
}
