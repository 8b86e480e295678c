/**
 * Values as text: JSON, and besides it what structured data of plugins holds (`undefined`, dates, bytes, maps, sets, big
 * integers, `NaN`, errors), each as an object with a tag.
 *
 * Not `v8.serialize`: what is read here comes from hostile code, and JSON's parser is the one that is made for that.
 * Functions and symbols are left out; cycles and deep nesting are refused; a key `__proto__` never gets through.
 */
import { ProtocolError } from './frames.ts';

const TAG = '$ar';
const MAX_DEPTH = 64;
const MAX_ERROR_CHARS = 4_096;
const ERROR_FIELDS = ['code', 'permission', 'resource', 'syscall'] as const;

/** @throws Error if the value nests too deeply, or a getter of it throws */
export function encodeValue(value: unknown): string {
  return JSON.stringify(pack(value, 0));
}

/** @throws ProtocolError if the text is not what `encodeValue` makes */
export function decodeValue(json: string): unknown {
  return unpack(parse(json), 0);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new ProtocolError('a value is not JSON', { cause: error });
  }
}

function pack(value: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new RangeError(`the value nests deeper than ${MAX_DEPTH} levels`);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : tagged('number', String(value));
  if (typeof value === 'bigint') return tagged('bigint', String(value));
  return typeof value === 'object' ? packObject(value, depth) : tagged('undefined');
}

function packObject(value: object, depth: number): unknown {
  if (Array.isArray(value)) return value.map((item) => pack(item, depth + 1));
  if (value instanceof Date) return tagged('date', Number.isNaN(value.getTime()) ? null : value.getTime());
  if (value instanceof Uint8Array)
    return tagged('bytes', Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64'));
  if (value instanceof Map)
    return tagged(
      'map',
      [...value].map(([key, item]) => [pack(key, depth + 1), pack(item, depth + 1)]),
    );
  if (value instanceof Set)
    return tagged(
      'set',
      [...value].map((item) => pack(item, depth + 1)),
    );
  if (value instanceof Error) return tagged('error', packError(value));
  return packRecord(value, depth);
}

function packRecord(value: object, depth: number): unknown {
  const record: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value))
    if (!isAbsent(item) && key !== '__proto__') record[key] = pack(item, depth + 1);
  return Object.hasOwn(record, TAG) ? tagged('object', record) : record;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol';
}

function packError(error: Error): Record<string, string> {
  const fields = error as Error & Partial<Record<(typeof ERROR_FIELDS)[number], unknown>>;
  const packed: Record<string, string> = {};
  for (const name of ['name', 'message', 'stack', ...ERROR_FIELDS] as const) {
    const found = readText(fields, name);
    if (found !== undefined) packed[name] = found;
  }
  return packed;
}

/** Errors may be hostile to being read: a getter that throws, a `toString` that overflows the stack. */
function readText(fields: Readonly<Record<string, unknown>> | Error, name: string): string | undefined {
  try {
    const value = (fields as Readonly<Record<string, unknown>>)[name];
    return typeof value === 'string' ? value.slice(0, MAX_ERROR_CHARS) : undefined;
  } catch {
    return undefined;
  }
}

function tagged(tag: string, value?: unknown): Record<string, unknown> {
  return value === undefined ? { [TAG]: tag } : { [TAG]: tag, v: value };
}

function unpack(value: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH * 2) throw new ProtocolError('a value nests too deeply');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => unpack(item, depth + 1));
  return Object.hasOwn(value, TAG)
    ? unpackTagged(value as Readonly<Record<string, unknown>>, depth)
    : unpackRecord(value, depth);
}

function unpackRecord(value: object, depth: number): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) if (key !== '__proto__') record[key] = unpack(item, depth + 1);
  return record;
}

type Unpack = (value: unknown, depth: number) => unknown;

const TAGS: ReadonlyMap<unknown, Unpack> = new Map<unknown, Unpack>([
  ['undefined', () => undefined],
  ['number', (value) => Number(asText(value))],
  ['bigint', (value) => BigInt(digits(value))],
  ['date', (value) => new Date(typeof value === 'number' ? value : Number.NaN)],
  ['bytes', (value) => new Uint8Array(Buffer.from(asText(value), 'base64'))],
  ['map', (value, depth) => new Map(list(value).map((pair) => toPair(list(pair), depth)))],
  ['set', (value, depth) => new Set(list(value).map((item) => unpack(item, depth + 1)))],
  ['object', (value, depth) => unpackRecord(asRecord(value), depth)],
  ['error', (value) => toError(asRecord(value))],
]);

function unpackTagged(value: Readonly<Record<string, unknown>>, depth: number): unknown {
  const build = TAGS.get(value[TAG]);
  if (!build) throw new ProtocolError('a value has an unknown tag');
  return build(value['v'], depth);
}

function toPair([key, value]: readonly unknown[], depth: number): [unknown, unknown] {
  return [unpack(key, depth + 1), unpack(value, depth + 1)];
}

function toError(fields: Readonly<Record<string, unknown>>): Error {
  const error = errorWithoutStack(optionalText(fields['message']) ?? '');
  for (const name of ['name', 'stack', ...ERROR_FIELDS]) {
    const value = optionalText(fields[name]);
    if (value !== undefined)
      Object.defineProperty(error, name, { value, configurable: true, writable: true, enumerable: false });
  }
  return error;
}

/** Where it was read says nothing, and looking for that takes long where there are many. */
function errorWithoutStack(message: string): Error {
  const { stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 0;
    return new Error(message);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function asText(value: unknown): string {
  if (typeof value !== 'string') throw new ProtocolError('a value is not the text that its tag asks for');
  return value;
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, MAX_ERROR_CHARS) : undefined;
}

function digits(value: unknown): string {
  const number = asText(value);
  // The time to read one grows with the square of its length.
  if (!/^-?\d{1,1000}$/.test(number)) throw new ProtocolError('a value is not a big integer');
  return number;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new ProtocolError('a value is not the list that its tag asks for');
  return value;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new ProtocolError('a value is not an object');
  return value as Readonly<Record<string, unknown>>;
}
