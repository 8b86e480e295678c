/**
 * Replaces what should not be kept, before anything is written or hashed.
 *
 * Texts come from agents, which may mean harm: every search here takes time in proportion to the length of the text, and
 * nesting is bounded.
 */
import { type MaskName, maskText } from './masks.ts';
import { compilePattern } from './pattern.ts';

export interface RedactionConfig {
  readonly masks: readonly MaskName[];
  /** Names of members of `data` whose values are replaced, in any case of letters, at any depth. */
  readonly fields: readonly string[];
  /** In the syntax of `compilePattern`. */
  readonly patterns: readonly string[];
}

/** A copy of `value` in which everything that must not be kept is replaced. */
export type Redact = <T>(value: T) => T;

const MAX_DEPTH = 200;

/** @throws {TypeError} for a pattern that cannot be used */
export function createRedact({ masks, fields, patterns }: RedactionConfig): Redact {
  if (masks.length + fields.length + patterns.length === 0) return (value) => value;
  const names = new Set(fields.map((name) => name.toLowerCase()));
  const compiled = patterns.map(compilePattern);

  const text = (value: string): string => {
    const withoutPatterns = compiled.reduce((left, each) => left.replaceAll(each, '[redacted:pattern]'), value);
    return masks.reduce((left, mask) => maskText(mask, left), withoutPatterns);
  };
  const member = ([key, value]: readonly [string, unknown], depth: number): [string, unknown] => [
    text(key),
    depth > 0 && names.has(key.toLowerCase()) ? '[redacted:field]' : redact(value, depth + 1),
  ];
  const redact = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') return text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (depth > MAX_DEPTH) return '[omitted: nested too deeply]';
    if (Array.isArray(value)) return value.map((each) => redact(each, depth + 1));
    return Object.fromEntries(withoutTwins(Object.entries(value).map((each) => member(each, depth))));
  };
  return <T>(value: T) => redact(value, 0) as T;
}

/** Two names that became one by being redacted would leave one value of two. */
function withoutTwins(entries: readonly [string, unknown][]): [string, unknown][] {
  const counts = new Map<string, number>();
  return entries.map(([key, value]) => {
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return [count === 1 ? key : `${key} (${count})`, value];
  });
}
