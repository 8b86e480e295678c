/**
 * What plugins are listed under. All keys stand in one order, by code unit, and words have neither a colon nor an asterisk
 * nor an angle bracket, so that nothing is taken for anything else.
 */
import { chosenFacets } from '../facets.ts';
import type { SearchEntry, SearchQuery } from '../query.ts';
import { MIN_MISTYPED_LENGTH, MIN_TYPO_LENGTH } from '../strength.ts';
import { tagWord } from '../terms.ts';

/** The key of all plugins. */
export const EVERYTHING = '*';

/** The keys that a plugin is listed under for what it is. */
export function facetKeys({ type, category, tags, trust, license }: SearchEntry): readonly string[] {
  const own = [EVERYTHING, `type:${type}`, `trust:${trust}`, `license:${license}`, ...tags.map((tag) => `tag:${tag}`)];
  return category === undefined ? own : [...own, `category:${category}`];
}

/** The keys whose plugins pass the filters of a query: of each filter those of its values, of which any will do. */
export function filterKeys(query: SearchQuery): readonly (readonly string[])[] {
  return chosenFacets(query).map(([facet, values]) => [...new Set(values)].map((value) => `${facet}:${value}`));
}

/** A word under which every plugin with the tag is listed too; nothing for a key of no tag, or a tag without letters. */
export function wordOfTagKey(key: string): string | undefined {
  if (!key.startsWith('tag:')) return undefined;
  return tagWord(key.slice('tag:'.length)) || undefined;
}

/** The key of what a word begins. */
export function beginningKey(beginning: string): string {
  return `${beginning}*`;
}

/**
 * The keys under which names are found from a word with a typo: a part at the beginning and one at the end, of which an
 * edit leaves one as it is. The parts are as long as both have room for beside the two letters that an edit may touch.
 */
export function typoKeysOfName(name: string): readonly string[] {
  return name.length < MIN_TYPO_LENGTH ? [] : partsOf(name, partLength(name.length));
}

/** Where names that are one edit away from `word` are listed: they have a letter more, or less, or as many. */
export function typoKeysOfWord(word: string): readonly string[] {
  if (word.length < MIN_MISTYPED_LENGTH) return [];
  const lengths = new Set([-1, 0, 1].map((more) => partLength(Math.max(word.length + more, MIN_TYPO_LENGTH))));
  return [...lengths].flatMap((length) => partsOf(word, length));
}

function partLength(length: number): number {
  return Math.floor((length - 1) / 2);
}

function partsOf(text: string, length: number): readonly string[] {
  return [`<${text.slice(0, length)}`, `>${text.slice(text.length - length)}`];
}
