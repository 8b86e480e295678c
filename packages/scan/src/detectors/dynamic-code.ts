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

/** A reference is enough: it may be called anywhere. */
export const dynamicCode: Detector = {
  about: 'eval, the constructors of functions, node:vm, text given to timers, code in data: URLs',
  check(input) {
    for (const use of input.uses)
      if (generatesCode(use)) input.report.need({ kind: 'codeGeneration', what: nameOf(use.path) }, use.node);
    for (const node of input.source.nodes)
      if (callsConstructor(node, input)) input.report.need({ kind: 'codeGeneration', what: 'constructor(…)' }, node);
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
  if (callee.type !== 'MemberExpression' || /^(?:Super|ThisExpression)$/.test(callee.object.type)) return false;
  if (evaluation.of(callee, frame).kind !== 'constructor') return false;
  const last = node.arguments.at(-1);
  return last !== undefined && last.type !== 'SpreadElement' && isCode(evaluation.of(last, frame));
}

function isCode(value: Value): boolean {
  const text = value.kind === 'prefix' ? value.text : typeof textOf(value) === 'string' ? textOf(value) : undefined;
  return text !== undefined && /[(=.;]|return|\bthis\b/.test(text);
}
