/** Pinecone's filters over metadata. @source https://docs.pinecone.io/guides/search/filter-by-metadata */
import { Refusal } from './http.ts';

export type Metadata = Readonly<Record<string, string | number | boolean | readonly string[]>>;
type Value = Metadata[string];

/** @throws Refusal for a filter that is none */
export function matches(filter: unknown, metadata: Metadata): boolean {
  if (!isObject(filter) || Object.keys(filter).length === 0)
    throw new Refusal(400, 'filter must be an object with keys');
  return Object.entries(filter).every(([key, condition]) => {
    if (key === '$and') return listOf(condition, key).every((one) => matches(one, metadata));
    if (key === '$or') return listOf(condition, key).some((one) => matches(one, metadata));
    if (key.startsWith('$')) throw new Refusal(400, `unknown operator ${key}`);
    return holds(metadata[key], condition);
  });
}

function holds(value: Value | undefined, condition: unknown): boolean {
  if (!isObject(condition)) return holds(value, { $eq: condition });
  const operators = Object.entries(condition);
  if (operators.length === 0) throw new Refusal(400, 'a condition without an operator');
  return operators.every(([operator, operand]) => OPERATORS[operator]?.(value, operand) ?? unknownOperator(operator));
}

/** A list of a record has what any of its members has. */
const OPERATORS: Readonly<Record<string, (value: Value | undefined, operand: unknown) => boolean>> = {
  $eq: (value, operand) => isOne(value, plain(operand)),
  $ne: (value, operand) => !isOne(value, plain(operand)),
  $in: (value, operand) => listOf(operand, '$in').some((one) => isOne(value, plain(one))),
  $nin: (value, operand) => !listOf(operand, '$nin').some((one) => isOne(value, plain(one))),
  $gt: (value, operand) => typeof value === 'number' && value > number(operand),
  $gte: (value, operand) => typeof value === 'number' && value >= number(operand),
  $lt: (value, operand) => typeof value === 'number' && value < number(operand),
  $lte: (value, operand) => typeof value === 'number' && value <= number(operand),
  $exists: (value, operand) => {
    if (typeof operand !== 'boolean') throw new Refusal(400, '$exists takes true or false');
    return (value !== undefined) === operand;
  },
};

function isOne(value: Value | undefined, wanted: string | number | boolean): boolean {
  return Array.isArray(value) ? value.includes(wanted) : value === wanted;
}

function unknownOperator(operator: string): never {
  throw new Refusal(400, `unknown operator ${operator}`);
}

function plain(operand: unknown): string | number | boolean {
  if (typeof operand === 'string' || typeof operand === 'number' || typeof operand === 'boolean') return operand;
  throw new Refusal(400, 'an operand must be text, a number, or true or false');
}

function number(operand: unknown): number {
  if (typeof operand === 'number') return operand;
  throw new Refusal(400, 'an operand of an order must be a number');
}

function listOf(operand: unknown, operator: string): readonly unknown[] {
  if (Array.isArray(operand) && operand.length > 0) return operand as readonly unknown[];
  throw new Refusal(400, `${operator} takes a list that is not empty`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
