/** What calls of the platform come to: those that give out other parts of it, decode texts or join paths. */
import { moduleValue } from '../package/exports.ts';
import type { Evaluation, Frame } from './evaluation.ts';
import { elementOf, isFunctionLike } from './members.ts';
import { concatenate, joinPaths, resolvePaths } from './paths.ts';
import {
  api,
  CALLABLE,
  constant,
  constantOf,
  either,
  mapValue,
  alternatives,
  textOf,
  UNKNOWN,
  type SingleValue,
  type Value,
} from './value.ts';

type PlatformCall = (args: readonly Value[], where: Where) => Value;

const SEGMENT: Value = { kind: 'segment' };
const first: PlatformCall = ([arg = UNKNOWN]) => arg;
const segment: PlatformCall = () => SEGMENT;

interface Where {
  readonly frame: Frame;
  readonly evaluation: Evaluation;
}

function applied(fn: Value, list: Value | undefined, { frame, evaluation }: Where): Value {
  return evaluation.applied(fn, list?.kind === 'list' ? list.items : [], frame);
}

/** A module, whichever function was asked for it. */
const module: PlatformCall = ([specifier = UNKNOWN], { frame, evaluation }) =>
  either(
    alternatives(specifier).map((value) => {
      const text = textOf(value);
      return text === undefined ? UNKNOWN : moduleValue(text, frame.source, evaluation);
    }),
  );

const prototype: PlatformCall = ([value = UNKNOWN]) =>
  mapValue(value, (single) => {
    const type = typeOf(single);
    return type === undefined ? UNKNOWN : api(type, 'prototype');
  });

/** The type whose prototype a value has; undefined where it is not known. */
function typeOf(value: SingleValue): string | undefined {
  if (value.kind === 'api') return value.path.at(-1) === 'prototype' ? 'Object' : 'Function';
  if (value.kind === 'own') return isFunctionLike(value.node) ? 'Function' : 'Object';
  if (value.kind === 'constant') return typeof value.value === 'string' ? 'String' : undefined;
  return TYPES[value.kind];
}

const TYPES: { readonly [Kind in SingleValue['kind']]?: string } = {
  callable: 'Function',
  constructor: 'Function',
  list: 'Array',
  record: 'Object',
  exports: 'Object',
  prefix: 'String',
  segment: 'String',
  path: 'String',
};

const descriptor: PlatformCall = ([object = UNKNOWN, key = UNKNOWN], { evaluation }) => {
  const value = elementOf(object, key, evaluation);
  return {
    kind: 'record',
    parts: new Map([
      ['value', value],
      ['get', CALLABLE],
    ]),
  };
};

/** Texts of one constant. A decoder that throws gives nothing. */
function decoder(decode: (text: string) => string): PlatformCall {
  return ([arg = UNKNOWN]) => {
    const text = textOf(arg);
    try {
      return text === undefined ? UNKNOWN : constant(decode(text));
    } catch {
      return UNKNOWN;
    }
  };
}

const codes: PlatformCall = (args) => {
  const numbers = args.map((arg) => constantOf(arg)?.value);
  if (numbers.length > 10_000 || !numbers.every((code) => typeof code === 'number')) return UNKNOWN;
  return constant(numbers.map((code) => String.fromCharCode(code)).join(''));
};

/** Bytes, as text of one character each. */
export const BYTES = '(bytes)';

const buffer: PlatformCall = ([arg = UNKNOWN, encoding]) => {
  const text = arg.kind === 'list' ? textOf(codes(arg.items, undefined as never)) : textOf(arg);
  if (text === undefined || text.length > 1_000_000) return UNKNOWN;
  const from = arg.kind === 'list' ? 'latin1' : encodingOf(encoding);
  return { kind: 'record', parts: new Map([[BYTES, constant(Buffer.from(text, from).toString('latin1'))]]) };
};

/** What `toString` makes of bytes. */
export function decodeBytes(bytes: string, encoding: Value | undefined): Value {
  return constant(Buffer.from(bytes, 'latin1').toString(encodingOf(encoding)));
}

function encodingOf(value: Value | undefined): BufferEncoding {
  const name = value ? textOf(value) : 'utf8';
  return name !== undefined && Buffer.isEncoding(name) ? name : 'utf8';
}

const url: PlatformCall = ([specifier = UNKNOWN, base]) => {
  if (base?.kind === 'path') return joinPaths([dirname(base), specifier]);
  const root = base && textOf(base);
  if (specifier.kind === 'prefix') return urlPrefix(specifier.text, root);
  const text = textOf(specifier);
  const parsed = text === undefined || (base && root === undefined) ? null : URL.parse(text, root);
  return parsed ? constant(parsed.href) : UNKNOWN;
};

/** What is not told might be a whole URL of its own, unless it goes on from a path. */
function urlPrefix(text: string, root: string | undefined): Value {
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return { kind: 'prefix', text };
  const parsed = /^\/(?![/\\])./.test(text) && root !== undefined ? URL.parse('/', root) : null;
  return parsed ? { kind: 'prefix', text: parsed.href } : UNKNOWN;
}

