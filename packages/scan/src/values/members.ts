/** `object.key`, for every kind of value. */
import type { Class, MemberExpression, ObjectExpression, Property } from 'acorn';
import type { Node } from '../source/tree.ts';
import { frameOf, type Evaluation, type Frame } from './evaluation.ts';
import { writesTo } from './fields.ts';
import { apiMember, isPlainFunction } from './platform.ts';
import {
  alternatives,
  api,
  CALLABLE,
  constant,
  either,
  mapValue,
  textOf,
  UNKNOWN,
  type SingleValue,
  type Value,
} from './value.ts';

/** The key of a member: a name, or what the expression in brackets comes to; undefined if it is not known. */
export function keyOf(
  { property, computed }: Pick<MemberExpression, 'property' | 'computed'>,
  frame: Frame,
  evaluation: Evaluation,
): readonly string[] | undefined {
  return propertyKeys({ key: property, computed }, frame, evaluation);
}

/** The member `key` of `value`. */
export function memberOf(value: Value, key: string, evaluation: Evaluation): Value {
  return mapValue(value, (single) => memberOfSingle(single, key, evaluation));
}

/** The member of `object` that an expression in brackets names, as far as its text is known. */
export function elementOf(object: Value, key: Value, evaluation: Evaluation): Value {
  return either(
    alternatives(key).map((single) => {
      const text = textOf(single);
      return text === undefined ? undeterminedMember(object, single) : memberOf(object, text, evaluation);
    }),
  );
}

/** What is unknown among other things is not known to be a function: libraries copy members of whatever they are given. */
function undeterminedMember(object: Value, key: SingleValue): Value {
  const isKnown = alternatives(object).every(({ kind }) => kind !== 'unknown');
  return mapValue(object, (single) => {
    if (single.kind === 'list') return either(single.items);
    return isKnown && isFunction(single) && mayBeConstructor(key) ? { kind: 'function-member' } : UNKNOWN;
  });
}

/** Whether it is certain to be a function. What is found in one (`callable`) need not be. */
function isFunction(value: SingleValue): boolean {
  if (value.kind === 'own') return isFunctionLike(value.node);
  return value.kind === 'api' && isPlainFunction(value.path);
}

function mayBeConstructor(key: SingleValue): boolean {
  if (key.kind === 'prefix') return ['constructor', '__proto__'].some((name) => name.startsWith(key.text));
  // A symbol, written as such: `Symbol.iterator`, `Symbol('x')`, `util.inspect.custom`.
  if (key.kind === 'api') return !/^(?:Symbol (?:\w+|\(\))|node:util .*custom)$/.test(key.path.join(' '));
  return key.kind !== 'path';
}

type MembersByKind = {
  readonly [Kind in SingleValue['kind']]: (
    value: Extract<SingleValue, { readonly kind: Kind }>,
    key: string,
    evaluation: Evaluation,
  ) => Value;
};

const MEMBERS: MembersByKind = {
  api: ({ path }, key) => apiMember(path, key),
  own: (value, key, evaluation) => evaluation.member(value.node, key, () => ownMember(value, key, evaluation)),
  record: ({ parts }, key) => parts.get(key) ?? UNKNOWN,
  exports: ({ source }, key, evaluation) =>
    evaluation.member(source.program, key, () => evaluation.exported(source, key)),
  list: ({ items }, key) => (isIndex(key) ? (items[Number(key)] ?? constant(undefined)) : builtinMember('Array', key)),
  constant: ({ value }, key) => constantMember(value, key),
  prefix: (value, key) => (key === 'href' ? value : builtinMember('String', key)),
  segment: (_value, key) => builtinMember('String', key),
  // A URL is a text here, and a path one in a folder.
  path: (value, key) => (/^(?:href|pathname)$/.test(key) ? value : builtinMember('String', key)),
  callable: (_value, key) => (key === 'constructor' ? api('Function') : CALLABLE),
  constructor: (_value, key) => constructorMember(key),
  'function-member': (value, key, evaluation) =>
    /^(?:call|apply|bind)$/.test(key) ? value : unknownMember(key, evaluation),
  unknown: (_value, key, evaluation) => unknownMember(key, evaluation),
};

function memberOfSingle(value: SingleValue, key: string, evaluation: Evaluation): Value {
  // The table pairs each kind with what takes it.
  const member = MEMBERS[value.kind] as (value: SingleValue, key: string, evaluation: Evaluation) => Value;
  return member(value, key, evaluation);
}

function constantMember(value: unknown, key: string): Value {
  if (value === undefined || value === null) return UNKNOWN;
  if (key === 'href' && typeof value === 'string') return constant(value);
  if (typeof value === 'string' && key === 'length') return constant(value.length);
  if (typeof value === 'string' && /^\d+$/.test(key)) return constant(value[Number(key)]);
  return builtinMember(typeof value === 'string' ? 'String' : 'Object', key);
}

