import { frameOf } from '../values/evaluation.ts';
import type { Use } from '../uses/index.ts';
import { alternatives, textOf, type SingleValue, type Value } from '../values/value.ts';
import type { Node } from '../source/tree.ts';
import { nameOf, type Detector, type DetectorInput } from './detector.ts';

const GENERATORS = new Set(['eval', 'Function', 'ShadowRealm', 'GeneratorFunction', 'AsyncFunction', 'execScript']);
const MODULES = new Set(['node:vm', 'node:repl', 'node:inspector', 'node:inspector/promises']);
const MEMBERS = new Set([
  'node:v8 setFlagsFromString',
  'module _compile',
  'node:module prototype _compile',
  'node:worker_threads Worker eval',
]);
const TIMERS = new Set(['setTimeout', 'setInterval', 'setImmediate']);

/** Who may make code may call it; nobody else needs to call a function’s members by names that are not told. */
const FUNCTION_MEMBER = 'function[…], which may be the constructor of functions,';

/** A reference is enough: it may be called anywhere. */
export const dynamicCode: Detector = {
  about: 'eval, the constructors of functions, node:vm, text given to timers, code in data: URLs',
  check(input) {
    for (const use of input.uses)
      if (generatesCode(use)) input.report.need({ kind: 'codeGeneration', what: nameOf(use.path) }, use.node);
    for (const node of input.source.nodes)
      if (callsConstructor(node, input)) input.report.need({ kind: 'codeGeneration', what: 'constructor(…)' }, node);
      else if (callsUndetermined(node, input))
        input.report.need({ kind: 'codeGeneration', what: FUNCTION_MEMBER }, node);
  },
};

function generatesCode(use: Use): boolean {
  const { path, how, isOrigin } = use;
  const name = path.join(' ');
  if (how === 'called' && TIMERS.has(name)) return isText(use);
  if (!isOrigin || path.includes('()')) return false;
  const isModule = MODULES.has(path[0] ?? '') || CODE_URL.test(name);
  return isModule || (how !== 'tested' && (GENERATORS.has(name) || MEMBERS.has(name)));
}

const CODE_URL = /^npm:(?:data|blob|https?):/i;

function isText({ args, argNodes }: Use): boolean {
  const [value] = args ?? [];
  if (value && alternatives(value).some(isTextValue)) return true;
  const [node] = argNodes;
  return node?.type === 'TemplateLiteral' || (node?.type === 'BinaryExpression' && node.operator === '+');
}

function isTextValue(value: SingleValue): boolean {
  return value.kind === 'prefix' || (value.kind === 'constant' && typeof value.value === 'string');
}

/** `x.y.constructor('…')`: of whatever object, a text as last argument is what only functions are made of. */
function callsConstructor(node: Node, { source, evaluation }: DetectorInput): boolean {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return false;
  const { callee } = node;
  const frame = frameOf(source);
  if (callee.type !== 'MemberExpression' || callee.object.type === 'Super') return false;
  // A class makes others of its kind so: `new this.constructor(name)`. Called without `new` it would throw.
  if (callee.object.type === 'ThisExpression' && node.type === 'NewExpression') return false;
  if (!alternatives(evaluation.of(callee, frame)).some(({ kind }) => kind === 'constructor')) return false;
  const last = node.arguments.at(-1);
  return last !== undefined && last.type !== 'SpreadElement' && isCode(evaluation.of(last, frame));
}

/** `(() => {})[key]('…')`: of a function, a member that the code does not name may be its constructor. */
function callsUndetermined(node: Node, { source, evaluation }: DetectorInput): boolean {
  const called = calledIn(node);
  if (!called || called.type === 'Super') return false;
  const valuesOf = (each: Node) => alternatives(evaluation.of(each, frameOf(source)));
  const callees = valuesOf(called);
  if (callees.some(isFunctionMember)) return true;
  const [applied] = node.type === 'CallExpression' && callees.some(isReflection) ? node.arguments : [];
  return applied !== undefined && valuesOf(applied).some(isFunctionMember);
}

function calledIn(node: Node): Node | undefined {
  if (node.type === 'TaggedTemplateExpression') return node.tag;
  return node.type === 'CallExpression' || node.type === 'NewExpression' ? node.callee : undefined;
}

function isFunctionMember({ kind }: SingleValue): boolean {
  return kind === 'function-member';
}

/** `Reflect.apply(f)`, which calls f. */
function isReflection(value: SingleValue): boolean {
  return value.kind === 'api' && /^Reflect (?:apply|construct)$/.test(value.path.join(' '));
}

function isCode(value: Value): boolean {
  const text = value.kind === 'prefix' ? value.text : typeof textOf(value) === 'string' ? textOf(value) : undefined;
  return text !== undefined && /[(=.;]|return|\bthis\b/.test(text);
}
