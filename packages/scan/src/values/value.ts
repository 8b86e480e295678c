/**
 * What an expression may come to, as far as the text tells.
 *
 * A value is what it *may* be: a name that is written twice is `either` of both. Who asks what an expression *must* be
 * asks all alternatives.
 */
import type { SourceFile } from '../source/source-file.ts';
import type { Node } from '../source/tree.ts';

export type Constant = string | number | bigint | boolean | null | undefined;

export type SingleValue =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'constant'; readonly value: Constant }
  /** Text of which the beginning is known. */
  | { readonly kind: 'prefix'; readonly text: string }
  /** Text that names something inside a folder: no separator in it, and no `..`. */
  | { readonly kind: 'segment' }
  /** A path in the plugin's data folder, or in its package. `rest` is undefined where the path goes on unknown. */
  | { readonly kind: 'path'; readonly base: 'data' | 'package'; readonly rest: string | undefined }
  /** Something of the platform: `['process', 'env']`, `['node:fs', 'writeFile']`; `[]` is the global object. */
  | { readonly kind: 'api'; readonly path: readonly string[] }
  /** A function that is not the plugin's own: its constructor is Function. */
  | { readonly kind: 'callable' }
  /** `x.constructor` of something unknown: its own constructor is Function. */
  | { readonly kind: 'constructor' }
  /** A member of a function that the code does not name: it may be the constructor, which is Function. */
  | { readonly kind: 'function-member' }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  /** An object literal, a function or a class of the plugin. */
  | { readonly kind: 'own'; readonly node: Node; readonly source: SourceFile }
  /** An object made of named parts. */
  | { readonly kind: 'record'; readonly parts: ReadonlyMap<string, Value> }
  /** All that a file of the plugin exports. */
  | { readonly kind: 'exports'; readonly source: SourceFile };

export type Value = SingleValue | { readonly kind: 'either'; readonly values: readonly SingleValue[] };

export const UNKNOWN: SingleValue = { kind: 'unknown' };
export const CALLABLE: SingleValue = { kind: 'callable' };

export function constant(value: Constant): SingleValue {
  return { kind: 'constant', value };
}

export function api(...path: readonly string[]): SingleValue {
  return { kind: 'api', path };
}

const MAX_ALTERNATIVES = 12;

/** One of `values`. */
export function either(values: readonly Value[]): Value {
  const singles = [...new Set(values.flatMap(alternatives))];
  const [first] = singles;
  if (first === undefined) return UNKNOWN;
  if (singles.length === 1) return first;
  if (singles.length <= MAX_ALTERNATIVES) return { kind: 'either', values: singles };
  // What is known of the platform must not get lost among many constants.
  return { kind: 'either', values: [...singles.filter(isNotable).slice(0, MAX_ALTERNATIVES), UNKNOWN] };
}

function isNotable({ kind }: SingleValue): boolean {
  return kind === 'api' || kind === 'constructor' || kind === 'function-member';
}

export function alternatives(value: Value): readonly SingleValue[] {
  return value.kind === 'either' ? value.values : [value];
}

/** Applies `change` to every alternative. */
export function mapValue(value: Value, change: (single: SingleValue) => Value): Value {
  return value.kind === 'either' ? either(value.values.map(change)) : change(value);
}

/** The constant that the value is, wrapped; undefined if it is not certain to be one. */
export function constantOf(value: Value): { readonly value: Constant } | undefined {
  return value.kind === 'constant' ? { value: value.value } : undefined;
}

/** The text that the value is in a template or as a key; undefined if it is not certain. */
export function textOf(value: Value): string | undefined {
  if (value.kind === 'constant') return String(value.value);
  if (value.kind !== 'list') return undefined;
  const items = value.items.map((item) => textOf(item));
  return items.includes(undefined) ? undefined : items.join(',');
}
