/** What becomes of an expression: whether it is called, kept where it is followed, or handed to where nobody looks. */
import { byType, type ByType } from '../source/by-type.ts';
import type { Node } from '../source/tree.ts';
import { argumentValues, functionAround, isInterop } from '../values/calls.ts';
import { frameOf } from '../values/evaluation.ts';
import { alternatives, type SingleValue } from '../values/value.ts';
import { callMethodOf, withoutCallMethod, type Use, type Where } from './use.ts';

export type Role = Pick<Use, 'how'> & Partial<Pick<Use, 'args' | 'argNodes'>>;

/** Undefined where the expression is only the beginning of a chain, which is looked at by itself. */
export function roleOf(node: Node, path: readonly string[], where: Where): Role | undefined {
  const parent = where.source.parentOf(node);
  if (!parent) return { how: 'kept' };
  const answer = byType(ROLES, parent, { ...where, node, path });
  return answer === undefined ? { how: 'passed' } : (answer.role ?? undefined);
}

interface Child extends Where {
  readonly node: Node;
  readonly path: readonly string[];
}

/** `role` is absent where the expression goes on. */
interface Answer {
  readonly role?: Role | undefined;
}

const TESTED: Answer = { role: { how: 'tested' } };
const KEPT: Answer = { role: { how: 'kept' } };
const PASSED: Answer = { role: { how: 'passed' } };
const WRITTEN: Answer = { role: { how: 'written' } };
const GOES_ON: Answer = {};

const tested = (): Answer => TESTED;
/** The value of the parent is the same. */
const through = (parent: Node, { path, ...where }: Child): Answer => ({ role: roleOf(parent, path, where) });
const call = (parent: Call, child: Child): Answer => ({
  role: parent.callee === child.node ? calledRole(parent, child) : passedRole(parent, child),
});

/** A variable that holds something of the platform is the plugin's own. */
function writing({ node, source }: Child): Answer {
  return node.type === 'Identifier' && source.variableOf(node) ? GOES_ON : WRITTEN;
}

/** `promise.then(() => x)`, for the arrow function: it comes to x. Compilers write `import()` so. */
function promiseOf(fn: Node, { source }: Where): Node | undefined {
  const parent = source.parentOf(fn);
  if (parent?.type !== 'CallExpression' || parent.arguments[0] !== fn) return undefined;
  const { callee } = parent;
  const isThen =
    callee.type === 'MemberExpression' && callee.property.type === 'Identifier' && callee.property.name === 'then';
  return isThen ? parent : undefined;
}

const ROLES: ByType<Child, Answer> = {
  // An unknown member is told of at the member itself.
  MemberExpression: (parent, { node }) => (parent.object === node ? GOES_ON : TESTED),
  CallExpression: call,
  NewExpression: call,
  ChainExpression: through,
  AwaitExpression: through,
  ParenthesizedExpression: through,
  ConditionalExpression: (parent, child) => (parent.test === child.node ? TESTED : through(parent, child)),
  LogicalExpression: (parent, child) =>
    parent.left === child.node && parent.operator === '&&' ? TESTED : through(parent, child),
  SequenceExpression: (parent, child) => (parent.expressions.at(-1) === child.node ? through(parent, child) : TESTED),
  AssignmentExpression: assignedRole,
  VariableDeclarator: (parent, { node }) => {
    if (parent.init !== node) return GOES_ON;
    return parent.id.type === 'ArrayPattern' ? PASSED : KEPT;
  },
  AssignmentPattern: (parent, { node }) => (parent.right === node ? KEPT : GOES_ON),
  UnaryExpression: ({ operator }, child) => (operator === 'delete' ? writing(child) : TESTED),
  UpdateExpression: (_parent, child) => writing(child),
  BinaryExpression: tested,
  IfStatement: tested,
  ExpressionStatement: tested,
  TemplateLiteral: tested,
  SwitchStatement: tested,
  SwitchCase: tested,
  WhileStatement: tested,
  ArrowFunctionExpression: (parent, { path, ...where }) => {
    const promise = promiseOf(parent, where);
    if (promise) return { role: roleOf(promise, path, where) };
    return isCalledOnly(parent, where) ? KEPT : PASSED;
  },
  ReturnStatement: (parent, child) => {
    const fn = functionAround(child.source, parent);
    return fn && isCalledOnly(fn, child) ? KEPT : PASSED;
  },
  Property: (parent, { node, source }) =>
    parent.value === node && source.parentOf(parent)?.type === 'ObjectPattern' ? GOES_ON : PASSED,
};

type Call = Extract<Node, { type: 'CallExpression' | 'NewExpression' }>;

