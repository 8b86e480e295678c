import { splitName } from '../name/index.ts';
import type { SearchEntry } from './query.ts';
import { tokenize } from './tokenize.ts';

/** How much a word counts, by where it stands. */
const WEIGHTS = { name: 10, alias: 7, tag: 5, type: 3, category: 3, scope: 2, description: 2 } as const;

/** An entry and its words, each with the weight of the best place it stands in. */
export interface Terms {
  readonly entry: SearchEntry;
  readonly weights: ReadonlyMap<string, number>;
  /** Words of the name: the only ones in which a typo is forgiven. */
  readonly names: readonly string[];
  /** The name’s own words, without the scope. */
  readonly base: readonly string[];
}

export function termsOf(entry: SearchEntry): Terms {
  const { scope, base } = splitName(entry.name);
  const baseWords = tokenize(base);
  const names = withJoined(baseWords);
  const aliases = (entry.aliases ?? []).flatMap((alias) => withJoined(tokenize(splitName(alias).base)));
  const weights = new Map<string, number>();
  const add = (words: readonly string[], weight: number): void => {
    for (const word of words) weights.set(word, Math.max(weights.get(word) ?? 0, weight));
  };
  add(names, WEIGHTS.name);
  add(aliases, WEIGHTS.alias);
  add(withJoined(tokenize(scope)), WEIGHTS.scope);
  for (const tag of entry.tags) add(withJoined(tokenize(tag)), WEIGHTS.tag);
  add(tokenize(entry.type), WEIGHTS.type);
  add(tokenize(entry.category ?? ''), WEIGHTS.category);
  add(tokenize(entry.description), WEIGHTS.description);
  return { entry, weights, names: [...new Set([...names, ...aliases])], base: baseWords };
}

/** `slack-bridge` is also found as `slackbridge`. */
function withJoined(words: readonly string[]): readonly string[] {
  return words.length > 1 ? [...words, words.join('')] : words;
}
