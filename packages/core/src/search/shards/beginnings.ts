/**
 * What a word begins, where that lies in more than one shard: the best of it, found beforehand.
 *
 * Everything else that begins with a word lies in the shard of the word itself.
 */
import { MIN_BEGINNING_LENGTH, beginningFactor } from '../strength.ts';
import { byScore, type Heads } from './heads.ts';
import { listAt, lowerBound, type Keyed } from './keyed.ts';
import type { ShardLimits } from './limits.ts';
import type { SearchState } from './state.ts';

/** Beginnings of words that begin keys on both sides of a border, which is one letter longer than what both have. */
export function sharedBeginnings(border: string): readonly string[] {
  const shared = border.slice(0, -1);
  if (/[*:<>]/.test(shared)) return [];
  return Array.from({ length: Math.max(0, shared.length - MIN_BEGINNING_LENGTH + 1) }, (_, more) =>
    shared.slice(0, MIN_BEGINNING_LENGTH + more),
  );
}

/** All that a beginning finds. Its plugins are all listed elsewhere, so that it needs to be neither whole nor in a file. */
export function headsOfBeginning({ plugins, keys }: SearchState, beginning: string, limits: ShardLimits): Heads {
  const found = new Map<number, number>();
  const from = lowerBound(keys.keys, beginning);
  for (let at = from; keys.keys[at]?.startsWith(beginning) === true; at += 1) {
    const word = keys.keys[at] ?? '';
    if (word !== beginning && isWord(word)) keepBest(found, listAt(keys, at), beginningFactor(beginning, word));
  }
  // What is found as it is written does not count as a beginning besides.
  const { ids: own, strengths: exact } = listAt(keys, from);
  if (keys.keys[from] === beginning) for (const [index, id] of own.entries()) found.set(id, exact[index] ?? 0);
  const ids = Uint32Array.from(found.keys());
  const strengths = Float64Array.from(found.values());
  return { count: found.size, at: byScore({ ids, strengths }, plugins, limits.headLength) };
}

function keepBest(found: Map<number, number>, { ids, strengths }: Keyed, factor: number): void {
  for (let index = 0; index < ids.length; index += 1) {
    const [id = 0, strength = 0] = [ids[index], strengths[index]];
    const before = found.get(id);
    if (before === undefined || before < strength * factor) found.set(id, strength * factor);
  }
}

/** Whether a key is a word: keys of another kind have one of these letters. */
export function isWord(key: string): boolean {
  return !/[*:<>]/.test(key);
}
