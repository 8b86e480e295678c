/**
 * The part of JSON Schema that most plugins describe their configuration in, checked as it stands: ajv makes a program of
 * a schema, which takes longer than importing a small plugin, to run it once.
 *
 * What fits here, and is completed so, does and is by ajv, which a test holds for whatever it is given. All else is left
 * to it: other keywords, values that would not fit, so that it alone says what is wrong, and schemas that are wrong.
 *
 * @source JSON Schema 2020-12; ajv's `coerceTypes`, `useDefaults` and `allErrors`
 */
import type { Values } from './resolve.ts';

/** The values with defaults filled in and text turned into what the schema asks for; undefined where ajv has to be asked. */
export type PlainCheck = (values: Values) => Record<string, unknown> | undefined;

/** @param schema attacker-controlled. @returns undefined for what only ajv can check */
export function parsePlainSchema(schema: unknown): PlainCheck | undefined {
  const part = isMap(schema) && schema['type'] === 'object' ? parsePart(schema, 0) : undefined;
  return (
    part &&
    ((values) => {
      const outcome = part(values);
      return outcome?.fits === true ? (outcome.value as Record<string, unknown>) : undefined;
    })
  );
}

/** A value may become another although it does not fit: by ajv, it stays so for the next branch of an `anyOf`. */
interface Outcome {
  readonly value: unknown;
  readonly fits: boolean;
}

/** @returns undefined for values that only ajv can check */
type Part = (value: unknown) => Outcome | undefined;
type Schema = Readonly<Record<string, unknown>>;

/** Deeper ones could be made to overflow the stack. */
const MAX_DEPTH = 8;

function parsePart(schema: unknown, depth: number): Part | undefined {
  if (!isMap(schema) || depth > MAX_DEPTH || !hasValidNotes(schema)) return undefined;
  return PARSERS.get(kindOf(schema))?.(schema, depth);
}

const PARSERS: ReadonlyMap<unknown, (schema: Schema, depth: number) => Part | undefined> = new Map([
  ['object', parseObject],
  ['array', parseArray],
  ['string', parseText],
  ['integer', (schema) => parseNumber(schema, toInteger)],
  ['number', (schema) => parseNumber(schema, toNumber)],
  ['boolean', (schema) => (hasOnly(schema, ['type']) ? toScalar(toBoolean, []) : undefined)],
  ['anyOf', parseAnyOf],
  ['enum', parseEnum],
  ['types', parseContainer],
]);

function kindOf(schema: Schema): unknown {
  const { type } = schema;
  if (type !== undefined) return Array.isArray(type) ? 'types' : type;
  return 'anyOf' in schema ? 'anyOf' : 'enum';
}

const NOTES = ['title', 'description', 'default', 'writeOnly'];

function hasValidNotes({ title = '', description = '', writeOnly = false }: Schema): boolean {
  return typeof title === 'string' && typeof description === 'string' && typeof writeOnly === 'boolean';
}

function hasOnly(schema: Schema, keywords: readonly string[]): boolean {
  return Object.keys(schema).every((key) => keywords.includes(key) || NOTES.includes(key));
}

/** Every branch is run, and by all of them in turn the value is changed. Defaults within them count for nothing. */
function parseAnyOf(schema: Schema, depth: number): Part | undefined {
  const { anyOf } = schema;
  if (!Array.isArray(anyOf) || anyOf.length === 0 || !hasOnly(schema, ['anyOf'])) return undefined;
  const branches = anyOf.map((branch) => parsePart(branch, depth + 1));
  if (branches.includes(undefined)) return undefined;
  return (value) => {
    if (!isScalar(value)) return undefined;
    let outcome: Outcome = { value, fits: false };
    for (const branch of branches) {
      const next = branch?.(outcome.value);
      if (!next) return undefined;
      outcome = { value: next.value, fits: outcome.fits || next.fits };
    }
    return outcome;
  };
}

function parseObject(schema: Schema, depth: number): Part | undefined {
  const { properties = {}, required = [], additionalProperties: isOpen = true } = schema;
  if (!hasOnly(schema, ['type', 'properties', 'required', 'additionalProperties'])) return undefined;
  if (!isSetOfTexts(required) || required.some(isInherited) || typeof isOpen !== 'boolean') return undefined;
  const parts = parseProperties(properties, depth);
  return parts && ((value) => (isMap(value) ? completeObject(value, { parts, required, isOpen }) : unfit(value)));
}

function parseProperties(properties: unknown, depth: number): ObjectParts['parts'] | undefined {
  const parts = new Map<string, Property>();
  if (!isMap(properties)) return undefined;
  for (const [name, property] of Object.entries(properties)) {
    const part = parsePart(property, depth + 1);
    const initial = isMap(property) ? property['default'] : undefined;
    if (!part || isInherited(name) || !(initial === undefined || isScalar(initial))) return undefined;
    parts.set(name, { part, initial });
  }
  return parts;
}

interface Property {
  readonly part: Part;
  /** Of the default; undefined where there is none. */
  readonly initial: Scalar | undefined;
}

interface ObjectParts {
  readonly parts: ReadonlyMap<string, Property>;
  readonly required: readonly string[];
  readonly isOpen: boolean;
}