function calledRole(parent: Call, { path, source, evaluation }: Child): Role {
  const nodes = parent.arguments;
  const values = argumentValues(nodes, { frame: frameOf(source), evaluation });
  const method = callMethodOf(path);
  if (method === undefined) return { how: 'called', args: values, argNodes: nodes };
  if (method === 'call') return { how: 'called', args: values.slice(1), argNodes: nodes.slice(1) };
  const list = method === 'apply' ? values[1] : undefined;
  return list?.kind === 'list' ? { how: 'called', args: list.items } : { how: 'passed' };
}

/** Functions that only ask something of the object they are given, or give it back. */
const ASKING =
  /^(?:Object (?:hasOwn|is|isFrozen|prototype hasOwnProperty|prototype toString|getPrototypeOf|freeze|assign|defineProperty|defineProperties)|Reflect (?:has|getPrototypeOf)|Boolean|String|Promise resolve)$/;

/** Functions that take a member, which must be told. */
const TAKING = /^(?:Reflect (?:get|getOwnPropertyDescriptor)|Object getOwnPropertyDescriptor)$/;

function passedRole(parent: Call, child: Child): Role {
  const callees = alternatives(child.evaluation.of(parent.callee, frameOf(child.source)));
  if (isInterop(parent.callee)) return { how: 'kept' };
  if (callees.some((callee) => callee.kind === 'own' && isFollowed(parent, callee, child))) return { how: 'kept' };
  const applied = callees.some((callee) => callee.kind === 'api' && REFLECTED.test(callee.path.join(' ')));
  if (applied) return appliedRole(parent, child);
  return { how: callees.some((callee) => isAsked(parent, callee, child)) ? 'tested' : 'passed' };
}

const REFLECTED = /^Reflect (?:apply|construct)$/;

/** `Reflect.apply(f, this, [a])` is a call of f with a. */
function appliedRole({ arguments: nodes }: Call, { node, source, evaluation }: Child): Role {
  const list = nodes.at(-1);
  const values = list && list.type !== 'SpreadElement' ? evaluation.of(list, frameOf(source)) : undefined;
  if (nodes[0] === node) return values?.kind === 'list' ? { how: 'called', args: values.items } : { how: 'passed' };
  return { how: nodes[1] === node && nodes.length > 2 ? 'tested' : 'passed' };
}

function isAsked(parent: Call, callee: SingleValue, child: Child): boolean {
  if (callee.kind !== 'api') return false;
  // `f.call(thisArg)`: what it is called on is no argument of its own.
  if (callMethodOf(callee.path) !== undefined && parent.arguments[0] === child.node) return true;
  const name = withoutCallMethod(callee.path).join(' ');
  return ASKING.test(name) || (TAKING.test(name) && !isDynamicKey(parent, child));
}

/** Whether what the argument becomes is looked at inside of the function. */
function isFollowed(
  parent: Call,
  { node: fn, source }: Extract<SingleValue, { kind: 'own' }>,
  { node, evaluation }: Child,
): boolean {
  if (!('params' in fn)) return false;
  const index = (parent.arguments as readonly Node[]).indexOf(node);
  const isNamed = index < fn.params.length && fn.params.slice(0, index + 1).every(({ type }) => type !== 'RestElement');
  const isSpread = parent.arguments.slice(0, index + 1).some(({ type }) => type === 'SpreadElement');
  const isKnown = evaluation.argumentsOf(fn, source)?.calls.some(({ args }) => args === parent.arguments) === true;
  return isNamed && !isSpread && isKnown && !/\barguments\b/.test(source.text.slice(fn.start, fn.end));
}

function isDynamicKey({ arguments: [, key] }: Call, { source, evaluation }: Child): boolean {
  if (key === undefined) return false;
  return alternatives(evaluation.of(key, frameOf(source))).some(({ kind }) =>
    /^(?:unknown|function-member)$/.test(kind),
  );
}

function assignedRole(parent: Extract<Node, { type: 'AssignmentExpression' }>, { node, source }: Child): Answer {
  const isVariable = parent.left.type === 'Identifier' && source.variableOf(parent.left) !== undefined;
  if (parent.left === node) return isVariable ? GOES_ON : WRITTEN;
  return isVariable || parent.left.type === 'ObjectPattern' ? KEPT : PASSED;
}

/** Results of functions that nobody else can call are looked at where they are called. */
function isCalledOnly(fn: Node, { source, evaluation }: Where): boolean {
  const sites = evaluation.argumentsOf(fn, source);
  return sites !== undefined && !sites.isOpen;
}
