/** Which messages an endpoint gets. Texts are compared with patterns in which `*` stands for anything; nothing is run. */
import { isLike } from './pattern.ts';
import type { RelayMessage } from './relay-side.ts';

/** Every key must fit; of a list, one of its patterns. */
export interface MessageFilter {
  readonly fields: readonly (readonly [field: Field, patterns: readonly string[]])[];
  /** Path in `data` → patterns. */
  readonly data: readonly (readonly [path: readonly string[], patterns: readonly string[]])[];
  readonly not?: MessageFilter;
}

const FIELDS = ['from', 'to', 'channel', 'thread', 'kind', 'body'] as const;
type Field = (typeof FIELDS)[number];

/** @throws {TypeError} for what is no filter */
export function parseFilter(value: unknown): MessageFilter {
  if (!isObject(value)) throw new TypeError('WEBHOOK_ENDPOINTS cannot be used: filter must be an object.');
  const { data = {}, not, ...fields } = value;
  const unknown = Object.keys(fields).find((key) => !FIELDS.some((field) => field === key));
  if (unknown !== undefined) throw new TypeError(`WEBHOOK_ENDPOINTS cannot be used: filter knows no ${unknown}.`);
  if (!isObject(data)) throw new TypeError('WEBHOOK_ENDPOINTS cannot be used: filter.data must be an object.');
  return {
    fields: Object.entries(fields).map(([field, patterns]) => [field as Field, parsePatterns(field, patterns)]),
    data: Object.entries(data).map(([path, patterns]) => [path.split('.'), parsePatterns(path, patterns)]),
    ...(not === undefined ? {} : { not: parseFilter(not) }),
  };
}

export function fits({ fields, data, not }: MessageFilter, message: RelayMessage): boolean {
  return (
    fields.every(([field, patterns]) => fitsOne(message[field], patterns)) &&
    data.every(([path, patterns]) => fitsOne(valueAt(message.data, path), patterns)) &&
    !(not && fits(not, message))
  );
}

/** What is at a path; undefined where there is nothing. Only what is its own: a message may hold any name. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const step of path) found = isObject(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  return found;
}

function parsePatterns(key: string, value: unknown): readonly string[] {
  const patterns: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = patterns.map(toText);
  if (texts.length > 0 && texts.every((text) => text !== undefined)) return texts;
  throw new TypeError(`WEBHOOK_ENDPOINTS cannot be used: filter.${key} must be a pattern, or a list of them.`);
}

function fitsOne(value: unknown, patterns: readonly string[]): boolean {
  const text = toText(value);
  return text !== undefined && patterns.some((pattern) => isLike(text, pattern));
}

/** Numbers, true and false are compared as text. */
function toText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
