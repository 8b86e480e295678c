/**
 * What a word begins, where that lies in more than one shard: the best of it, found beforehand.
 *
 * Everything else that begins with a word lies in the shard of the word itself.
 */
import { MIN_BEGINNING_LENGTH, beginningFactor } from '../strength.ts';
import { beginningKey } from './keys.ts';
import type { Lists, Posting } from './lists.ts';

/** @param starts the first key of each shard and the last one of the shard before @returns key → all that it finds */
export function beginningsAcross(
  { words }: Lists,
  edges: readonly (readonly [last: string, first: string])[],
): ReadonlyMap<string, readonly Posting[]> {
  const wanted = new Set(edges.flatMap(([last, first]) => sharedBeginnings(last, first)));
  const found = new Map<string, Map<number, Posting>>();
  for (const [word, postings] of words)
    for (let length = MIN_BEGINNING_LENGTH; length <= word.length; length += 1) {
      const beginning = word.slice(0, length);
      if (!wanted.has(beginning)) continue;
      const own = found.get(beginning) ?? new Map<number, Posting>();
      found.set(beginning, own);
      // Only what is found as it is written counts in full, and then nothing else does.
      const factor = word === beginning ? Infinity : beginningFactor(beginning, word);
      for (const { plugin, strength } of postings) keepBest(own, { plugin, strength: strength * factor });
    }
  for (const [beginning, own] of found)
    for (const { plugin, strength } of words.get(beginning) ?? []) own.set(plugin.id, { plugin, strength });
  return new Map([...found].map(([beginning, own]) => [beginningKey(beginning), [...own.values()]]));
}

function keepBest(own: Map<number, Posting>, posting: Posting): void {
  const before = own.get(posting.plugin.id);
  if (!before || before.strength < posting.strength) own.set(posting.plugin.id, posting);
}

/** Beginnings of words that begin keys on both sides of a border. */
function sharedBeginnings(last: string, first: string): readonly string[] {
  let same = 0;
  while (same < last.length && last[same] === first[same]) same += 1;
  const shared = first.slice(0, same);
  if (/[*:<>]/.test(shared)) return [];
  return Array.from({ length: Math.max(0, same - MIN_BEGINNING_LENGTH + 1) }, (_, more) =>
    shared.slice(0, MIN_BEGINNING_LENGTH + more),
  );
}
