import { isScalar, isSeq } from 'yaml';
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
  if (isScalar(value)) return kindOf(value.value);
  if (value === null) return 'nothing';
  if (Array.isArray(value) || isSeq(value)) return 'a list';
  return KINDS[typeof value];
}

const KINDS = {
  undefined: 'nothing',
  string: 'text',
  number: 'a number',
  bigint: 'a number',
  boolean: 'true or false',
  object: 'keys with values',
  function: 'keys with values',
  symbol: 'keys with values',
} as const;
