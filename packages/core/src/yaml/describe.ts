import { isMap, isScalar, isSeq } from 'yaml';
import { toSingleLine, truncate } from '../text/index.ts';

/** Where something is in a value: keys of maps, indexes of lists. */
export type KeyPath = readonly (string | number)[];

/** `config.required[0]`, safe to print: keys are attacker-controlled. */
export function formatPath(path: KeyPath): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      const key = toSingleLine(truncate(step, 80));
      return index === 0 ? key : `.${key}`;
    })
    .join('');
}

/** What a value or a node is, in words: `a list`, `text`, `a number`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value) || isSeq(value)) return 'a list';
  if (isMap(value)) return 'keys with values';
  if (isScalar(value)) return kindOf(value.value);
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
    case 'bigint':
      return 'a number';
    case 'boolean':
      return 'true or false';
    default:
      return 'keys with values';
  }
}
