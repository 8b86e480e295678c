/** What methods of constants come to: what a program does to hide a name, done here without running it. */
import { constant, constantOf, textOf, UNKNOWN, type Constant, type Value } from './value.ts';

/** Longer texts are no names, and could be made to fill the memory. */
const MAX_LENGTH = 100_000;

type Method = (text: string, args: readonly Constant[]) => Constant | readonly Constant[];

const num = (value: Constant): number | undefined => (value === undefined ? undefined : Number(value));

const METHODS: Readonly<Record<string, Method>> = {
  charAt: (text, [at]) => text.charAt(Number(at ?? 0)),
  charCodeAt: (text, [at]) => text.charCodeAt(Number(at ?? 0)),
  codePointAt: (text, [at]) => text.codePointAt(Number(at ?? 0)),
  at: (text, [at]) => text.at(Number(at ?? 0)),
  slice: (text, [from, to]) => text.slice(num(from), num(to)),
  substring: (text, [from, to]) => text.substring(Number(from ?? 0), num(to)),
  substr: (text, [from, count]) => {
    const start = Number(from ?? 0) < 0 ? Math.max(0, text.length + Number(from)) : Number(from ?? 0);
    return text.slice(start, count === undefined ? undefined : start + Number(count));
  },
  toLowerCase: (text) => text.toLowerCase(),
  toUpperCase: (text) => text.toUpperCase(),
  toLocaleLowerCase: (text) => text.toLowerCase(),
  trim: (text) => text.trim(),
  trimStart: (text) => text.trimStart(),
  trimEnd: (text) => text.trimEnd(),
  toString: (text: string) => text,
  valueOf: (text: string) => text,
  normalize: (text) => text.normalize(),
  concat: (text, args) => text + args.map(String).join(''),
  repeat: (text, [count]) => (text.length * Number(count) > MAX_LENGTH ? '' : text.repeat(Math.max(0, Number(count)))),
  padStart: (text, [length, fill]) => text.padStart(Math.min(MAX_LENGTH, Number(length)), fill as string | undefined),
  padEnd: (text, [length, fill]) => text.padEnd(Math.min(MAX_LENGTH, Number(length)), fill as string | undefined),
  replace: (text, [from, to]) => text.replace(String(from), () => String(to)),
  replaceAll: (text, [from, to]) => text.replaceAll(String(from), () => String(to)),
  split: (text, [separator]) => (separator === undefined ? [text] : text.split(String(separator))),
  indexOf: (text, [part]) => text.indexOf(String(part)),
};

/** `text.name(...args)`, unknown where that cannot be told. */
export function foldTextMethod(text: string, name: string, args: readonly Value[]): Value {
  const known = args.map((arg) => constantOf(arg));
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (!method || text.length > MAX_LENGTH || known.includes(undefined)) return UNKNOWN;
  try {
    return fromPlain(
      method(
        text,
        known.map((arg) => arg?.value),
      ),
    );
  } catch {
    return UNKNOWN; // a RangeError, as the program would get
  }
}

function fromPlain(value: Constant | readonly Constant[]): Value {
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item: Constant) => constant(item)) };
  return constant(value as Constant);
}

type ListMethod = (items: readonly Value[], args: readonly Value[]) => Value;

const LIST_METHODS: Readonly<Record<string, ListMethod>> = {
  join: (items, [separator]) => {
    const texts = items.map((item) => (isNothing(item) ? '' : textOf(item)));
    const between = separator ? textOf(separator) : ',';
    return texts.includes(undefined) || between === undefined ? UNKNOWN : constant(texts.join(between));
  },
  reverse: (items) => ({ kind: 'list', items: items.toReversed() }),
  toReversed: (items) => ({ kind: 'list', items: items.toReversed() }),
  slice: (items, args) => {
    const [from, to] = args.map((arg) => constantOf(arg)?.value);
    return { kind: 'list', items: items.slice(num(from), num(to)) };
  },
  concat: (items, args) => ({
    kind: 'list',
    items: [...items, ...args.flatMap((arg) => (arg.kind === 'list' ? arg.items : [arg]))],
  }),
  at: (items, [at]) => items.at(Number((at && constantOf(at)?.value) ?? 0)) ?? constant(undefined),
  pop: (items) => items.at(-1) ?? constant(undefined),
  shift: (items) => items[0] ?? constant(undefined),
  toString: (items: readonly Value[]) => LIST_METHODS['join']?.(items, []) ?? UNKNOWN,
};

/** The same for lists. `reverse`, `pop` and `shift` answer as on a fresh list. */
export function foldListMethod(items: readonly Value[], name: string, args: readonly Value[]): Value {
  const method = Object.hasOwn(LIST_METHODS, name) ? LIST_METHODS[name] : undefined;
  return method ? method(items, args) : UNKNOWN;
}

function isNothing(value: Value): boolean {
  return value.kind === 'constant' && (value.value === undefined || value.value === null);
}

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ^ b,
  '|': (a, b) => a | b,
  '&': (a, b) => a & b,
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
  '>>>': (a, b) => a >>> b,
};

/** A binary operation on constants; `+` joins texts, also where only the beginning is known. */
export function foldBinary(operator: string, left: Value, right: Value): Value {
  if (operator === '+') return foldPlus(left, right);
  const [a, b] = [constantOf(left)?.value, constantOf(right)?.value];
  const fold = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (!fold || typeof a !== 'number' || typeof b !== 'number') return UNKNOWN;
  return constant(fold(a, b));
}

function foldPlus(left: Value, right: Value): Value {
  const [a, b] = [constantOf(left), constantOf(right)];
  if (a && b && typeof a.value === 'number' && typeof b.value === 'number') return constant(a.value + b.value);
  return joinTexts([left, right]);
}

/** What a template or `+` makes of its parts, if the first ones are known. Paths are joined by who knows folders. */
export function joinTexts(parts: readonly Value[]): Value {
  let text = '';
  for (const part of parts) {
    if (part.kind === 'prefix') return { kind: 'prefix', text: text + part.text };
    const next = textOf(part);
    if (next === undefined) return text === '' ? UNKNOWN : { kind: 'prefix', text };
    text += next;
    if (text.length > MAX_LENGTH) return UNKNOWN;
  }
  return constant(text);
}