function dirname(value: Value): Value {
  if (value.kind !== 'path') return value.kind === 'segment' ? value : UNKNOWN;
  if (value.rest === undefined || value.rest === '')
    return value.rest === undefined && value.base === 'package' ? value : UNKNOWN;
  return { ...value, rest: value.rest.includes('/') ? value.rest.slice(0, value.rest.lastIndexOf('/')) : '' };
}

const CALLS: Readonly<Record<string, PlatformCall>> = {
  require: module,
  import: module,
  'module _load': module,
  'node:module _load': module,
  'process getBuiltinModule': module,
  'node:module createRequire': () => api('require'),
  'node:module createRequireFromPath': () => api('require'),
  'Reflect get': ([object = UNKNOWN, key = UNKNOWN], { evaluation }) => elementOf(object, key, evaluation),
  'Reflect apply': ([fn = UNKNOWN, , args], where) => applied(fn, args, where),
  'Reflect construct': ([fn = UNKNOWN, args], where) => applied(fn, args, where),
  'Reflect getPrototypeOf': prototype,
  'Object getPrototypeOf': prototype,
  'Reflect getOwnPropertyDescriptor': descriptor,
  'Object getOwnPropertyDescriptor': descriptor,
  'Object freeze': first,
  'Object assign': first,
  'Object defineProperty': first,
  'Object defineProperties': first,
  'Object seal': first,
  'Promise resolve': first,
  Symbol: () => api('Symbol', '()'),
  'Symbol for': () => api('Symbol', '()'),
  structuredClone: first,
  Object: first,
  String: ([arg = constant('')]) => (textOf(arg) === undefined ? arg : constant(textOf(arg))),
  Number: ([arg = UNKNOWN]) => (constantOf(arg) ? constant(Number(constantOf(arg)?.value)) : SEGMENT),
  parseInt: ([arg = UNKNOWN, radix]) =>
    textOf(arg) === undefined
      ? SEGMENT
      : constant(Number.parseInt(textOf(arg) ?? '', Number((radix && textOf(radix)) ?? 10))),
  'String fromCharCode': codes,
  'String fromCodePoint': codes,
  'Array of': (items) => ({ kind: 'list', items }),
  'Array from': ([list = UNKNOWN]) => {
    if (list.kind === 'list') return list;
    return list.kind === 'constant' && typeof list.value === 'string'
      ? { kind: 'list', items: Array.from(list.value, (char) => constant(char)) }
      : UNKNOWN;
  },
  atob: decoder((text) => atob(text)),
  unescape: decoder((text) => unescape(text)),
  decodeURIComponent: decoder((text) => decodeURIComponent(text)),
  decodeURI: decoder((text) => decodeURI(text)),
  'JSON parse': decoder((text) => {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'string') throw new TypeError('no text');
    return value;
  }),
  'Buffer from': buffer,
  Buffer: buffer,
  URL: url,
  'node:path join': joinPaths,
  'node:path resolve': resolvePaths,
  'node:path normalize': ([arg = UNKNOWN]) => joinPaths([arg]),
  'node:path dirname': ([arg = UNKNOWN]) => dirname(arg),
  'node:path basename': segment,
  'node:path extname': segment,
  'node:url fileURLToPath': first,
  'node:url pathToFileURL': first,
  'node:crypto randomUUID': segment,
  'crypto randomUUID': segment,
  'Date now': segment,
  'performance now': segment,
  'process hrtime bigint': segment,
  encodeURIComponent: segment,
  'node:process cwd': () => UNKNOWN,
  'node:util format': (args) => concatenate(args),
};

/** Results of which a method gives text without separators, as `Date ()`. */
const SEGMENT_METHODS = /^(?:toISOString|digest|getTime|toJSON|valueOf|toFixed)$/;

/** What calling the platform's `path` comes to. */
export function platformCall(path: readonly string[], args: readonly Value[], where: Where): Value {
  const name = path.join(' ');
  const known = Object.hasOwn(CALLS, name) ? CALLS[name] : undefined;
  if (known) return known(args, where);
  const [root = ''] = path;
  if (root === 'Math' || isSegmentMethod(path, args)) return SEGMENT;
  return root.includes(':') || root === 'Date' ? api(...path.slice(0, 7), '()') : UNKNOWN;
}

function isSegmentMethod(path: readonly string[], args: readonly Value[]): boolean {
  const method = path.at(-1) ?? '';
  return path.includes('()') && SEGMENT_METHODS.test(method) && (method !== 'digest' || isPlainDigest(args));
}

/** Hexadecimal or URL-safe: base64 has slashes. */
function isPlainDigest([encoding]: readonly Value[]): boolean {
  return encoding !== undefined && /^(?:hex|base64url)$/.test(textOf(encoding) ?? '');
}