function completeObject(value: Schema, { parts, required, isOpen }: ObjectParts): Outcome | undefined {
  const names = Object.keys(value);
  if (names.some(isInherited) || (!isOpen && names.some((name) => !parts.has(name)))) return undefined;
  const completed: Record<string, unknown> = { ...value };
  for (const [name, { part, initial }] of parts) {
    const given = completed[name] === undefined ? initial : completed[name];
    const outcome = given === undefined ? undefined : part(given);
    if (outcome?.fits === true) completed[name] = outcome.value;
    else if (given !== undefined) return undefined;
  }
  return { value: completed, fits: required.every((name) => completed[name] !== undefined) };
}

function parseArray(schema: Schema, depth: number): Part | undefined {
  const { items, minItems = 0, maxItems = Infinity } = schema;
  if (!hasOnly(schema, ['type', 'items', 'minItems', 'maxItems']) || !isCount(minItems) || !isCount(maxItems))
    return undefined;
  const part = items === undefined ? undefined : parsePart(items, depth + 1);
  if (items !== undefined && !part) return undefined;
  return (value) => {
    if (!Array.isArray(value)) return unfit(value);
    if (value.length < minItems || value.length > maxItems) return unfit(value);
    if (!part) return { value, fits: true };
    const outcomes = Array.from(value, (item: unknown) => part(item));
    if (!outcomes.every((outcome) => outcome?.fits === true)) return undefined;
    return { value: outcomes.map((outcome) => outcome?.value), fits: true };
  };
}

/** A list or an object, whatever is in it: a scalar is neither, and all else is left to ajv. */
function parseContainer(schema: Schema): Part | undefined {
  const { type } = schema;
  const isEither = isSetOfTexts(type) && type.length === 2 && type.includes('object') && type.includes('array');
  if (!isEither || !hasOnly(schema, ['type'])) return undefined;
  return (value) => (isScalar(value) ? unfit(value) : undefined);
}

function parseText(schema: Schema): Part | undefined {
  const { minLength = 0, maxLength = Infinity, pattern } = schema;
  if (!hasOnly(schema, ['type', 'minLength', 'maxLength', 'pattern', 'enum'])) return undefined;
  if (!isCount(minLength) || !isCount(maxLength)) return undefined;
  const isOfLength = (text: string): boolean => length(text) >= minLength && length(text) <= maxLength;
  // Most say nothing more than that they are text.
  const rules = [
    minLength > 0 || maxLength < Infinity ? isOfLength : ANY,
    pattern === undefined ? ANY : toExpression(pattern),
    toChoice(schema),
  ];
  if (rules.includes(undefined)) return undefined;
  return toScalar(
    toText,
    rules.flatMap((rule) => (rule === undefined || rule === ANY ? [] : [rule])),
  );
}

const ANY = (): boolean => true;

/** One of several, of whatever type. */
function parseEnum(schema: Schema): Part | undefined {
  const isChosen = 'enum' in schema && hasOnly(schema, ['enum']) ? toChoice(schema) : undefined;
  return isChosen && ((value) => (isScalar(value) ? { value, fits: isChosen(value) } : undefined));
}

function parseNumber(schema: Schema, turn: typeof toNumber): Part | undefined {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  if (!hasOnly(schema, ['type', 'minimum', 'maximum', 'enum'])) return undefined;
  const isChosen = toChoice(schema);
  if (typeof minimum !== 'number' || typeof maximum !== 'number' || !isChosen) return undefined;
  return toScalar(turn, [(value: number) => value >= minimum && value <= maximum, isChosen]);
}

/** @param turn what a value is turned into; undefined where it cannot be */
function toScalar<T extends Scalar>(
  turn: (value: Scalar) => T | undefined,
  rules: readonly ((value: T) => boolean)[],
): Part {
  return (value) => {
    if (!isScalar(value)) return undefined;
    const turned = turn(value);
    if (turned === undefined) return unfit(value);
    // An endless number is one to ajv.
    return isScalar(turned) ? { value: turned, fits: rules.every((rule) => rule(turned)) } : undefined;
  };
}

type Scalar = string | number | boolean;

function toText(value: Scalar): string {
  return String(value);
}

function toNumber(value: Scalar): number | undefined {
  const number = Number(value);
  return value === '' || Number.isNaN(number) ? undefined : number;
}

function toInteger(value: Scalar): number | undefined {
  const number = toNumber(value);
  // What is left of an endless one is no number, and counts as nothing.
  return number === undefined || number % 1 ? undefined : number;
}

function toBoolean(value: Scalar): boolean | undefined {
  if (value === 'true' || value === 1) return true;
  if (value === 'false' || value === 0) return false;
  return typeof value === 'boolean' ? value : undefined;
}

function unfit(value: unknown): Outcome {
  return { value, fits: false };
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

/** A plain object; no list, date or map. */
function isMap(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Everything has a property of this name. */
function isInherited(name: string): boolean {
  return name in Object.prototype;
}

function isSetOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string') && new Set(value).size === value.length;
}

function isCount(value: unknown): value is number {
  return value === Infinity || (Number.isSafeInteger(value) && Number(value) >= 0);
}

/** In code points. */
function length(text: string): number {
  return Array.from(text).length;
}

/** @returns undefined for a list that ajv refuses, or compares in depth */
function toChoice({ enum: options }: Schema): ((value: Scalar) => boolean) | undefined {
  if (options === undefined) return ANY;
  return Array.isArray(options) && options.length > 0 && options.every(isScalar)
    ? (value) => options.includes(value)
    : undefined;
}

function toExpression(pattern: unknown): ((text: string) => boolean) | undefined {
  try {
    const expression = typeof pattern === 'string' ? new RegExp(pattern, 'u') : undefined;
    return expression && ((text) => expression.test(text));
  } catch {
    return undefined;
  }
}
