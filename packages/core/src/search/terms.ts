import { splitName } from '../name/index.ts';
import type { SearchEntry } from './query.ts';
import { wordsOf, wordsOfScope, wordsOfSentence } from './words.ts';

/**
 * How much a word counts, by where it stands. A name of few words and a short description say more by each of them.
 * Whole numbers, at most 255 in all: an index keeps them as bytes.
 */
const WEIGHTS = { name: 80, nameShare: 50, whole: 120, alias: 70, tag: 40, type: 25, category: 25, scope: 20 } as const;
const DESCRIPTION_WEIGHT = 33;
/** Words of a description of the usual length. */
const USUAL_LENGTH = 8;
const MAX_STRENGTH = 255;

/** An entry and its words. */
export interface Terms {
  readonly entry: SearchEntry;
  /** Word → how strongly it stands for this plugin, 1 to 255: the sum over the places in which it stands. */
  readonly strengths: ReadonlyMap<string, number>;
  /** Words of the name and of earlier names: the only ones in which a typo is forgiven. */
  readonly names: readonly string[];
}

/** Of names and earlier names alone: whatever else a word stands in, it comes to less. */
export const NAME_STRENGTH = WEIGHTS.alias;

export function termsOf(entry: SearchEntry): Terms {
  const inName = strengthsInName(entry);
  const strengths = strengthsBeside(entry);
  for (const [word, strength] of inName)
    strengths.set(word, Math.min(MAX_STRENGTH, strength + (strengths.get(word) ?? 0)));
  return { entry, strengths, names: [...inName.keys()] };
}

function strengthsInName({ name, aliases = [] }: SearchEntry): ReadonlyMap<string, number> {
  const strengths = new Map<string, number>();
  const own = wordsOf(splitName(name).base);
  add(strengths, own, WEIGHTS.name + WEIGHTS.nameShare / Math.max(1, own.length));
  add(strengths, joined(own), WEIGHTS.whole);
  for (const alias of aliases) {
    const words = wordsOf(splitName(alias).base);
    add(strengths, [...words, ...joined(words)], WEIGHTS.alias);
  }
  return strengths;
}

function strengthsBeside({ name, tags, type, category = '', description }: SearchEntry): Map<string, number> {
  const strengths = new Map<string, number>();
  const tagged = tags.flatMap((tag) => [...wordsOf(tag), tagWord(tag)]).filter((word) => word !== '');
  add(strengths, tagged, WEIGHTS.tag);
  add(strengths, wordsOf(type), WEIGHTS.type);
  add(strengths, wordsOf(category), WEIGHTS.category);
  add(strengths, wordsOfScope(splitName(name).scope), WEIGHTS.scope);
  const described = wordsOfSentence(description);
  add(strengths, described, DESCRIPTION_WEIGHT / (0.25 + (0.75 * described.length) / USUAL_LENGTH));
  for (const [word, strength] of strengths) strengths.set(word, Math.min(NAME_STRENGTH - 1, strength));
  return strengths;
}

function add(strengths: Map<string, number>, words: readonly string[], weight: number): void {
  for (const word of new Set(words)) strengths.set(word, (strengths.get(word) ?? 0) + Math.round(weight));
}

/** The word under which everything with this tag is found: `machine-learning` is also found as `machinelearning`. */
export function tagWord(tag: string): string {
  return wordsOf(tag).join('');
}

/** `slack-bridge` is also found as `slackbridge`. */
function joined(words: readonly string[]): readonly string[] {
  return words.length > 1 ? [words.join('')] : [];
}
