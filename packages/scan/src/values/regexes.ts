import { textOf, type Value } from './value.ts';

/** A pattern as it is written. */
export interface Regex {
  readonly pattern: string;
  readonly flags: string;
}

/** A pattern that is a plain text. */
export function plainPattern({ pattern, flags }: Regex): { readonly text: string; readonly all: boolean } | undefined {
  if (!/^[\w <>@#%&=:;,'"~!-]+$/.test(pattern) || flags.includes('i')) return undefined;
  return { text: pattern, all: flags.includes('g') };
}

/** Whether replacing by it leaves no separator and no dot: `/[^a-z0-9_-]/g` → `_`. */
export function isSanitizer({ pattern, flags }: Regex, by: Value): boolean {
  const kept = /^\[\^((?:[\w -]|\\[wd-])+)\]\+?$/.exec(pattern);
  return (
    kept !== null &&
    !/[!-/]-[/-~]|,-|\+-/.test(kept[1] ?? '') &&
    flags.includes('g') &&
    /^[\w-]?$/.test(textOf(by) ?? '/')
  );
}
