/** Variables that are built bit by bit: `key += 'x'`, `key = key + 'x'`, and the same in a loop over a known list. */
import type { AssignmentExpression } from 'acorn';
import type { Reference, Variable } from '../source/names.ts';
import type { SourceFile } from '../source/source-file.ts';
import type { Node } from '../source/tree.ts';
import { frameOf, type Evaluation } from './evaluation.ts';
import { isPlainAssignment } from './fields.ts';
import { plus } from './paths.ts';
import { constant, either, mapValue, UNKNOWN, type Value } from './value.ts';

interface Where {
  readonly source: SourceFile;
  readonly evaluation: Evaluation;
  /** What a write gives, whatever the variable held before. */
  readonly valueOf: (write: Reference) => Value;
}

/** Whether what a write gives depends on what the variable held before. */
export function isBuiltUpon(variable: Variable, write: Reference, source: SourceFile): boolean {
  const assignment = assignmentOf(write, source);
  if (!assignment) return false;
  return !isPlainAssignment(assignment.operator) || mentions(assignment.right, variable, source);
}

interface Written {
  readonly defined: readonly Value[];
  readonly writes: readonly Reference[];
}

/** Of more than that, constants are only kept as what they come to in the end. */
const MAX_KEPT = 6;

/**
 * All that the variable ever holds. Statements beside its declaration are followed one after the other; where others
 * write it too, it may hold anything besides.
 */
export function accumulated(variable: Variable, { defined, writes }: Written, where: Where): Value {
  let current = either(defined);
  let isCertain = true;
  const held = [...defined];
  for (const write of writes.toSorted((a, b) => (a.identifier.range?.[0] ?? 0) - (b.identifier.range?.[0] ?? 0))) {
    const next = afterWrite(variable, { write, current }, where);
    isCertain &&= next.isCertain;
    current = next.isCertain ? next.value : either([next.value, current]);
    held.push(current);
  }
  const all = held.length > MAX_KEPT ? [...held.filter(({ kind }) => kind !== 'constant'), current, UNKNOWN] : held;
  return either(isCertain ? all : [...all, UNKNOWN]);
}

interface Step {
  readonly write: Reference;
  readonly current: Value;
}

function afterWrite(variable: Variable, { write, current }: Step, where: Where) {
  const { source } = where;
  const assignment = assignmentOf(write, source);
  if (!assignment) return { value: where.valueOf(write), isCertain: false };
  const block = blockOf(variable, source);
  const place = statementOf(assignment, source);
  const loop = place && loopAround(place, where);
  if (!loop || source.parentOf(loop.node) !== block)
    return { value: changed(assignment, { variable, current }, where), isCertain: place?.block === block };
  const value = loop.items.reduce<Value>(
    (before, item) => changed(assignment, { variable, current: before, bound: [loop.variable, item] }, where),
    current,
  );
  return { value, isCertain: true };
}

interface Change {
  readonly variable: Variable;
  readonly current: Value;
  readonly bound?: readonly [Variable, Value];
}

/** What the variable holds after an assignment to it. */
function changed(
  { operator, right }: AssignmentExpression,
  { variable, current, bound }: Change,
  { source, evaluation }: Where,
): Value {
  // Only what is not the same each time is evaluated each time.
  const bindings = [[variable, current] as const, ...(bound ? [bound] : [])];
  const needed = bindings.filter(([name]) => mentions(right, name, source));
  const given = evaluation.of(right, { ...frameOf(source), bound: new Map(needed) });
  if (operator === '=') return given;
  if (operator === '+=') return mapValue(current, (single) => mapValue(given, (added) => plus(single, added)));
  return isPlainAssignment(operator) ? either([current, given]) : UNKNOWN;
}

function assignmentOf({ identifier }: Reference, source: SourceFile): AssignmentExpression | undefined {
  const parent = source.parentOf(identifier as unknown as Node);
  return parent?.type === 'AssignmentExpression' && parent.left === (identifier as unknown) ? parent : undefined;
}

function mentions(node: Node, variable: Variable, source: SourceFile): boolean {
  return source.referencesTo(variable).some(({ identifier }) => {
    const [start, end] = identifier.range ?? [0, 0];
    return start >= node.start && end <= node.end;
  });
}

/** The block that a variable is declared in, once and with a value or by `let`: a `var` keeps what a loop left in it. */
function blockOf({ defs: [definition] }: Variable, source: SourceFile): Node | undefined {
  const declaration = definition?.parent as unknown as Node | undefined;
  const declarator = definition?.node as unknown as Node | undefined;
  if (declaration?.type !== 'VariableDeclaration' || declarator?.type !== 'VariableDeclarator') return undefined;
  return declarator.init || declaration.kind === 'let' ? source.parentOf(declaration) : undefined;
}

interface Place {
  readonly statement: Node;
  readonly block: Node | undefined;
}

function statementOf(assignment: Node, source: SourceFile): Place | undefined {
  const statement = source.parentOf(assignment);
  return statement?.type === 'ExpressionStatement' ? { statement, block: source.parentOf(statement) } : undefined;
}

interface Loop {
  readonly node: Node;
  readonly variable: Variable;
  readonly items: readonly Value[];
}

/** `for (const item of […])`, with nothing in it but the statement. */
function loopAround({ statement, block }: Place, where: Where): Loop | undefined {
  const { source } = where;
  const isAlone = block?.type === 'BlockStatement' && block.body.length === 1;
  const node = isAlone ? source.parentOf(block) : block;
  if (node?.type !== 'ForOfStatement' || node.body !== (isAlone ? block : statement)) return undefined;
  const variable = loopVariable(node.left, source);
  const items = itemsOf(where.evaluation.of(node.right, frameOf(source)));
  return variable && items ? { node, variable, items } : undefined;
}

function loopVariable(left: Node, source: SourceFile): Variable | undefined {
  const name = left.type === 'VariableDeclaration' ? left.declarations[0]?.id : undefined;
  return name?.type === 'Identifier' ? source.declaredBy(name) : undefined;
}

const MAX_ROUNDS = 1000;

function itemsOf(value: Value): readonly Value[] | undefined {
  if (value.kind === 'list') return value.items.length <= MAX_ROUNDS ? value.items : undefined;
  const text = value.kind === 'constant' ? value.value : undefined;
  return typeof text === 'string' && text.length <= MAX_ROUNDS ? Array.from(text, (char) => constant(char)) : undefined;
}
