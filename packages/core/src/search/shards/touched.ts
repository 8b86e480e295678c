import type { SearchEntry } from '../query.ts';
import { MIN_BEGINNING_LENGTH } from '../strength.ts';
import { shardAt } from './cut.ts';
import type { SearchRoot } from './format.ts';
import { beginningKey } from './keys.ts';
import { keysOf } from './lists.ts';

/**
 * The shards of keys that a change of plugins may alter, as positions in `borders`; all others stay as they are, as long
 * as the borders do. Besides them it alters the document shards of these plugins and the numbers of their long lists.
 *
 * @param changed what was, and what is: a plugin that changed is in it twice
 */
export function touchedShards(
  { borders }: Pick<SearchRoot, 'borders'>,
  changed: readonly SearchEntry[],
): readonly number[] {
  const keys = new Set(changed.flatMap((entry) => keysOf(entry).flatMap(withBeginnings)));
  return [...new Set([...keys].map((key) => shardAt(borders, key)))].toSorted((a, b) => a - b);
}

function withBeginnings(key: string): readonly string[] {
  if (/[*:<>]/.test(key)) return [key];
  const count = Math.max(0, key.length - MIN_BEGINNING_LENGTH + 1);
  return [key, ...Array.from({ length: count }, (_, more) => beginningKey(key.slice(0, MIN_BEGINNING_LENGTH + more)))];
}