function builtinMember(type: 'Array' | 'String' | 'Object' | 'RegExp', key: string): SingleValue {
  if (key === 'constructor') return api(type);
  return key === '__proto__' ? api(type, 'prototype') : CALLABLE;
}

function constructorMember(key: string): Value {
  if (key === 'constructor') return api('Function');
  return key === 'prototype' ? api('*', 'prototype') : UNKNOWN;
}

function unknownMember(key: string, evaluation: Evaluation): Value {
  if (key === 'constructor') return { kind: 'constructor' };
  if (key === '__proto__') return api('*', 'prototype');
  if (key === 'dataDir' && evaluation.trustsDataDir()) return { kind: 'path', base: 'data', rest: '' };
  return UNKNOWN;
}

type Own = Extract<SingleValue, { readonly kind: 'own' }>;

function ownMember(own: Own, key: string, evaluation: Evaluation): Value {
  const { source } = own;
  const written = writesTo(source, key);
  const found = declaredMember(own, key, evaluation);
  if (!written) return either([found, UNKNOWN]);
  return either([found, ...written.map((value) => evaluation.of(value, frameOf(source)))]);
}

function declaredMember(own: Own, key: string, evaluation: Evaluation): Value {
  const { node, source } = own;
  if (node.type === 'ObjectExpression') return objectMember(node, key, { own, evaluation });
  if (node.type === 'ArrayExpression') return isIndex(key) ? UNKNOWN : builtinMember('Array', key);
  if (!isFunctionLike(node)) return builtinMember('RegExp', key);
  const item =
    node.type === 'ClassExpression' || node.type === 'ClassDeclaration' ? staticMember(node, key) : undefined;
  if (item) return evaluation.of(item, frameOf(source));
  if (key === 'constructor') return api('Function');
  return key === 'prototype' ? UNKNOWN : CALLABLE;
}

function isIndex(key: string): boolean {
  return /^\d+$/.test(key);
}

export function isFunctionLike(node: Node): boolean {
  return /^(?:Arrow)?Function|^Class/.test(node.type);
}

function staticMember(node: Class, key: string): Node | undefined {
  const found = node.body.body.find(
    (item) => 'static' in item && item.static && !item.computed && nameOfKey(item.key) === key,
  );
  return found && 'value' in found ? (found.value ?? undefined) : undefined;
}

function nameOfKey(key: Node): string | undefined {
  if (key.type === 'Identifier') return key.name;
  if (key.type === 'PrivateIdentifier') return `#${key.name}`;
  return key.type === 'Literal' ? String(key.value) : undefined;
}

interface ObjectLookup {
  readonly own: Own;
  readonly evaluation: Evaluation;
}

/** The last property of that name counts, and every spread after it that may have one. */
function objectMember(node: ObjectExpression, key: string, { own, evaluation }: ObjectLookup): Value {
  const frame = frameOf(own.source);
  const found: Value[] = [];
  for (const property of node.properties.toReversed()) {
    if (property.type === 'SpreadElement') {
      const spread = memberOf(evaluation.of(property.argument, frame), key, evaluation);
      const present = alternatives(spread).filter((value) => !isUndefined(value));
      found.push(...present);
      if (present.length > 0 && !alternatives(spread).some((value) => isUndefined(value) || value.kind === 'unknown'))
        return either(found);
      continue;
    }
    const keys = propertyKeys(property, frame, evaluation);
    if (!keys) found.push(UNKNOWN);
    if (keys?.includes(key)) return either([...found, propertyValue(property, { own, evaluation })]);
  }
  if (key === 'constructor' || key === '__proto__') return builtinMember('Object', key);
  return either([...found, constant(undefined)]);
}

function isUndefined(value: SingleValue): boolean {
  return value.kind === 'constant' && value.value === undefined;
}

/** The names that a property may have; undefined if they are not known. */
export function propertyKeys(
  { key, computed }: { readonly key: Node; readonly computed: boolean },
  frame: Frame,
  evaluation: Evaluation,
): readonly string[] | undefined {
  if (!computed) {
    const name = nameOfKey(key);
    return name === undefined ? undefined : [name];
  }
  const names = alternatives(evaluation.of(key, frame)).map((value) => textOf(value));
  return names.includes(undefined) ? undefined : names.filter((name) => name !== undefined);
}

function propertyValue(property: Property, { own, evaluation }: ObjectLookup): Value {
  const frame = frameOf(own.source);
  if (property.kind === 'get') return evaluation.applied({ ...own, node: property.value }, [], frame);
  return evaluation.of(property.value, frame);
}
