import { splitName } from '../name/index.ts';
import type { SearchEntry } from './query.ts';
import { stem, wordsOf, wordsOfScope, writtenInSentence } from './words.ts';

/**
 * How much a word counts, by where it stands. A name of few words and a short description say more by each of them.
 * Whole numbers, at most 255 in all: an index keeps them as bytes.
 */
const WEIGHTS = { name: 80, nameShare: 50, whole: 120, alias: 70, tag: 40, type: 25, category: 25, scope: 20 } as const;
/**
 * What the first word of a name has besides, and how much of that the next one has: names begin with what they are about,
 * and so do those who remember a part of one.
 */
const BEGINS_NAME = { first: 30, next: 0.7 } as const;
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
  return { entry, ...wordsIn(entry) };
}

/** What words are taken from: those of each text count on their own. */
export interface Described {
  readonly name: string;
  readonly description: string;
  readonly type: string;
  readonly category?: string | undefined;
  readonly tags: readonly string[];
  readonly aliases?: readonly string[] | undefined;
}
export type Words = Pick<Terms, 'strengths' | 'names'>;

/** Which words are of interest: to count the others is most of the work. */
export interface Only {
  readonly has: (word: string) => boolean;
  /** Whether what is written so, with its ending, may be one of them. */
  readonly mayHave: (written: string) => boolean;
}

const ALL: Only = { has: () => true, mayHave: () => true };

/** @param only words of which the strengths are asked for; those of the others are not among the result */
export function wordsIn(entry: Described, only: Only = ALL): Words {
  const inName = strengthsInName(entry, only);
  const strengths = strengthsBeside(entry, only);
  for (const [word, strength] of inName)
    strengths.set(word, Math.min(MAX_STRENGTH, strength + (strengths.get(word) ?? 0)));
  return { strengths, names: [...inName.keys()] };
}

function strengthsInName({ name, aliases = [] }: Described, only: Only): ReadonlyMap<string, number> {
  const strengths = new Map<string, number>();
  const own = wordsOf(splitName(name).base);
  let at = 0;
  for (const word of new Set(own)) {
    const place = BEGINS_NAME.first * BEGINS_NAME.next ** at;
    add(strengths, [word], { only, weight: WEIGHTS.name + WEIGHTS.nameShare / own.length + place });
    at += 1;
  }
  add(strengths, joined(own), { only, weight: WEIGHTS.whole });
  for (const alias of aliases) {
    const words = wordsOf(splitName(alias).base);
    add(strengths, [...words, ...joined(words)], { only, weight: WEIGHTS.alias });
  }
  return strengths;
}

function strengthsBeside({ name, tags, type, category = '', description }: Described, only: Only): Map<string, number> {
  const strengths = new Map<string, number>();
  add(strengths, tags.flatMap(wordsOfTag), { only, weight: WEIGHTS.tag });
  add(strengths, wordsOf(type), { only, weight: WEIGHTS.type });
  add(strengths, wordsOf(category), { only, weight: WEIGHTS.category });
  add(strengths, wordsOfScope(splitName(name).scope), { only, weight: WEIGHTS.scope });
  const described = writtenInSentence(description);
  const weight = DESCRIPTION_WEIGHT / (0.25 + (0.75 * described.length) / USUAL_LENGTH);
  add(strengths, described.filter(only.mayHave).map(stem), { only, weight });
  for (const [word, strength] of strengths) strengths.set(word, Math.min(NAME_STRENGTH - 1, strength));
  return strengths;
}

interface Adding {
  readonly only: Only;
  readonly weight: number;
}

function add(strengths: Map<string, number>, words: readonly string[], { only, weight }: Adding): void {
  const each = words.length > 1 ? new Set(words) : words;
  for (const word of each) if (only.has(word)) strengths.set(word, (strengths.get(word) ?? 0) + Math.round(weight));
}

/** Its words, and that under which everything with this tag is found. */
function wordsOfTag(tag: string): readonly string[] {
  const words = wordsOf(tag);
  return words.length > 1 ? [...words, words.join('')] : words;
}

/** The word under which everything with this tag is found: `machine-learning` is also found as `machinelearning`. */
export function tagWord(tag: string): string {
  return wordsOf(tag).join('');
}

/** `slack-bridge` is also found as `slackbridge`. */
function joined(words: readonly string[]): readonly string[] {
  return words.length > 1 ? [words.join('')] : [];
}
